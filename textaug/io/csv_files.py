"""Rows of CSV files."""

from __future__ import annotations

import csv
from collections.abc import Sequence
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
            names = [name.strip() for name in next(table, [])]
            rows = [(table.line_num, cells) for cells in table]
        except csv.Error as error:
            raise SourceError(
                f"{path}, line {table.line_num}: {error}; a cell with a quotation mark needs one "
                "before it and one after it, and each of its own twice"
            ) from error
    if len(set(names)) != len(names):
        raise SourceError(f"{path}: two columns have the same name: {names}")
    quoted = all(cell[:1] == cell[-1:] == '"' for cell in header.rstrip("\r\n").split(delimiter))
    filled = [(line, cells) for line, cells in rows if cells]
    merged = None if quoted else _merged_row([cells for _, cells in filled], delimiter, len(names))
    if merged is not None:
        raise SourceError(
            f"{path}, row {merged} (it ends in line {filled[merged][0]}): between two quotation "
            "marks are a separator and a line end, so several rows would become one. Write a "
            "quotation mark that belongs to a text twice and the text between two more; if the row "
            "is right, put all cells and column names between quotation marks (QUOTE_ALL)"
        )
    return names, rows


def _merged_row(rows: Sequence[list[str]], delimiter: str, width: int) -> int | None:
    """The first row that quotation marks seem to have made of several.

    A text with tabs and line ends is hardly ever meant. One with commas and line ends often is; but
    not if each of its lines has all the cells of a row, one of them with known values.
    """
    known: list[set[str]] | None = None
    for number, cells in enumerate(rows):
        if not any(delimiter in cell and "\n" in cell.replace("\r", "\n") for cell in cells):
            continue
        if delimiter == "\t":
            return number
        parts = delimiter.join(cells).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        lines = [part.split(delimiter) for part in parts]
        if any(len(line) != width for line in (cells, *lines)):
            continue
        whole = (row for row in rows if len(row) == width)
        known = known or [set(column) - {""} for column in zip(*whole, strict=True)]
        if any(known[i].issuperset(column) for i, column in enumerate(zip(*lines, strict=True))):
            return number
    return None
