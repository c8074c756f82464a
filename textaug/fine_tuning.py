"""What the methods share that fine-tune a model on the sample: labels as tokens, training, folders.

Knows no method and no tag.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from textaug.augmenter import VERSION
from textaug.example import Example

# What the labels of the usual data sets are short for; other labels are taken at their word.
LABEL_WORDS = {
    "per": "person",
    "org": "organization",
    "loc": "location",
    "misc": "other",
    "gpe": "country",
    "norp": "nationality",
    "fac": "building",
    "geo": "place",
}
WARMUP = 0.1  # of the steps
WEIGHT_DECAY = 0.01
LARGEST_GRADIENT = 1.0
# Rows of like length go together, within pools of this many batches: half the padding, still
# random.
POOL = 8


def marker(label: str, first: bool) -> str:
    """The token that stands for a label, before the first word of a mention or before another.

    >>> marker("PER", first=True), marker("PER", first=False)
    ('<B-PER>', '<I-PER>')
    """
    return f"<{'B' if first else 'I'}-{label}>"


def labels_of(examples: Sequence[Example]) -> list[str]:
    """The types of all mentions, sorted.

    Raises:
        ValueError: if there is no mention.
    """
    labels = sorted({span.label for example in examples for span in example.spans})
    if not labels:
        raise ValueError(
            f"there is no mention in the {len(examples)} sentences: nothing to learn from; give "
            "labelled ones, or name their column with tags_column="
        )
    return labels


def marks(example: Example) -> list[str]:
    """For each token its marker, or ``""`` outside mentions."""
    found = [""] * len(example.tokens)
    for span in example.spans:
        found[span.start : span.end] = [
            marker(span.label, i == span.start) for i in range(span.start, span.end)
        ]
    return found


def add_markers(
    model: Any, tokenizer: Any, labels: Sequence[str], label_words: Mapping[str, str] | None = None
) -> None:
    """Give a model and its tokenizer a special token for each :func:`marker`.

    Its embedding starts as that of the label's word (Zhou et al. 2022).

    Args:
        model: is changed.
        tokenizer: is changed.
        labels: the types of mentions.
        label_words: words for labels, where :data:`LABEL_WORDS` or the label itself will not do.
    """
    import torch

    tokens = {label: [marker(label, True), marker(label, False)] for label in labels}
    tokenizer.add_tokens([token for pair in tokens.values() for token in pair], special_tokens=True)
    if len(tokenizer) > model.get_input_embeddings().num_embeddings:
        with own_randomness(0, model.device):  # for output embeddings that are not tied to these
            model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    embeddings = model.get_input_embeddings().weight
    with torch.no_grad():
        for label, pair in tokens.items():
            word = LABEL_WORDS.get(label.lower(), label.lower())
            word = (label_words or {}).get(label, word).replace("_", " ").replace("-", " ")
            meaning = tokenizer(word, add_special_tokens=False)["input_ids"]
            embeddings[tokenizer.convert_tokens_to_ids(pair)] = embeddings[meaning].mean(0)


def piece_texts(tokenizer: Any, size: int) -> tuple[list[str], list[bool]]:
    """What each entry of a vocabulary adds to a text, and whether a new word begins with it.

    Found by decoding each after another word, which needs no knowledge of how a kind of tokenizer
    marks its pieces (``##``, ``Ġ``, ``▁``).

    Args:
        tokenizer: any.
        size: of the vocabulary.

    Returns:
        Texts, ``""`` for special tokens and for what cannot be part of a word (white space, half a
        character), and as many truth values.
    """
    before = tokenizer(" a", add_special_tokens=False)["input_ids"]
    ids = range(min(size, len(tokenizer)))
    decoded = tokenizer.batch_decode(
        [before, *([*before, i] for i in ids)], clean_up_tokenization_spaces=False
    )
    special = set(tokenizer.added_tokens_decoder) | set(tokenizer.all_special_ids)
    texts, starts = [""] * size, [False] * size
    for i, text in zip(ids, decoded[1:], strict=True):
        added = text[len(decoded[0]) :]
        sound = added.split() == [added.strip()] and added.strip().isprintable()
        if i not in special and sound and "\ufffd" not in added:
            texts[i], starts[i] = added.strip(), added[0].isspace()
    return texts, starts


@contextmanager
def own_randomness(seed: int, device: Any) -> Iterator[None]:
    """Torch's generators start from ``seed``, and are afterwards as if they had not been used."""
    import torch

    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        yield


def fine_tune(
    model: Any,
    rows: Sequence[Any],
    lengths: Sequence[int],
    loss_of: Callable[[Any, list[Any]], Any],
    *,
    steps: int,
    batch_size: int,
    learning_rate: float,
    seed: int,
    show_progress: str | None,
) -> None:
    """Train a model: AdamW, a tenth of the steps to warm up, then a linear decay.

    The ``Trainer`` of ``transformers`` is not used, because it needs a further package, sets every
    generator of the process anew, and would train across the processes of a distributed run.

    Args:
        model: is changed, on the device where it is, and left in evaluation mode.
        rows: at least one.
        lengths: of each row.
        loss_of: takes the model and the rows of a batch.
        steps: optimiser steps.
        batch_size: rows in each of them; every row is drawn equally often.
        learning_rate: at its peak.
        seed: of the order and of all that is random in torch.
        show_progress: what to write before the progress bar; ``None`` shows none.
    """
    import torch
    from datasets.utils import tqdm
    from transformers import get_linear_schedule_with_warmup

    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=WEIGHT_DECAY)
    schedule = get_linear_schedule_with_warmup(  # type: ignore[no-untyped-call]
        optimizer, round(WARMUP * steps), steps
    )
    batches = islice(_batches(lengths, batch_size, Random(seed)), steps)
    model.train()
    with own_randomness(seed, model.device):
        for batch in tqdm(batches, show_progress, steps, disable=show_progress is None):
            loss = loss_of(model, [rows[i] for i in batch])
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), LARGEST_GRADIENT)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
    model.eval()


