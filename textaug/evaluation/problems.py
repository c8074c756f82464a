"""Problems of rows, their fixes, and the values that they are found in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from textaug.core.columns import class_names

if TYPE_CHECKING:
    from datasets import Dataset

KINDS = {
    "missing": "no words, no text or no tags at all (None)",
    "length": "not one tag for each word",
    "empty token": "a token that is empty or white space, or a text that is",
    "blank in token": "a token with white space inside",
    "unknown tag": "a tag that is not among the labels, or belongs to no scheme",
    "mixed schemes": "a tag of another scheme than most tags",
    "orphan tag": "a tag that its neighbours do not allow, such as I-PER after O in IOB2",
    "duplicate": "equal to an earlier row, identifiers aside",
    "contradiction": "equal to an earlier row, but for its labels",
    "overlap": "words that also occur in the other split",
    "stale span": "offsets outside the text, around no word, or of other words than they name",
    "cut word": "offsets that begin or end inside a word",
    "several types": "a mention that has another type in other rows",
}
HINTS = ("several types",)  # that may be right: a town, and the club that is named after it


@dataclass(frozen=True)
class Fix:
    """How a row is fixed.

    Attributes:
        text: the change, for people.
        tags: new tags by position.
        tokens: positions of tokens to remove, with their tags.
        drop: whether the row is left out.
    """

    text: str
    tags: Mapping[int, str] = field(default_factory=dict)
    tokens: tuple[int, ...] = ()
    drop: bool = False


@dataclass(frozen=True)
class Problem:
    """Something wrong with a row.

    Attributes:
        row: its number, from 0.
        kind: one of ``KINDS``.
        message: what is wrong.
        fix: the fix, if there is a certain one.
    """

    row: int
    kind: str
    message: str
    fix: Fix | None = None


def named_rows(data: Dataset, *columns: str | None) -> Iterator[tuple[Any, ...]]:
    """The values of columns, row by row, with class labels by name; ``None`` for no column."""
    names = {
        column: class_names(data.features.get(column)) for column in columns if column is not None
    }
    for batch in data.select_columns(list(names)).with_format(None).iter(1000):
        values: dict[str | None, list[Any]] = {
            column: [_named(value, names[column]) for value in batch[column]] for column in names
        }
        values[None] = [None] * len(batch[next(iter(names))])
        yield from zip(*(values[column] for column in columns), strict=True)


def _named(value: Any, names: Sequence[str] | None) -> Any:
    """Labels by name; a number without a name stays, for the message about it."""
    if names and isinstance(value, list):
        return [_named(item, names) for item in value]
    return names[value] if names and isinstance(value, int) and 0 <= value < len(names) else value
