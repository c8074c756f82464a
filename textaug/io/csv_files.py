"""Rows of CSV files."""

from __future__ import annotations

import ast
import csv
import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from textaug.core import tag_schemes
from textaug.core.columns import TAG_COLUMNS, TEXT_COLUMNS, TOKEN_COLUMNS
from textaug.io.errors import Row, SourceError
from textaug.io.text_files import open_text

# Tables with one token per line: the columns of the sentence and of the token, in lower case.
_SENTENCE_COLUMNS = ("sentence #", "sentence_id", "sentence id", "sent_id")
_TOKEN_COLUMNS = ("word", "words", "token", "tokens")
_TAG_COLUMNS = ("tag", "tags", "label", "labels", "ner", "word_labels")


def csv_rows(path: Path) -> list[Row]:
    """The rows of a CSV or TSV file: strings, and numbers if they round-trip.

    No cell is missing ("NA" and "null" are words), and formulas are strings. In a table with texts,
    a column of JSON lists is read as lists. A table with one token per line (``Sentence
    #,Word,POS,Tag``) becomes one row per sentence, and a table with texts and their tags
    (``sentence,word_labels``) one with tokens.

    Raises:
        SourceError: if the table is damaged; the line is named.
    """
    names, lines = _table(path)
    rows = [(line, cells) for line, cells in lines if cells]
    for line, cells in rows:
        if len(cells) != len(names):
            raise SourceError(f"{path}, line {line}: {len(cells)} cells for {len(names)} columns")
    lower = [name.strip().lower() for name in names]
    token = next((lower.index(name) for name in _TOKEN_COLUMNS if name in lower), None)
    if token is not None and _one_token_per_line(lower, rows, token):
        return list(_sentences(path, lower, lines, token))
    if (tagged := _tagged_texts(path, lower, rows)) is not None:
        return tagged
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


def _one_token_per_line(names: list[str], rows: list[tuple[int, list[str]]], token: int) -> bool:
    words = [cells[token] for _, cells in rows]
    if not all(word.split() == [word] and not word.startswith(("['", '["')) for word in words):
        return False
    tags = next((names.index(name) for name in _TAG_COLUMNS if name in names), None)
    return any(name in names for name in _SENTENCE_COLUMNS) or (
        tags is not None and all(_is_tag(cells[tags]) for _, cells in rows)
    )


def _is_tag(value: Any) -> bool:
    return isinstance(value, str) and (value == "O" or tag_schemes.prefixed(value))


def _sentences(
    path: Path, names: list[str], lines: list[tuple[int, list[str]]], token: int
) -> Iterator[Row]:
    """The rows of a table with one token per line, grouped by sentence.

    The number of a sentence is in its first line or in each of its lines, or a blank line follows
    each sentence.
    """
    sentence = next((names.index(name) for name in _SENTENCE_COLUMNS if name in names), None)
    if sentence is None and all(cells for _, cells in lines[:-1]) and len(lines) > 1:
        raise SourceError(
            f"{path} has one token per line, and nothing shows where a sentence ends; add a column "
            "'Sentence #', or blank lines"
        )
    tags = next((name for name in _TAG_COLUMNS if name in names), None)
    new_names = {names[token]: "tokens", tags: "ner_tags", "pos": "pos_tags"}
    columns = [(i, new_names.get(name, name)) for i, name in enumerate(names) if i != sentence]
    current: Row = {}
    number = None
    for _, cells in lines:
        mark = cells[sentence] if cells and sentence is not None else ""
        if current and (mark not in ("", number) or (sentence is None and not cells)):
            yield current
            current = {}
        number = mark or number
        for i, name in columns if cells else ():
            current.setdefault(name, []).append(cells[i])
    if current:
        yield current


def _tagged_texts(
    path: Path, names: list[str], rows: list[tuple[int, list[str]]]
) -> list[Row] | None:
    """Rows of a text and its tags: ``"Ann sat","B-PER,O"``, or a list as pandas writes it."""
    text = next((names.index(name) for name in TEXT_COLUMNS if name in names), None)
    tags = next((names.index(name) for name in _TAG_COLUMNS if name in names), None)
    if text is None or tags is None or not rows:
        return None
    split = [_list(cells[tags]) or cells[tags].split(",") for _, cells in rows]
    if not any(len(tag) > 1 for tag in split) or not all(map(_is_tag, chain(*split))):
        return None
    result = []
    for (line, cells), found in zip(rows, split, strict=True):
        tokens = cells[text].split()
        if len(tokens) != len(found):
            raise SourceError(f"{path}, line {line}: {len(found)} tags for {len(tokens)} tokens")
        row: Row = {name: _list(cell) or cell for name, cell in zip(names, cells, strict=True)}
        row["tokens"], row["ner_tags"] = tokens, found
        result.append({n: v for n, v in row.items() if n not in (names[text], names[tags])})
    return result


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
    """Cells that hold a list: JSON, Python (``['Ann', 'sat']``), or words separated by spaces."""
    values = [_list(cell) for cell in cells]
    if None not in values:
        return values
    for i, (cell, value) in enumerate(zip(cells, values, strict=True)):
        if value is not None or cell.startswith(("['", '["')):
            raise SourceError(
                f"{path}: some cells of column {name!r} are lists and some are not (row {i}: "
                f"{cell!r:.60}); write all as JSON lists, or all as words separated by spaces"
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
