"""Rows as a data set, and the cell that a data set cannot hold."""

from __future__ import annotations

import json
import logging
from bisect import bisect
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textaug.core.columns import TAG_COLUMNS, TEXT_COLUMNS, TOKEN_COLUMNS
from textaug.io.errors import Row, SourceError

if TYPE_CHECKING:
    import pyarrow as pa
    from datasets import Dataset

logger = logging.getLogger("textaug")

ROWS_AT_A_TIME = 10_000
# Columns that must have one type; others, such as metadata, may become strings.
_ESSENTIAL = {*TOKEN_COLUMNS, *TAG_COLUMNS, *TEXT_COLUMNS, "entities", "label"}


def as_dataset(path: str | Path, rows: Iterator[Row]) -> Dataset:
    """The rows of a file as a data set; a column that some rows lack is ``None`` there.

    A column of metadata with values of several types becomes one of strings (JSON if the value
    was not a string), with one line in the log.

    Raises:
        SourceError: if there are no rows, or tokens, tags, text or labels have several types.
    """
    import pyarrow as pa
    from datasets import Dataset

    chunks: list[dict[str, Any]] = []  # column name → Arrow array, or values if it has no type
    sizes: list[int] = []
    mixed: set[str] = set()
    while chunk := list(islice(rows, ROWS_AT_A_TIME)):
        names = dict.fromkeys(name for row in chunk for name in row)
        chunks.append({})
        for name in names:
            values = [row.get(name) for row in chunk]
            chunks[-1][name] = array = _array(values)
            if array is None:
                if name in _ESSENTIAL or _holds_half_character(values):
                    raise SourceError(f"{path}: {_unstorable_cell(name, values, sum(sizes))}")
                mixed.add(name)
                chunks[-1][name] = values
        sizes.append(len(chunk))
    if not chunks:
        raise SourceError(f"{path} holds no rows")
    columns: dict[str, pa.ChunkedArray] = {}
    for name in dict.fromkeys(name for part in chunks for name in part):
        parts = [part.get(name) for part in chunks]
        if name not in mixed and not _one_type(parts):
            if name in _ESSENTIAL:
                raise SourceError(f"{path}: column {name!r} has values of different types")
            mixed.add(name)
        if name in mixed:
            parts = [None if part is None else _as_json(part) for part in parts]
        filled = [
            pa.nulls(size) if part is None else part
            for part, size in zip(parts, sizes, strict=True)
        ]
        tables = [pa.table({name: part}) for part in filled]
        columns[name] = pa.concat_tables(tables, promote_options="permissive").column(0)
        if pa.types.is_struct(columns[name].type) and not columns[name].type.num_fields:
            del columns[name]  # empty objects, which Parquet cannot hold
    if mixed:
        logger.warning(
            "%s: values of several types in columns %s, which became strings",
            path,
            ", ".join(sorted(mixed)),
        )
    return Dataset(pa.table(columns).combine_chunks())


def _array(values: list[Any]) -> Any:
    """The values as an Arrow array, or ``None`` if they have no common type."""
    import pyarrow as pa

    try:
        return pa.array(values)
    except (pa.ArrowException, TypeError, UnicodeEncodeError, OverflowError):
        return None


def _one_type(parts: list[Any]) -> bool:
    import pyarrow as pa

    schemas = [pa.schema([("_", part.type)]) for part in parts if part is not None]
    try:
        pa.unify_schemas(schemas, promote_options="permissive")
    except pa.ArrowException:
        return False
    return True


def _as_json(part: Any) -> Any:
    import pyarrow as pa

    values = part if isinstance(part, list) else part.to_pylist()
    return pa.array(
        [
            v if v is None or isinstance(v, str) else json.dumps(v, ensure_ascii=False)
            for v in values
        ],
        pa.string(),
    )


def _holds_half_character(values: list[Any]) -> bool:
    return any("\\ud" in repr(value).lower() for value in values)


def _unstorable_cell(name: str, values: list[Any], first: int) -> str:
    """The first cell of a column that cannot be stored, and why."""
    good = bisect(range(1, len(values)), False, key=lambda n: _array(values[:n]) is None)
    where = f"row {first + good}, column {name!r}"
    if _holds_half_character(values[good : good + 1]):
        return (
            f"{where} holds half a character (a lone surrogate, from a broken \\u escape); fix it "
            "in the file"
        )
    return (
        f"{where} holds {values[good]!r:.60}, which has another type than the values before; give "
        "all rows the same type of value, or drop the column"
    )
