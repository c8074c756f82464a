"""Predictions for every sentence of a data set by taggers that were trained without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

from textaug import offline
from textaug.core.example import Example
from textaug.core.validation import check_at_least_one
from textaug.models.fine_tuning import training_device
from textaug.models.loading import ModelSpec
from textaug.models.word_head import WordHead, label_numbers, word_vectors

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


def out_of_sample(
    examples: Sequence[Example],
    *,
    folds: int = 5,
    repeats: int = 2,
    model: str | Sequence[str] | None = None,
    training: Callable[[Sequence[int], int], Sequence[Example]] | None = None,
    seed: int = 0,
    device: str | None = None,
    show_progress_bar: bool = False,
) -> tuple[list[str], list[Scores]]:
    """Label probabilities for each example, by taggers trained on the other folds.

    Args:
        examples: with their mentions.
        folds: how many; a tagger is trained for each.
        repeats: how often with each encoder, with other folds; the mean counts.
        model: an encoder, or several, whose taggers are trained in turn: folders or names on the
            hub; default: the one that comes with ``textaug-nlp[offline]``.
        training: gives what a tagger is trained on, from the numbers of the examples that it may
            see and the number of the training; default: these examples.
        seed: of folds and trainings.
        device: default: a GPU if there is one.
        show_progress_bar: for each training.

    Returns:
        The IOB2 labels, and for each example words × labels.

    Raises:
        ValueError: as :func:`folds_of`, or for no repeat or no encoder.
    """
    names = [model] if model is None or isinstance(model, str) else model
    check_at_least_one(repeats=repeats)
    if not names:
        raise ValueError("model=[] names no encoder; without model= it is the offline MiniLM")
    labels = label_names(examples)
    cuts = [folds_of(examples, folds, seed + repeat) for repeat in range(repeats)]
    place = training_device(device)
    targets = label_numbers(examples, labels)
    found: list[Any] = [0.0] * len(examples)
    parts = []
    for number in range(repeats * folds):
        fold = cuts[number // folds]
        inside = [i for i, k in enumerate(fold) if k == number % folds]
        outside = [i for i, k in enumerate(fold) if k != number % folds]
        # Once for all encoders: copies take as long as a training.
        parts.append((inside, outside, training and training(outside, number)))
    for turn, name in enumerate(names):
        encoder = ModelSpec(name or offline.encoder(), device=place)
        vectors = word_vectors(examples, encoder)
        for number, (inside, outside, train) in enumerate(parts):
            if train is None:
                inputs, wanted = [vectors[i] for i in outside], [targets[i] for i in outside]
            else:
                inputs, wanted = word_vectors(train, encoder), label_numbers(train, labels)
            bar = f"{turn * len(parts) + number + 1} of {len(names) * len(parts)}"
            tagger = WordHead(
                inputs,
                wanted,
                len(labels),
                seed=seed + number,
                device=place,
                show_progress=bar if show_progress_bar else None,
            )
            for i, scores in zip(
                inside, tagger.probabilities([vectors[i] for i in inside]), strict=True
            ):
                found[i] = found[i] + scores / (repeats * len(names))
    return labels, found
