"""Rows of CSV files."""

from __future__ import annotations

import ast
import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from textaug.core.columns import TAG_COLUMNS, TEXT_COLUMNS, TOKEN_COLUMNS
from textaug.io.errors import Row, SourceError
from textaug.io.text_files import open_text


def csv_rows(path: Path) -> Iterator[Row]:
    """Rows of text; numbers only where writing them gives the same cells again.

    No cell is read as missing ("NA" is a word, and so is "null"). A cell that a spreadsheet would
    run as a formula is text.
    """
    csv.field_size_limit(2**31 - 1)
    with open_text(path, newline="") as lines:
        delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
        table = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            names = next(table, [])
            rows = [(table.line_num, cells) for cells in table if cells]
        except csv.Error as error:
            raise SourceError(f"{path}, line {table.line_num}: {error}") from error
    if len(set(names)) != len(names):
        raise SourceError(f"{path}: two columns have the same name: {names}")
    for line, cells in rows:
        if len(cells) != len(names):
            raise SourceError(f"{path}, line {line}: {len(cells)} cells for {len(names)} columns")
    columns: dict[str, list[Any]] = {}
    for i, name in enumerate(names):
        cells = [cells[i] for _, cells in rows]
        columns[name] = cells if name in TEXT_COLUMNS else _cells(cells)
    words = any(name in columns for name in TOKEN_COLUMNS)
    for name in (*TOKEN_COLUMNS, *TAG_COLUMNS) if words else ():
        if name in columns:
            columns[name] = _lists(path, name, [cells[names.index(name)] for _, cells in rows])
    for values in zip(*columns.values(), strict=True):
        yield dict(zip(columns, values, strict=True))


def _cells(cells: list[str]) -> list[Any]:
    for kind in (int, float):
        try:
            values = [kind(cell) for cell in cells]
        except ValueError:
            continue
        pairs = zip(values, cells, strict=True)
        if all(str(value) == cell and cell[-1].isdigit() for value, cell in pairs):  # no "nan"
            return values
    return cells


def _lists(path: Path, name: str, cells: list[str]) -> list[Any]:
    """Cells that hold a list: ``["Ann", "sat"]`` as JSON or Python, or words between blanks."""
    values: list[Any] = []
    for cell in cells:
        value: Any = None
        try:
            value = json.loads(cell)
        except ValueError:
            if cell.startswith("['"):  # as pandas writes lists
                value = _python_list(cell)
        values.append(value if isinstance(value, list) else None)
    if None not in values:
        return values
    for i, (cell, value) in enumerate(zip(cells, values, strict=True)):
        if value is not None or cell.startswith(("['", '["')):
            raise SourceError(
                f"{path}: some cells of column {name!r} are lists and some are not (row {i}: "
                f"{cell!r:.60}); write all as JSON lists, or all as words between blanks"
            )
    return [cell.split() for cell in cells]


def _python_list(cell: str) -> Any:
    try:
        value = ast.literal_eval(cell)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if str(value) == cell else None  # "['Ann' 'sat']", from numpy, is ['Annsat']
