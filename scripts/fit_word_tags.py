"""Fit the table with which the offline masked language model tells a word's part of speech.

A linear classifier of what the model has of a word before its vocabulary matrix: one forward pass
then serves for the choice of a word and for its part of speech. It is fitted to the tags of
CoNLL-2003's training data, of which nothing but these weights gets into the package, and checked on
other sentences. Needs the extra ``offline``::

    PYTHONPATH=. python scripts/fit_word_tags.py eng.train eng.testa

It writes ``textaug/data/word_tags.safetensors`` and prints the share of the words with the right
tag, and the share of the words of which WordNet and the tag together name the right inflection,
against that of the word's most frequent reading.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from textaug import offline
from textaug.core.example import Example
from textaug.language.substitutes import may_be_base, readings_in, slot_of
from textaug.models.batching import BATCH_TOKENS, run_in_batches
from textaug.models.loading import ModelSpec, load_as
from textaug.models.masked_lm import MaskedLM, states_at
from textaug.models.word_fit import PRIOR, TAGS

SENTENCES = 9000  # of the training file; later ones are left for reading
EPOCHS = 8
BATCH_SIZE = 512  # words
LEARNING_RATE = 5e-3
WEIGHT_DECAY = 0.01

# The tags were made by a program, which takes "beat" for a base form in the results of matches
# ("Sampras beat Courier 6-2"): base forms where nothing asks for one are left out.
_UNSOUND = -100  # the label of words that are left out

Sentence = list[tuple[str, str]]  # words and their tags


def read(path: Path) -> list[Sentence]:
    """The sentences of a CoNLL-2003 file."""
    blocks = path.read_text(encoding="utf-8").split("\n\n")
    lines = [[line.split() for line in block.strip().splitlines()] for block in blocks]
    return [
        [(fields[0], fields[1]) for fields in block]
        for block in lines
        if block and block[0][0] != "-DOCSTART-"
    ]


def _is_sound(sentence: Sentence, i: int) -> bool:
    """Whether a tag can be trusted."""
    return sentence[i][1] != "VB" or may_be_base([word for word, _ in sentence], i)


def states(sentences: list[Sentence]) -> tuple[Any, Any]:
    """What the model has of each word, and the row of its tag."""
    model = load_as(MaskedLM, "AutoModelForMaskedLM", ModelSpec(offline.MASKED_LM))
    encoded = model.encode([Example(tuple(word for word, _ in s)) for s in sentences])
    rows = {tag: row for row, tag in enumerate(TAGS)} | {"NNPS": TAGS.index("NNP")}
    columns = []
    for window in encoded:
        first: dict[int, int] = {}
        for column, i in enumerate(window.words):
            if i >= 0:
                first.setdefault(i, column)
        columns.append(first)

    def run(batch: list[int]) -> list[Any]:
        at = [(row, c) for row, i in enumerate(batch) for c in columns[i].values()]
        with torch.inference_mode():
            found = states_at(model.model, *model.tensors([encoded[i].ids for i in batch]), at)
        return list(found.split([len(columns[i]) for i in batch]))

    made = run_in_batches(run, [len(window.ids) for window in encoded], BATCH_TOKENS)
    tags = [
        rows.get(sentences[window.example][i][1], len(TAGS) - 1)
        if _is_sound(sentences[window.example], i)
        else _UNSOUND
        for window, first in zip(encoded, columns, strict=True)
        for i in first
    ]
    return torch.cat(made).clone(), torch.tensor(tags)


def fit(inputs: Any, tags: Any) -> Any:
    """The table: a row for each tag, its weights and then its bias."""
    torch.manual_seed(0)
    inputs, tags = inputs[tags != _UNSOUND], tags[tags != _UNSOUND]
    mean, spread = inputs.mean(0), inputs.std()
    inputs = (inputs - mean) / spread
    layer = torch.nn.Linear(inputs.shape[1], len(TAGS))
    optimizer = torch.optim.AdamW(layer.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    steps = EPOCHS * -(-len(inputs) // BATCH_SIZE)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, steps)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(inputs)).split(BATCH_SIZE):
            loss = torch.nn.functional.cross_entropy(layer(inputs[batch]), tags[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    weight = layer.weight.detach() / spread
    bias = layer.bias.detach() - weight @ mean
    return torch.cat([weight, bias[:, None]], 1).half()


def check(table: Any, sentences: list[Sentence]) -> None:
    """Print how often the tag is right."""
    inputs, tags = states(sentences)
    scores = inputs @ table[:, :-1].float().T + table[:, -1].float()
    sound = tags != _UNSOUND
    right = (scores.argmax(1) == tags)[sound].float().mean()
    print(f"{sound.sum()} words: {right:.1%} have the right tag")
    odds = scores.exp()
    words = [([word for word, _ in s], i) for s in sentences for i in range(len(s))]
    by_word, by_sentence, asked = 0, 0, 0
    for (tokens, i), of_word, tag in zip(words, odds.tolist(), tags.tolist(), strict=True):
        slot = slot_of(tokens, i)
        readings = readings_in(slot) if slot else []
        tags_of_word = {t for reading, _ in readings for t in reading.tags}
        if tag == _UNSOUND or len(tags_of_word) < 2 or TAGS[tag] not in tags_of_word:
            continue
        possible = [
            (share, share**PRIOR * of_word[TAGS.index(t)], t)
            for reading, share in readings
            for t in reading.tags
        ]
        asked += 1
        by_word += max(possible)[2] == TAGS[tag]
        by_sentence += max(possible, key=lambda each: each[1])[2] == TAGS[tag]
    print(
        f"{asked} words with several inflections: {by_sentence / asked:.1%} right, by the most "
        f"frequent reading and the word before {by_word / asked:.1%}"
    )


def main() -> None:
    """Read, fit, check, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("train", type=Path)
    parser.add_argument("check", type=Path)
    arguments = parser.parse_args()
    table = fit(*states(read(arguments.train)[:SENTENCES]))
    check(table, read(arguments.check))
    save_file({"word_tags": table}, offline.WORD_TAGS_FILE)


if __name__ == "__main__":
    main()
