"""Predictions for every sentence of a data set by taggers that were trained without it."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING, Any

from textaug import offline
from textaug.core import tag_schemes
from textaug.core.example import Example
from textaug.evaluation.tagger_f1 import untrained
from textaug.models.batching import BATCH_TOKENS
from textaug.models.fine_tuning import fine_tune
from textaug.models.tagger import WordClassifier
from textaug.pipeline.collator import AugmentingDataCollator

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]  # words × labels


def folds_of(examples: Sequence[Example], folds: int, seed: int) -> list[int]:
    """The fold of each example; those with the same tokens share one.

    Raises:
        ValueError: for fewer than two folds, or fewer different sentences than folds.

    >>> one, two = Example(("a",)), Example(("b",))
    >>> first, second, third = folds_of([one, two, one], folds=2, seed=0)
    >>> first == third != second
    True
    """
    if folds < 2:
        raise ValueError(f"folds={folds}: a sentence needs a tagger trained without it; give 2+")
    different = list(dict.fromkeys(example.tokens for example in examples))
    if len(different) < folds:
        raise ValueError(
            f"{len(different)} different sentences are too few for {folds} folds; give folds=, at "
            f"most {len(different)}, or more sentences"
        )
    Random(seed).shuffle(different)
    fold = {tokens: i % folds for i, tokens in enumerate(different)}
    return [fold[example.tokens] for example in examples]


def label_names(examples: Sequence[Example]) -> list[str]:
    """The IOB2 labels of all types of mentions, ``O`` first."""
    types = sorted({span.label for example in examples for span in example.spans})
    return ["O", *(f"{letter}-{label}" for label in types for letter in "BI")]


def train_tagger(
    examples: Sequence[Example],
    labels: Sequence[str],
    *,
    model: str | None = None,
    epochs: int = 3,
    batch_size: int = 16,
    learning_rate: float = 3e-4,
    seed: int = 0,
    device: str | None = None,
    show_progress: str | None = None,
) -> WordClassifier:
    """Fine-tune an encoder on the examples; settings as of :class:`TaggerF1`."""
    import torch

    path = model or offline.encoder()
    place = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    tagger, tokenizer = untrained(path, tuple(labels), seed, place)
    collator = AugmentingDataCollator(tokenizer, label_names=list(labels))
    number = {label: i for i, label in enumerate(labels)}
    rows = [
        {"tokens": list(example.tokens), "ner_tags": [number[tag] for tag in tags]}
        for example in examples
        for tags in [tag_schemes.from_spans(example.spans, len(example.tokens), "IOB2")]
    ]

    def loss(net: Any, batch: list[Any]) -> Any:
        return net(**{name: column.to(place) for name, column in collator(batch).items()}).loss

    fine_tune(
        tagger,
        rows,
        [len(example.tokens) for example in examples],
        loss,
        steps=max(1, epochs * len(rows) // batch_size),
        batch_size=batch_size,
        learning_rate=learning_rate,
        seed=seed,
        show_progress=show_progress,
    )
    return WordClassifier(tagger, tokenizer)


def probabilities(
    tagger: WordClassifier, examples: Sequence[Example], batch_tokens: int = BATCH_TOKENS
) -> list[Scores]:
    """Words × labels for each example; a word without sub-tokens is surely ``O``."""
    import numpy as np

    def read(example: Example, scores: Any, words: Sequence[int]) -> Scores:
        found = np.zeros((len(example.tokens), len(tagger.labels)), np.float32)
        found[:, 0] = 1
        found[list(words)] = scores.exp().numpy()
        return found

    return tagger.read_scores(examples, read, batch_tokens)


def out_of_sample(
    examples: Sequence[Example],
    *,
    folds: int = 5,
    seed: int = 0,
    show_progress_bar: bool = False,
    **training: Any,
) -> tuple[list[str], list[Scores]]:
    """Label probabilities for each example, by a tagger trained on the other folds.

    Args:
        examples: with their mentions.
        folds: how many; a tagger is trained for each.
        seed: of folds and trainings.
        show_progress_bar: for each training.
        **training: see :func:`train_tagger`.

    Returns:
        The IOB2 labels, and for each example words × labels.
    """
    labels = label_names(examples)
    fold = folds_of(examples, folds, seed)
    found: list[Scores] = [None] * len(examples)  # type: ignore[list-item]
    for number in range(folds):
        tagger = train_tagger(
            [example for example, k in zip(examples, fold, strict=True) if k != number],
            labels,
            seed=folds * seed + number,
            show_progress=f"Fold {number + 1} of {folds}" if show_progress_bar else None,
            **training,
        )
        inside = [i for i, k in enumerate(fold) if k == number]
        made = probabilities(tagger, [examples[i] for i in inside])
        for i, scores in zip(inside, made, strict=True):
            found[i] = scores
    return labels, found