def _batches(lengths: Sequence[int], batch_size: int, rng: Random) -> Iterator[list[int]]:
    """Endless full batches of row numbers, epoch after epoch."""

    def epochs() -> Iterator[int]:
        while True:
            yield from rng.sample(range(len(lengths)), len(lengths))

    stream = epochs()
    while True:
        pool = sorted(islice(stream, POOL * batch_size), key=lambda i: lengths[i])
        batches = [pool[i : i + batch_size] for i in range(0, len(pool), batch_size)]
        rng.shuffle(batches)
        yield from batches


def trained_once(
    name: str,
    made_from: Mapping[str, Any],
    examples: Sequence[Example],
    cache_dir: str | os.PathLike[str] | None,
    train: Callable[[Path], None],
) -> str:
    """The folder with the weights for these examples and settings; trained if there is none yet.

    The folder's name is a hash of all that the weights depend on, so that an augmenter that is
    known by its folder has one fingerprint, and what was trained once is found again.

    Args:
        name: what the folder's name begins with.
        made_from: all settings, as plain data, with the ``"model"`` that training starts from.
        examples: what is trained on.
        cache_dir: where the folder is, or will be; default: ``textaug`` in ``HF_HOME``.
        train: writes model and tokenizer into the empty folder that it is given.

    Returns:
        The folder's path.
    """
    from huggingface_hub.constants import HF_HOME

    start = Path(str(made_from["model"]))
    files = sorted(start.iterdir()) if start.is_dir() else []
    versions = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    data = [(example.tokens, example.spans) for example in examples]
    everything = json.dumps([VERSION, dict(made_from), versions, data], sort_keys=True)
    key = blake2b(everything.encode(errors="surrogatepass"), digest_size=8).hexdigest()
    parent = Path(cache_dir) if cache_dir is not None else Path(HF_HOME) / "textaug"
    folder = parent / f"{name}-{key}"
    if not folder.exists():
        unfinished = parent / f".{name}-{key}-{os.getpid()}"
        unfinished.mkdir(parents=True)
        try:
            train(unfinished)
            unfinished.rename(folder)
        except BaseException:
            shutil.rmtree(unfinished)
            if not folder.exists():  # else another process was faster
                raise
    return str(folder)
