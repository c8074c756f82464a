"""Rows of JSON and JSON Lines files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from textaug.io.errors import Row, SourceError
from textaug.io.text_files import open_text


def json_rows(path: Path) -> Iterator[Row]:
    """The objects of a file: one on each line, or a list of them."""
    with open_text(path) as lines:
        start = lines.read(1)
        while start.isspace():
            start = lines.read(1)
        lines.seek(0)
        if start == "[":
            try:
                rows = json.load(lines)
            except json.JSONDecodeError as error:
                raise SourceError(f"{path} is not valid JSON: {error}") from error
        else:
            rows = _json_lines(path, lines)
        for number, row in enumerate(rows):
            if not isinstance(row, dict):
                raise SourceError(f"{path}: row {number} is {row!r:.60}, not an object")
            yield row


def _json_lines(path: Path, lines: IO[str]) -> Iterator[Any]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                raise SourceError(f"{path}, line {number} is not valid JSON: {error}") from error
