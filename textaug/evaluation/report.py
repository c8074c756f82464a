"""Compare a data set before and after augmentation, for one self-contained page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from textaug.core.columns import ORIGINAL, ColumnNames, named_labels
from textaug.core.example import Example
from textaug.core.markup import Pair
from textaug.core.reading import batches_of
from textaug.evaluation.check import check
from textaug.evaluation.judged_rows import without_judged
from textaug.evaluation.report_page import Report, Section, Side
from textaug.models import scores

if TYPE_CHECKING:
    from datasets import Dataset


COMPARED = 20_000  # copies that are compared with their originals, evenly spaced
# Problems that augmentation must never add.
FAULTS = ("missing", "length", "empty token", "blank in token", "unknown tag", "orphan tag")


def measure(
    before: Dataset,
    after: Dataset,
    *,
    names: tuple[str, str] = ("before", "after"),
    counts: Mapping[str, int] | None = None,
    columns: ColumnNames | None = None,
    meaning: bool = False,
    sections: Sequence[Section] = (),
) -> Report:
    """Compare a data set before and after augmentation.

    Args:
        before: the data set before.
        after: the data set after: each row followed by its copies (as ``expand`` and ``textaug
            augment`` write it), or as many rows as before, each one augmented.
        names: names of the two, for the page.
        counts: number of copies by outcome, such as ``augmenter.counts``.
        columns: the names of the columns; default: found. With text, ``tags`` is the column of
            classes (default: ``label``).
        meaning: also compare the meaning, with the MiniLM model of the ``offline`` extra.
        sections: further tables for the page, such as of an audit.

    Raises:
        ValueError: if a row is damaged (``textaug check`` names it).

    >>> from datasets import Dataset
    >>> from textaug import NoiseInjection, expand
    >>> data = Dataset.from_dict({"text": ["Shares fell sharply on Friday."]})
    >>> measure(data, expand(data, NoiseInjection(), copies=2)).after.rows
    3
    """
    columns = columns or ColumnNames()
    before, after, judged = without_judged(before)[0], *without_judged(after)
    one, of_mentions = _side(before, columns)
    two, _ = _side(after, columns)
    pairs = _pairs(one.examples, two.examples, _makers(after))
    step = -(-len(pairs or ()) // COMPARED) or 1
    compared = (pairs or [])[::step]
    return Report(
        names=names,
        before=one,
        after=two,
        of_mentions=of_mentions,
        pairs=None if pairs is None else compared,
        kept=[_kept_share(pair) for pair in compared],
        meaning=_similarities(compared) if meaning else [],
        counts=counts,
        faults=(_faults(before, columns), _faults(after, columns)),
        sections=[*judged, *sections],
    )


def _side(data: Dataset, columns: ColumnNames) -> tuple[Side, bool]:
    examples: list[Example] = []
    labels: Counter[str] = Counter()
    mentions: dict[str, Counter[str]] = {}
    parts, of_mentions = 1, False
    for batch in batches_of(data, replace(columns, tags=None) if columns.text else columns):
        parts = batch.parts
        of_mentions = of_mentions or batch.schema.tokens is not None
        for example in batch.examples():
            # Copies are found by their words; a column of provenance may have any name.
            examples.append(example._replace(labels=()))
            for span in example.spans:
                labels[span.label] += 1
                surface = " ".join(example.tokens[span.start : span.end])
                mentions.setdefault(span.label, Counter())[surface] += 1
    classes = columns.tags or "label"
    if not of_mentions and classes in data.features:
        feature = data.features[classes]
        for row, value in enumerate(data.select_columns(classes).with_format(None)[classes]):
            try:
                labels[str(named_labels(value, feature))] += 1
            except ValueError as error:
                raise ValueError(f"row {row}, column {classes!r}: {error}") from None
    return Side(len(examples) // parts, examples, labels, mentions), of_mentions


def _makers(data: Dataset) -> list[str] | None:
    """The augmenter of each row, if a column has it (``provenance_column``)."""
    for name, feature in data.features.items():
        if getattr(feature, "dtype", None) == "string":
            values = data.with_format(None)[name][:]
            if ORIGINAL in values:
                return [value or "" for value in values]
    return None


def _pairs(
    before: Sequence[Example], after: Sequence[Example], makers: Sequence[str] | None
) -> list[Pair] | None:
    """Each copy with its original, which it follows or replaces; ``None`` if neither holds."""
    pairs = []
    at = -1
    makers = makers if makers and len(makers) == len(after) else [""] * len(after)
    for example, maker in zip(after, makers, strict=True):
        if at + 1 < len(before) and example == before[at + 1]:
            at += 1
        elif at >= 0:
            pairs.append(Pair(before[at], example, maker))
        else:
            break
    if at == len(before) - 1:
        return pairs
    if len(before) == len(after):
        return [Pair(a, b, m) for a, b, m in zip(before, after, makers, strict=True) if a != b]
    return None


def _kept_share(pair: Pair) -> float:
    return SequenceMatcher(None, pair.before.tokens, pair.after.tokens, autojunk=False).ratio()


def _similarities(pairs: Sequence[Pair]) -> list[float]:
    """Cosine of the MiniLM vectors of each pair."""
    before = scores.vectors([pair.before.text for pair in pairs])
    after = scores.vectors([pair.after.text for pair in pairs])
    return [float(a @ b) for a, b in zip(before, after, strict=True)]


def _faults(data: Dataset, columns: ColumnNames) -> int:
    """The number of damaged labels; those of a row with several texts count once."""
    found = {
        (problem.row, problem.message)
        for text in columns.text or (None,)
        for problem in check(
            data, tokens_column=columns.tokens, tags_column=columns.tags, text_column=text
        )
        if problem.kind in FAULTS
    }
    return len(found)
