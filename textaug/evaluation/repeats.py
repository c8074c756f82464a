"""Rows that occur twice: duplicates, contradictions, and rows of another split."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from textaug.core.columns import LABEL_SOURCE, LABEL_WEIGHT, ORIGINAL
from textaug.core.finding import find_columns
from textaug.core.row_evidence import all_differ
from textaug.core.schema import Columns
from textaug.core.usual_names import USUAL_NAMES
from textaug.evaluation.problems import Fix, Problem, named_rows

if TYPE_CHECKING:
    from datasets import Dataset


def find_repeats(data: Dataset, columns: Columns, against: Iterable[Dataset]) -> Iterator[Problem]:
    """Rows that occur twice, or also in other data.

    Two rows are duplicates if all their columns are equal, identifiers aside. They contradict each
    other if only their labels differ: another question about the same text has another answer.

    Args:
        data: what is checked.
        columns: as :func:`find_columns` gives them.
        against: splits that must not share words with it.
    """
    elsewhere: set[Any] = set()
    for other in against:
        theirs = _same_columns(other, columns)
        elsewhere |= {_key(words) for (words,) in named_rows(other, theirs.words)}
    keys = [_key(words) for (words,) in named_rows(data, columns.words)]
    for row, key in enumerate(keys):
        if key and key in elsewhere:
            text = "its words also occur in the other split"
            yield Problem(row, "overlap", text, Fix(f"row left out: {text}", drop=True))
    counts = Counter(keys)
    repeated = [row for row, key in enumerate(keys) if key and counts[key] > 1]
    if repeated:
        yield from _compared(data, repeated, columns)


def _compared(data: Dataset, rows: list[int], columns: Columns) -> Iterator[Problem]:
    """Duplicates and contradictions among some rows of a data set."""
    compared = [name for name in data.features if not _is_of_one_row(data, name, columns)]
    labels = [name for name in _labels(columns) if name in compared]
    given = [name for name in compared if name not in labels and not _is_of_origin(name)]
    equal: dict[str, int] = {}
    same_input: dict[str, tuple[int, str]] = {}
    # Arrow's values: images are compared as bytes and not decoded.
    chosen = data.select(rows).select_columns(compared).with_format("arrow")
    found = (row for table in chosen.iter(1000) for row in table.to_pylist())
    for number, row in zip(rows, found, strict=True):
        earlier = equal.setdefault(repr(row), number)
        if earlier != number:
            text = f"the same as row {earlier}"
            yield Problem(number, "duplicate", text, Fix(f"row left out: {text}", drop=True))
            continue
        signature = repr([row[name] for name in given])
        answers = repr([row[name] for name in labels])
        first, known = same_input.setdefault(signature, (number, answers))
        if answers != known:
            text = f"the same words as row {first}, with other labels"
            yield Problem(number, "contradiction", text)


def _labels(columns: Columns) -> list[str]:
    """The columns in which rows that are otherwise equal contradict each other."""
    # A target or a topic may say what is asked about the text, where there is another label.
    usual = {*USUAL_NAMES["label"]} - {*USUAL_NAMES["asked"]}
    labels = [name for name in columns.labels if name.lower() in usual]
    if not labels and (columns.is_text or columns.tags is None):
        labels = [*columns.labels]
    of_words = [
        name
        for name in columns.aligned
        if name.lower() in USUAL_NAMES["per_token"] or name.lower().endswith("_tags")
    ]
    spans = [column.name for column in columns.spans]
    named = [columns.tags] if columns.tags is not None else []
    return [*dict.fromkeys([*named, *labels, *of_words, *spans])]


def _is_of_one_row(data: Dataset, name: str, columns: Columns) -> bool:
    """Whether a column is an identifier, or says how textaug made a row."""
    lower = name.lower()
    if name in (columns.words, columns.tags) or lower in USUAL_NAMES["label"]:
        return False
    if name in (LABEL_SOURCE, LABEL_WEIGHT) or lower.startswith("__index_level_"):
        return True
    kind = getattr(data.features[name], "dtype", None)
    if kind not in ("string", "large_string") and "int" not in str(kind):
        return False
    if lower in USUAL_NAMES["id"] or lower == "uuid":
        return True
    values = data.with_format(None)[name][:]
    if re.search(r"(?:_|\b)(?:id|uuid|guid)$|[a-z]I[Dd]$", name):
        return all_differ(values)
    return kind == "string" and ORIGINAL in values  # an augmenter's `provenance_column`


def _is_of_origin(name: str) -> bool:
    """Whether a column may differ between rows that contradict each other."""
    return not {*USUAL_NAMES["origin"]}.isdisjoint(re.split(r"[\W_]+", name.lower()))


def _same_columns(other: Dataset, columns: Columns) -> Columns:
    """The columns of a data set to compare with: of the same name, if there is one."""
    name = columns.words if columns.words in other.features else None
    tokens, text = (None, name) if columns.is_text else (name, None)
    theirs = find_columns(other, tokens_column=tokens, text_column=text)
    if theirs.is_text != columns.is_text:
        raise ValueError(
            f"cannot compare {'text' if columns.is_text else 'words'} in column {columns.words!r} "
            f"with {'text' if theirs.is_text else 'words'} in {theirs.words!r}; give both as one"
        )
    return theirs


def _key(words: Any) -> Any:
    return tuple(words) if isinstance(words, list) else words
