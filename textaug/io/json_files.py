"""Rows of JSON and JSON Lines files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO, Any

from textaug.core.columns import TOKEN_COLUMNS
from textaug.io.errors import Row, SourceError
from textaug.io.squad import is_squad, squad_rows
from textaug.io.text_files import open_text

# Names of the annotated text, by priority.
TEXT_KEYS = ("text", "content", "full_text", "source_text", "document", "sentence")
# An object that has one of these is a row, not a file's list of rows with a header around it.
_ROW_KEYS = {*TEXT_KEYS, *TOKEN_COLUMNS, "data", "fields", "tokenized_text"}


class _RepeatedKey(SourceError):
    """An object with two values of one name."""


def json_rows(path: Path) -> Iterator[Row]:
    """The objects of a JSON Lines file, of a JSON list, or of the one list in a JSON object.

    spaCy's pairs ``["text", {"entities": […]}]`` become objects, as do the questions of SQuAD.
    """
    with open_text(path) as file:
        yield from with_pairs_as_rows(path, _values(path, file))


def with_pairs_as_rows(where: str | Path, values: Iterable[Any]) -> Iterator[Row]:
    """The values as rows, also spaCy's pairs; another value is an error that names its row."""
    for number, row in enumerate(values):
        if _is_pair(row) and isinstance(row[1], dict):
            row = {"text": row[0], **row[1]}
        if not isinstance(row, dict):
            raise SourceError(f"{where}: row {number} is {row!r:.60}, not an object")
        yield row


def _values(path: Path, file: IO[str]) -> Iterator[Any]:
    lines = ((n, line) for n, line in enumerate(file, start=1) if line.strip())
    number, first = next(lines, (0, ""))
    if not first:
        return
    try:
        value = _parse(first, path, number)
        following = next(lines, None)
    except json.JSONDecodeError:
        file.seek(0)
        try:  # one value on several lines
            value, following = _parse(file.read(), path), None
        except json.JSONDecodeError as error:
            raise SourceError(f"{path} is not JSON: {error}") from error
    if following is None:
        try:
            yield from squad_rows(value) if is_squad(value) else _unwrapped(value)
        except SourceError as error:
            raise SourceError(f"{path}: {error}") from None
        return
    yield value
    for number, line in chain([following], lines):
        try:
            yield _parse(line, path, number)
        except json.JSONDecodeError as error:
            raise SourceError(f"{path}, line {number} is not JSON: {error}") from error


def _parse(text: str, path: Path, line: int | None = None) -> Any:
    try:
        return json.loads(
            text,
            # pandas writes NaN for missing values.
            parse_constant=lambda name: None if name == "NaN" else float(name),
            object_pairs_hook=_object,
        )
    except _RepeatedKey as error:
        where = path if line is None else f"{path}, line {line}"
        raise SourceError(f"{where}: {error}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in found if names.count(name) > 1)
        raise _RepeatedKey(
            f"the object {found!r:.60} has the key {twice!r} twice, and only one value could be "
            "kept; rename or delete one"
        )
    return found


def _unwrapped(value: Any) -> list[Any]:
    """The rows of a list, or of an object around one: ``{"classes": […], "annotations": […]}``."""
    if isinstance(value, list) and not _is_pair(value):
        return value
    inner = value
    while isinstance(inner, dict) and (inner is value or not _ROW_KEYS & inner.keys()):
        if _ROW_KEYS & inner.keys() and set(inner) - {"data", "version"}:
            break
        found = [v for v in inner.values() if isinstance(v, dict) or _is_rows(v)]
        inner = found[0] if len(found) == 1 else None
    # A null stands for a text that was not annotated.
    return [row for row in inner if row is not None] if _is_rows(inner) else [value]


def _is_pair(value: Any) -> bool:
    """Whether a value is a text and its annotations, as spaCy 2 writes them."""
    return isinstance(value, (list, tuple)) and len(value) == 2 and isinstance(value[0], str)


def _is_rows(value: Any) -> bool:
    rows = [row for row in value if row is not None] if isinstance(value, list) else []
    return rows != [] and all(
        _ROW_KEYS & row.keys() if isinstance(row, dict) else _is_pair(row) for row in rows
    )
