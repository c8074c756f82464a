"""Rows as a table, whatever their values are."""

from __future__ import annotations

import json
import logging
from bisect import bisect
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textaug.core.columns import TAG_COLUMNS, TEXT_COLUMNS, TOKEN_COLUMNS
from textaug.io.errors import Row, SourceError

if TYPE_CHECKING:
    import pyarrow as pa

logger = logging.getLogger("textaug")

# Columns that have to keep their type: texts and what labels them.
LABELLED = (*TOKEN_COLUMNS, *TEXT_COLUMNS, *TAG_COLUMNS, "label", "entities", "spans")


def table_of(path: Path, rows: Sequence[Row]) -> pa.Table:
    """The table of some rows, with every column that a row has.

    A column with values of several types becomes JSON strings, with one line in the log.

    Raises:
        SourceError: if a column of texts or labels has values of several types, or if a value
            cannot be stored, with the row.
    """
    import pyarrow as pa

    columns: dict[str, Any] = {}
    as_json = []
    for name in dict.fromkeys(name for row in rows for name in row):
        values = [row.get(name) for row in rows]
        try:
            columns[name] = pa.array(values)
        except _unstorable():
            _check_fault(path, name, values)
        if name not in columns or _has_empty_struct(columns[name].type):
            columns[name] = pa.array(
                [None if v is None else json.dumps(v, ensure_ascii=False) for v in values]
            )
            as_json.append(name)
    if as_json:
        logger.warning(
            "%s: values of several types in %s are kept as JSON strings", path, ", ".join(as_json)
        )
    return pa.table(columns)


def _check_fault(path: Path, name: str, values: Sequence[Any]) -> None:
    """Raise the error of a column that cannot be stored, unless JSON strings will do."""
    first = bisect(range(1, len(values)), False, key=lambda n: not _fits(values[:n]))
    where = f"{path}: row {first}, column {name!r}"
    broken = [i for i, value in enumerate(values) if "\\ud" in repr(value).lower()]
    if broken:
        raise SourceError(
            f"{path}: row {broken[0]}, column {name!r} holds half a character (a lone surrogate, "
            "from a broken \\u escape); fix it in the file"
        )
    if name in LABELLED:
        raise SourceError(
            f"{where} holds {values[first]!r:.60}: values of several types, in it or with the rows "
            "before; give all the same type"
        )


def _fits(values: Sequence[Any]) -> bool:
    import pyarrow as pa

    try:
        pa.array(values)
    except _unstorable():
        return False
    return True


def _has_empty_struct(kind: pa.DataType) -> bool:
    """Whether a type holds objects without any key, which Parquet cannot store."""
    import pyarrow as pa

    if pa.types.is_struct(kind) and kind.num_fields == 0:
        return True
    return any(_has_empty_struct(kind.field(i).type) for i in range(kind.num_fields))


def _unstorable() -> tuple[type[Exception], ...]:
    import pyarrow as pa

    return (pa.ArrowException, UnicodeEncodeError, OverflowError)
