"""String labels as class labels, the same in all splits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textaug.core import tag_schemes
from textaug.core.columns import MISSING_LABEL, TAG_COLUMNS, TOKEN_COLUMNS, class_names
from textaug.io.errors import SourceError

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


def with_class_labels(data: DatasetDict, labels: Sequence[str] | None, strict: bool) -> DatasetDict:
    """Tags as ``ClassLabel``, with the given names or those that occur in any split.

    Splits whose class labels have another order or other names are mapped by name.

    Raises:
        SourceError: if labels are given and do not fit, or tags are damaged.
    """
    from datasets import DatasetDict

    columns = dict.fromkeys(name for rows in data.values() for name in rows.features)
    has_tokens = any(name in columns for name in TOKEN_COLUMNS)
    tags = [name for name in (TAG_COLUMNS if has_tokens else ("label",)) if name in columns]
    if labels is not None:
        if not tags:
            raise SourceError(f"labels are given, but no column of {list(columns)} holds any")
        return DatasetDict(
            {split: _with_names(rows, tags[0], labels, strict) for split, rows in data.items()}
        )
    for column in columns if strict else ():
        names = _common_names(data, column, is_tags=has_tokens and column in tags)
        if names is not None:
            data = DatasetDict(
                {split: _renumbered(rows, column, names) for split, rows in data.items()}
            )
    return data


def _with_names(rows: Dataset, column: str, labels: Sequence[str], strict: bool) -> Dataset:
    if column not in rows.features:
        return rows
    unknown = [
        value
        for value in _distinct(rows, column)
        if not (-1 <= value < len(labels) if isinstance(value, int) else value in (*labels, None))
    ]
    if unknown and strict:
        raise SourceError(f"column {column!r} holds {unknown[0]!r}, which is not in {list(labels)}")
    return rows if unknown else rows.cast_column(column, _class_labels(rows, column, labels))


def _common_names(data: DatasetDict, column: str, is_tags: bool) -> tuple[str, ...] | None:
    """The names of a column's labels in all splits; ``None`` if nothing has to change."""
    splits = [rows for rows in data.values() if column in rows.features]
    given = [_names(rows, column) for rows in splits]
    named = dict.fromkeys(name for names in given if names is not None for name in names)
    inner = [getattr(rows.features[column], "feature", rows.features[column]) for rows in splits]
    if named and any(
        names is None and getattr(feature, "dtype", None) != "string"
        for names, feature in zip(given, inner, strict=True)
    ):
        raise SourceError(
            f"column {column!r} has named labels in one split and numbers in another; pass labels= "
            "(--labels in the shell)"
        )
    if None not in given:
        return tuple(named) if len(set(given)) > 1 else None
    if not is_tags or not all(hasattr(rows.features[column], "feature") for rows in splits):
        return None
    if not named and any(getattr(feature, "dtype", None) != "string" for feature in inner):
        return None
    tags = {tag for rows in splits for tag in _distinct(rows, column)}
    if None in tags:
        raise SourceError(f"column {column!r} holds empty tags; run textaug check")
    try:
        return tag_schemes.complete({"O", *named, *(tag for tag in tags if isinstance(tag, str))})
    except ValueError as error:
        raise SourceError(f"column {column!r}: {error}; run textaug check") from error


def _renumbered(rows: Dataset, column: str, names: Sequence[str]) -> Dataset:
    from datasets import Features

    if column not in rows.features or (old := _names(rows, column)) == tuple(names):
        return rows
    new = _class_labels(rows, column, names)
    if old is None:
        return rows.cast_column(column, new)
    number: dict[int | None, int | None] = {i: names.index(name) for i, name in enumerate(old)}
    number |= {MISSING_LABEL: MISSING_LABEL, None: None}

    def renumber(batch: dict[str, list[Any]]) -> dict[str, list[Any]]:
        values = batch[column]
        return {
            column: [[number[v] for v in x] if isinstance(x, list) else number[x] for x in values]
        }

    features = Features({**rows.features, column: new})
    return rows.with_format(None).map(
        renumber, batched=True, features=features, load_from_cache_file=False
    )


def _names(rows: Dataset, column: str) -> tuple[str, ...] | None:
    """The names of a column's class labels."""
    names = class_names(rows.features[column])
    return None if names is None else tuple(names)


def _class_labels(rows: Dataset, column: str, names: Sequence[str]) -> Any:
    from datasets import ClassLabel, List

    labels = ClassLabel(names=list(names))
    return List(labels) if hasattr(rows.features[column], "feature") else labels


def _distinct(data: Dataset, name: str) -> list[Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    column = data.data.column(name)
    is_list = pa.types.is_list(column.type) or pa.types.is_large_list(column.type)
    values: list[Any] = pc.unique(pc.list_flatten(column) if is_list else column).to_pylist()
    return values
