"""Rows of CSV files."""

from __future__ import annotations

import csv
from pathlib import Path

from textaug.io.cells import table_rows
from textaug.io.errors import Row, SourceError
from textaug.io.text_files import open_text


def csv_rows(path: Path) -> list[Row]:
    """The rows of a CSV or TSV file: strings, and numbers if they round-trip.

    No cell is missing ("NA" and "null" are words), and formulas are strings. See
    :func:`~textaug.io.cells.table_rows` for what becomes of the cells.

    Raises:
        SourceError: if the table is damaged; the line is named.
    """
    names, lines = _table(path)
    for line, cells in lines:
        if cells and len(cells) != len(names):
            raise SourceError(f"{path}, line {line}: {len(cells)} cells for {len(names)} columns")
    return table_rows(path, names, lines)


def _table(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header, and the cells of each line with its number; a blank line has none."""
    csv.field_size_limit(2**31 - 1)
    with open_text(path, newline="") as lines:
        header = lines.readline()
        lines.seek(0)
        delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
        if delimiter not in header:
            delimiter = next((other for other in ";\t," if other in header), delimiter)
        table = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            names = next(table, [])
            rows = [(table.line_num, cells) for cells in table]
        except csv.Error as error:
            raise SourceError(f"{path}, line {table.line_num}: {error}") from error
    if len(set(names)) != len(names):
        raise SourceError(f"{path}: two columns have the same name: {names}")
    return names, rows
