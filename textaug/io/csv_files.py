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

# Tables with one token per line: the columns of the sentence and of the token, in lower case.
_SENTENCE_COLUMNS = ("sentence #", "sentence_id", "sentence id", "sent_id")
_TOKEN_COLUMNS = ("word", "words", "token", "tokens")
_TAG_COLUMNS = {"tag": "ner_tags", "tags": "ner_tags", "label": "ner_tags", "labels": "ner_tags",
                "ner": "ner_tags", "pos": "pos_tags"}  # fmt: skip


def csv_rows(path: Path) -> list[Row]:
    """The rows of a CSV or TSV file: strings, and numbers where they round-trip.

    No cell is missing ("NA" and "null" are words), and a cell that a spreadsheet would evaluate as
    a formula is a string. Beside a text, a column of JSON lists is read as such. A table with one
    token per line (``Sentence #,Word,POS,Tag``) becomes one row per sentence.

    Raises:
        SourceError: if the table is damaged; the line is named.
    """
    names, rows = _table(path)
    for line, cells in rows:
        if len(cells) != len(names):
            raise SourceError(f"{path}, line {line}: {len(cells)} cells for {len(names)} columns")
    lower = [name.strip().lower() for name in names]
    sentence = next((lower.index(name) for name in _SENTENCE_COLUMNS if name in lower), None)
    token = next((lower.index(name) for name in _TOKEN_COLUMNS if name in lower), None)
    if sentence is not None and token is not None and _one_token_per_line(rows, token):
        return list(_sentences(lower, rows, sentence, token))
    columns: dict[str, list[Any]] = {}
    has_tokens = any(name in names for name in TOKEN_COLUMNS)
    for i, name in enumerate(names):
        cells = [cells[i] for _, cells in rows]
        if has_tokens and name in (*TOKEN_COLUMNS, *TAG_COLUMNS):
            columns[name] = _lists(path, name, cells)
        elif name in TEXT_COLUMNS:
            columns[name] = cells
        else:
            columns[name] = (None if has_tokens else _annotations(cells)) or _cells(cells)
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]


def _table(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header, and the cells of each line with its number."""
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
            rows = [(table.line_num, cells) for cells in table if cells]
        except csv.Error as error:
            raise SourceError(f"{path}, line {table.line_num}: {error}") from error
    if len(set(names)) != len(names):
        raise SourceError(f"{path}: two columns have the same name: {names}")
    return names, rows


def _one_token_per_line(rows: list[tuple[int, list[str]]], token: int) -> bool:
    words = [cells[token] for _, cells in rows]
    return all(w.split() == [w] and not w.startswith(("['", '["')) for w in words)


def _sentences(
    names: list[str], rows: list[tuple[int, list[str]]], sentence: int, token: int
) -> Iterator[Row]:
    """The rows of a table with one token per line, grouped by sentence.

    The number of a sentence stands on its first line alone, or on each of its lines.
    """
    columns = [(i, _TAG_COLUMNS.get(name, name)) for i, name in enumerate(names) if i != sentence]
    columns = [(i, "tokens" if i == token else name) for i, name in columns]
    current: Row = {}
    number = None
    for _, cells in rows:
        if current and cells[sentence] not in ("", number):
            yield current
            current = {}
        number = cells[sentence] or number
        for i, name in columns:
            current.setdefault(name, []).append(cells[i])
    if current:
        yield current


def _annotations(cells: list[str]) -> list[Any] | None:
    """Cells that hold entities as JSON or as pandas writes them; an empty cell holds none."""
    if not any(cell.startswith(("[{", "[[")) for cell in cells):
        return None
    values = [_list(cell) if cell else [] for cell in cells]
    return None if None in values else values


def _cells(cells: list[str]) -> list[Any]:
    for number in (int, float):
        try:
            values = [number(cell) for cell in cells]
        except ValueError:
            continue
        pairs = zip(values, cells, strict=True)
        if all(str(value) == cell and cell[-1].isdigit() for value, cell in pairs):  # no "nan"
            return values
    return cells


def _lists(path: Path, name: str, cells: list[str]) -> list[Any]:
    """Cells that hold a list: JSON, Python (``['Ann', 'sat']``), or words separated by blanks."""
    values = [_list(cell) for cell in cells]
    if None not in values:
        return values
    for i, (cell, value) in enumerate(zip(cells, values, strict=True)):
        if value is not None or cell.startswith(("['", '["')):
            raise SourceError(
                f"{path}: some cells of column {name!r} are lists and some are not (row {i}: "
                f"{cell!r:.60}); write all as JSON lists, or all as words separated by blanks"
            )
    return [cell.split() for cell in cells]


def _list(cell: str) -> list[Any] | None:
    """The list in a cell, as JSON or as pandas writes it."""
    value: Any = None
    try:
        value = json.loads(cell)
    except ValueError:
        if cell.startswith(("['", "[{'", "[[", "[(")):
            try:
                value = ast.literal_eval(cell)
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                return None
            if str(value) != cell:  # "['Ann' 'sat']", from numpy, is ['Annsat']
                return None
    return value if isinstance(value, list) else None
