"""More copies for rows with a rare mention type or class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from textaug.core import tag_schemes
from textaug.core.columns import class_names
from textaug.core.finding import find_columns
from textaug.core.validation import check_at_least_one

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


@dataclass(frozen=True)
class Balance:
    """The number of copies of a row, from its tags or its class; made by :func:`balanced`.

    Args:
        column: column of tags, or of one class, or of several.
        copies: number of copies by tag or class; a row gets the maximum over its tags.
        otherwise: number of copies of a row with none of them.
        is_multi_hot: whether a row has one 0 or 1 for each class; a class is its place then.

    >>> Balance("label", {1: 4}, otherwise=1)({"label": 1})
    4
    """

    column: str
    copies: Mapping[Any, int]
    otherwise: int
    is_multi_hot: bool = field(default=False, repr=False)

    def __call__(self, row: Mapping[str, Any]) -> int:
        """The number of copies of one row."""
        value = row[self.column]
        values = value if isinstance(value, list) else [value]
        if self.is_multi_hot:
            values = _places(value)
        return max((self.copies.get(v, self.otherwise) for v in values), default=self.otherwise)


def balanced(
    dataset: Dataset | DatasetDict,
    copies: int = 4,
    column: str | None = None,
    split: str = "train",
) -> Balance:
    """More copies for rows with a rare type of mention, or of a rare class.

    A row with the rarest type gets ``copies``; one whose rarest type has *m* times as many mentions
    gets ``copies / m``, rounded, and at least 1, as does a row with no mention. So frequencies come
    closer together, and every row has a copy (repeat factors as in Gupta et al. 2019, "LVIS",
    without the square root, because the range is bounded on both sides)::

        expand(train, augmenter, copies=balanced(train, copies=4))

    This works with every data set that ``expand`` takes, in ``augmenter.expand``, with workers, in
    ``textaug.ray.expand`` and in the shell (``--balanced``).

    Args:
        dataset: a ``Dataset`` to count in, or a ``DatasetDict`` (``split`` is counted). For a
            stream, count a part of it that is on disk.
        copies: number of copies of a row with the rarest type, at least 1.
        column: column of tags or classes; default: the usual names of tags; with text, ``label``.
        split: the split of a ``DatasetDict``.

    Returns:
        A function from a row to its number of copies.

    Raises:
        ValueError: if ``copies`` is less than 1, or there is nothing to count.
        TypeError: for a stream, which cannot be counted beforehand.

    >>> from datasets import Dataset
    >>> rows = {"text": ["a", "b", "c", "d", "e"], "label": ["good", "good", "good", "good", "bad"]}
    >>> balanced(Dataset.from_dict(rows), copies=4)
    Balance(column='label', copies={'bad': 4, 'good': 1}, otherwise=1)
    """
    from datasets import Dataset

    check_at_least_one(copies=copies)
    data: Any = dataset[split] if isinstance(dataset, Mapping) else dataset
    if not isinstance(data, Dataset):
        raise TypeError(
            f"cannot count in {type(data).__name__}, only in a datasets.Dataset; count a part that "
            "is on disk, and pass the result as copies= for all"
        )
    column = column or find_columns(data).tags
    if column is None:
        raise ValueError(
            f"no column of tags or classes among {', '.join(data.features)}; pass column="
        )
    values = data.select_columns(column).with_format(None)[column][:]
    rows = [value if isinstance(value, list) else [value] for value in values]
    names = class_names(data.features[column])
    is_multi_hot = (
        names is None and all(isinstance(v, list) for v in values) and _is_multi_hot(rows)
    )
    if is_multi_hot:
        rows = [_places(row) for row in rows]
    type_of, counts = _count_types(rows, names)
    if not counts:
        raise ValueError(f"column {column!r} has no mention and no class to balance")
    fewest = min(counts.values())
    wanted = {
        tag: max(1, round(copies * fewest / counts[label]))
        for tag, label in type_of.items()
        if label in counts
    }
    return Balance(column, wanted, otherwise=1, is_multi_hot=is_multi_hot)


def _is_multi_hot(rows: Sequence[Sequence[Any]]) -> bool:
    """Whether all rows have the same number of values, two or more, and each is 0 or 1."""
    lengths = {len(row) for row in rows}
    return len(lengths) == 1 and min(lengths) > 1 and all(v in (0, 1) for row in rows for v in row)


def _places(row: Sequence[Any]) -> list[int]:
    """The classes of a row with one 0 or 1 for each."""
    return [place for place, value in enumerate(row) if value == 1]


def _count_types(
    rows: Sequence[Sequence[Any]], names: Sequence[str] | None
) -> tuple[dict[Any, str], Counter[str]]:
    """The type of mention, or the class, of each tag, and how often each occurs."""
    # Sorted, so that the same data give the same fingerprint in every process.
    tags: Any = sorted({tag for row in rows for tag in row if tag is not None}, key=str)
    name_of = dict(enumerate(names)) if names else {tag: str(tag) for tag in tags}
    if not any(map(tag_schemes.prefixed, name_of.values())):
        return name_of, Counter(name_of[tag] for row in rows for tag in row if tag in name_of)
    spans = [tag_schemes.to_spans([name_of.get(tag, "O") for tag in row]) for row in rows]
    type_of = {tag: s.label for tag, name in name_of.items() for s in tag_schemes.to_spans([name])}
    return type_of, Counter(span.label for found in spans for span in found)
