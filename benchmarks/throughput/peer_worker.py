"""Runs one augmenter of a peer library for ``throughput.py``, inside the peers' environment.

Started as ``python peer_worker.py METHOD JOB.json``. Prints ``ready`` once it is loaded; for every
line on standard input it augments all sentences of the job once and prints the seconds it took;
at the end of the input it writes the last output, one string for each sentence, as JSON.

Each library is called as its documentation shows for many texts: a list in one call, and the batch
size of the job where there is one.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest.mock import MagicMock

Augment = Callable[[list[str]], list[str]]
LETTERS = 5  # in a word


def with_tagger(sentences: list[list[list[str]]]) -> None:
    """Train NLTK's tagger, whose weights are in no package registry, on some tagged sentences.

    That is a fortieth of the data of NLTK's own weights, so this tagger is smaller and faster.
    """
    import nltk
    from nltk.tag.perceptron import PerceptronTagger

    tagger = PerceptronTagger(load=False)
    tagger.train([[(word, tag) for word, tag in sentence] for sentence in sentences], nr_iter=3)
    nltk.pos_tag = lambda tokens, **_: tagger.tag(tokens)


def nlpaug_keyboard(job: dict[str, Any]) -> Augment:
    """One typing error in each of some words."""
    import nlpaug.augmenter.char as nac

    return nac.KeyboardAug(aug_char_max=1, aug_word_p=job["p"], include_special_char=False).augment


def nlpaug_synonyms(job: dict[str, Any]) -> Augment:
    """Words for others of a WordNet synset."""
    import nlpaug.augmenter.word as naw

    with_tagger(job["tagged"])
    return naw.SynonymAug(aug_src="wordnet", aug_p=job["p"]).augment


def nlpaug_contextual(job: dict[str, Any]) -> Augment:
    """Words that a masked language model predicts."""
    import nlpaug.augmenter.word as naw

    return naw.ContextualWordEmbsAug(
        model_path=job["model"], model_type="bert", aug_p=job["p"], batch_size=job["batch_size"]
    ).augment


def nlpaug_back_translation(job: dict[str, Any]) -> Augment:
    """Two Marian models, out and back."""
    import nlpaug.augmenter.word as naw

    out, back = job["models"]
    return naw.BackTranslationAug(
        from_model_name=out,
        to_model_name=back,
        batch_size=job["batch_size"],
        max_length=job["max_length"],
    ).augment


def _textattack(name: str, p: float) -> Augment:
    for part in ("flair", "flair.data", "flair.models"):  # imported, but not needed here
        sys.modules[part] = MagicMock()
    import textattack.augmentation

    made = getattr(textattack.augmentation, name)(
        pct_words_to_swap=p, transformations_per_example=1
    )
    return lambda texts: [new[0] for new in made.augment_many(texts)]


def textattack_keyboard(job: dict[str, Any]) -> Augment:
    """One character swapped, deleted, inserted or replaced in some words."""
    return _textattack("CharSwapAugmenter", job["p"])


def textattack_synonyms(job: dict[str, Any]) -> Augment:
    """Words for others of a WordNet synset."""
    with_tagger(job["tagged"])
    return _textattack("WordNetAugmenter", job["p"])


def augmenty_keyboard(job: dict[str, Any]) -> Augment:
    """Some letters replaced by their neighbours on the keyboard."""
    import augmenty
    import spacy

    nlp = spacy.blank("en")
    augmenter = augmenty.load(
        "keystroke_error_v1", level=job["p"] / LETTERS, keyboard="en_qwerty_v1"
    )
    return lambda texts: list(augmenty.texts(texts, augmenter=augmenter, nlp=nlp))


def main() -> None:
    """Load, then augment once for each line of input."""
    method, path = sys.argv[1], Path(sys.argv[2])
    job = json.loads(path.read_text())
    random.seed(0)
    if "threads" in job:
        import torch

        torch.set_num_threads(job["threads"])
    augment = globals()[method](job)
    augment(job["texts"][:2])  # loads what is loaded on first use
    answers = sys.stdout
    sys.stdout = sys.stderr  # so that the libraries do not print to the output
    print("ready", file=answers, flush=True)
    new: list[str] = []
    for _ in sys.stdin:
        start = perf_counter()
        new = augment(job["texts"])
        print(perf_counter() - start, file=answers, flush=True)
    path.with_suffix(".out.json").write_text(json.dumps(new))


if __name__ == "__main__":
    main()
