"""Which changes of a paraphrase read well and keep the meaning, as far as small models can tell."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

from textaug.core.example import Example, apply_edits
from textaug.language.rewording import (
    Change,
    as_edits,
    changes_between,
    features_of,
    is_minor,
    is_safe,
)
from textaug.models.scores import similarities

# A logistic regression of a reader's verdicts on 600 changes of back-translated news sentences,
# fitted by scripts/fit_rewording.py: one weight for each of `textaug.language.rewording.FEATURES`.
INTERCEPT = -0.219
WEIGHTS = (
    0.080, 0.510, -0.479, -0.044, -0.515, -0.595, 0.324, 0.063,
    -0.321, 0.454, 0.045, -0.080, -0.188, -0.196, -0.187, -0.266,
)  # fmt: skip

SMALLEST_DISTANCE = 1e-4
_STOPS = frozenset({".", "!", "?"})


def good_changes(
    before: Sequence[Example],
    after: Sequence[Example],
    threshold: float,
    rank: int | None = None,
) -> list[list[Change]]:
    """For each pair the changes that a reader would accept; none that is minor.

    Each change is judged alone, applied to the original: what is lost and gained, by WordNet, and
    the distance of the sentence from the original by the offline sentence encoder.

    Args:
        before: the originals, in English.
        after: their paraphrases.
        threshold: the smallest probability, 0..1, that a reader accepts a change.
        rank: the worker's number.
    """
    candidates: list[tuple[int, Change]] = [
        (i, change)
        for i, (old, new) in enumerate(zip(before, after, strict=True))
        for change in changes_between(old.tokens, new.tokens)
        if is_safe(change, old, new.tokens) and not is_minor(change, old.tokens, new.tokens)
    ]
    probabilities = judged(before, after, candidates, rank)
    found: list[list[Change]] = [[] for _ in before]
    for (i, change), probability in zip(candidates, probabilities, strict=True):
        if probability >= threshold:
            found[i].append(change)
    return found


def judged(
    before: Sequence[Example],
    after: Sequence[Example],
    candidates: Sequence[tuple[int, Change]],
    rank: int | None = None,
) -> list[float]:
    """The probability that a reader accepts each change, given with the number of its pair."""
    rows = measured(before, after, candidates, rank)
    return [
        1 / (1 + exp(-INTERCEPT - sum(w * x for w, x in zip(WEIGHTS, row, strict=True))))
        for row in rows
    ]


def measured(
    before: Sequence[Example],
    after: Sequence[Example],
    candidates: Sequence[tuple[int, Change]],
    rank: int | None = None,
) -> list[list[float]]:
    """The features of each change, given with the number of its pair."""
    pairs = [_in_its_sentence(before[i], after[i].tokens, change) for i, change in candidates]
    cosines = similarities([old for old, _ in pairs], [new for _, new in pairs], rank=rank)
    return [
        [
            *features_of(change, before[i].tokens, after[i].tokens),
            log(max(1 - cosine, SMALLEST_DISTANCE)),
        ]
        for (i, change), cosine in zip(candidates, cosines, strict=True)
    ]


def _in_its_sentence(old: Example, new: Sequence[str], change: Change) -> tuple[Example, Example]:
    """The sentence around a change, without and with it."""
    edits = as_edits(change, old.tokens, new)
    first, last = edits[0].start, edits[-1].end
    stops = [i + 1 for i, token in enumerate(old.tokens) if token in _STOPS]
    start = max((i for i in stops if i <= first), default=0)
    end = min((i for i in stops if i >= max(last, first + 1)), default=len(old.tokens))
    moved = [edit._replace(start=edit.start - start, end=edit.end - start) for edit in edits]
    sentence = Example(old.tokens[start : max(end, last)])
    return sentence, apply_edits(sentence, moved).example
