"""Rows of tables whose cells are strings, as in CSV files, or have types, as in a DataFrame."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from textaug.core import tag_schemes
from textaug.core.columns import TAG_COLUMNS, TEXT_COLUMNS, TOKEN_COLUMNS
from textaug.core.usual_names import USUAL_NAMES
from textaug.io.errors import Row, SourceError

# Tables with one token per line: the columns of the sentence and of the token, in lower case.
_SENTENCE_COLUMNS = (
    *("sentence #", "sentence_id", "sentence id", "sent_id", "sentence_idx", "sentence_number"),
    *("sentenceid", "sentence number"),
)
_DOCUMENT_COLUMNS = (
    *("doc_id", "docid", "doc", "doc #", "document", "document_id", "document id", "document #"),
    *("article_id", "text_id", "file", "filename", "file_name"),
)
_TOKEN_COLUMNS = ("word", "words", "token", "tokens")
_TAG_COLUMNS = ("tag", "tags", "label", "labels", "ner", "word_labels")

Line = tuple[int, Sequence[Any]]  # its number, and its cells; a blank line has none


def table_rows(
    where: str | Path, names: Sequence[str], lines: Sequence[Line], typed: bool = False
) -> list[Row]:
    """The rows of a table, one for each text or sentence.

    In a table with texts, a column of JSON lists is read as lists. A table with one token per line
    (``Sentence #,Word,POS,Tag``) becomes one row per sentence, and a table with texts and their
    tags (``sentence,word_labels``) one with tokens.

    Args:
        where: the file, for messages.
        names: of the columns.
        lines: number and cells of each line.
        typed: whether cells have the type that they are meant to have. Otherwise numbers that
            round-trip are read as numbers.

    Raises:
        SourceError: if it is ambiguous what the cells hold; the line is named.
    """
    rows = [(line, cells) for line, cells in lines if cells]
    lower = [name.strip().lower() for name in names]
    token = next((lower.index(name) for name in _TOKEN_COLUMNS if name in lower), None)
    if token is not None and _one_token_per_line(where, lower, rows, token):
        return list(_sentences(where, lower, lines, token))
    if (tagged := _tagged_texts(where, lower, rows)) is not None:
        return tagged
    columns: dict[str, list[Any]] = {}
    has_tokens = any(name in names for name in TOKEN_COLUMNS)
    for i, name in enumerate(names):
        values = [cells[i] for _, cells in rows]
        strings = all(isinstance(value, str) for value in values)
        if strings and has_tokens and name in (*TOKEN_COLUMNS, *TAG_COLUMNS):
            columns[name] = _lists(where, name, values)
        elif not strings or name in TEXT_COLUMNS:
            columns[name] = values
        else:
            found = None if has_tokens else _annotations(values)
            is_label = name.lower() in USUAL_NAMES["label"] and not has_tokens
            columns[name] = found or (values if typed else _cells(values, is_label))
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]


def _one_token_per_line(
    where: str | Path, names: Sequence[str], rows: Sequence[Line], token: int
) -> bool:
    words = [cells[token] for _, cells in rows]
    known = [word for word in words if word is not None]
    if not all(isinstance(word, str) for word in known):
        return False
    is_marked = any(name in names for name in _SENTENCE_COLUMNS)
    if is_marked and len(known) < len(words):
        raise SourceError(
            f"{where}, row {words.index(None)}: the word is missing. If it is 'NA' or 'null', read "
            "the file with keep_default_na=False, or pass its path to textaug.load"
        )
    if not all(word.split() == [word] and not word.startswith(("['", '["')) for word in known):
        return False
    tags = next((names.index(name) for name in _TAG_COLUMNS if name in names), None)
    return is_marked or (tags is not None and all(_is_tag(cells[tags]) for _, cells in rows))


def _is_tag(value: Any) -> bool:
    return isinstance(value, str) and (value == "O" or tag_schemes.prefixed(value))


def _sentences(
    where: str | Path, names: Sequence[str], lines: Sequence[Line], token: int
) -> Iterator[Row]:
    """The rows of a table with one token per line, grouped by sentence.

    The number of a sentence is in its first line or in each of its lines, or a blank line follows
    each sentence. In another document is another sentence, which may have the same number.
    """
    sentence = next((names.index(name) for name in _SENTENCE_COLUMNS if name in names), None)
    if sentence is None and all(cells for _, cells in lines[:-1]) and len(lines) > 1:
        raise SourceError(
            f"{where} has one token per line, and nothing shows where a sentence ends; add a "
            "column 'Sentence #', or blank lines"
        )
    tags = next((name for name in _TAG_COLUMNS if name in names), None)
    new_names = {names[token]: "tokens", tags: "ner_tags", "pos": "pos_tags"}
    columns = [(i, new_names.get(name, name)) for i, name in enumerate(names) if i != sentence]
    documents = [names.index(name) for name in _DOCUMENT_COLUMNS if name in names]
    marked = documents if sentence is None else [sentence, *documents]
    current: Row = {}
    last: dict[int, Any] = {}  # what the columns held that show where a sentence ends
    for _, cells in lines:
        marks = {i: cells[i] for i in marked if cells and cells[i] not in ("", None)}
        ends = any(mark != last.get(i) for i, mark in marks.items())
        if current and (ends or (sentence is None and not cells)):
            yield current
            current = {}
        last |= marks
        for i, name in columns if cells else ():
            current.setdefault(name, []).append(cells[i])
    if current:
        yield current


def _tagged_texts(
    where: str | Path, names: Sequence[str], rows: Sequence[Line]
) -> list[Row] | None:
    """Rows of a text and its tags: ``"Ann sat","B-PER,O"``, or a list as pandas writes it."""
    text = next((names.index(name) for name in TEXT_COLUMNS if name in names), None)
    tags = next((names.index(name) for name in _TAG_COLUMNS if name in names), None)
    if text is None or tags is None or not rows:
        return None
    if not all(isinstance(cells[i], str) for _, cells in rows for i in (text, tags)):
        return None
    split = [_list(cells[tags]) or cells[tags].split(",") for _, cells in rows]
    if not any(len(tag) > 1 for tag in split) or not all(map(_is_tag, chain(*split))):
        return None
    result = []
    for (line, cells), found in zip(rows, split, strict=True):
        tokens = cells[text].split()
        if len(tokens) != len(found):
            raise SourceError(f"{where}, line {line}: {len(found)} tags for {len(tokens)} tokens")
        row: Row = {
            name: (isinstance(cell, str) and _list(cell)) or cell
            for name, cell in zip(names, cells, strict=True)
        }
        row["tokens"], row["ner_tags"] = tokens, found
        result.append({n: v for n, v in row.items() if n not in (names[text], names[tags])})
    return result


def _annotations(cells: list[str]) -> list[Any] | None:
    """Cells that hold entities as JSON or as pandas writes them; an empty cell holds none."""
    if not any(cell.startswith(("[{", "[[")) for cell in cells):
        return None
    values = [_list(cell) if cell else [] for cell in cells]
    return None if None in values else values


def _cells(cells: list[str], is_label: bool = False) -> list[Any]:
    """Cells as numbers, if all are; an empty label is missing, and not a class without a name."""
    if is_label and "" in cells:
        known = iter(_cells([cell for cell in cells if cell]))
        return [next(known) if cell else None for cell in cells]
    for number in (int, float):
        try:
            values = [number(cell) for cell in cells]
        except ValueError:
            continue
        pairs = zip(values, cells, strict=True)
        if all(str(value) == cell and cell[-1].isdigit() for value, cell in pairs):  # no "nan"
            return values
    return cells


def _lists(where: str | Path, name: str, cells: list[str]) -> list[Any]:
    """Cells that hold a list: JSON, Python (``['Ann', 'sat']``), or words separated by spaces."""
    values = [_list(cell) for cell in cells]
    if None not in values:
        return values
    for i, (cell, value) in enumerate(zip(cells, values, strict=True)):
        if value is not None or cell.startswith(("['", '["')):
            raise SourceError(
                f"{where}: some cells of column {name!r} are lists and some are not (row {i}: "
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
