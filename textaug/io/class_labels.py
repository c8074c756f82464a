"""String labels as class labels, the same in all splits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textaug.core import tag_schemes
from textaug.core.columns import TAG_COLUMNS, TOKEN_COLUMNS
from textaug.io.errors import SourceError

if TYPE_CHECKING:
    from datasets import Dataset


def with_class_labels(data: Dataset, labels: Sequence[str] | None, strict: bool) -> Dataset:
    """Tags as ``ClassLabel``: by the names given, or by the strings of the column."""
    from datasets import ClassLabel, List

    features = data.features
    words = any(name in features for name in TOKEN_COLUMNS)
    names = TAG_COLUMNS if words else ("label",)
    found = [name for name in names if name in features]
    if labels is not None:
        if not found:
            raise SourceError(f"labels are given, but no column of them is there: {list(features)}")
        name = found[0]
        kind: Any = ClassLabel(names=list(labels))
        values = _distinct(data, name)
        unknown = [value for value in values if _unknown(value, labels)]
        if unknown and strict:
            raise SourceError(
                f"column {name!r} holds {unknown[0]!r}, which is none of {list(labels)}"
            )
        return data if unknown else data.cast_column(name, List(kind) if words else kind)
    for name in found if words and strict else ():
        if getattr(getattr(features[name], "feature", None), "dtype", None) != "string":
            continue
        tags = _distinct(data, name)
        if None in tags:
            raise SourceError(f"column {name!r} holds empty tags; run textaug check")
        try:
            kind = ClassLabel(names=list(tag_schemes.complete({"O", *tags})))
        except ValueError as error:
            raise SourceError(f"column {name!r}: {error}; run textaug check") from error
        data = data.cast_column(name, List(kind))
    return data


def _distinct(data: Dataset, name: str) -> list[Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    column = data.data.column(name)
    is_list = pa.types.is_list(column.type) or pa.types.is_large_list(column.type)
    values: list[Any] = pc.unique(pc.list_flatten(column) if is_list else column).to_pylist()
    return values


def _unknown(tag: Any, names: Sequence[str]) -> bool:
    return not -1 <= tag < len(names) if isinstance(tag, int) else tag not in (*names, None)
