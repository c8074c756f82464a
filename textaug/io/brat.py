"""Folders of BRAT: a text ``a.txt`` and its annotations ``a.ann``."""

from __future__ import annotations

import logging
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from textaug.io.entities import Annotated
from textaug.io.errors import SourceError
from textaug.io.offsets import Entity
from textaug.io.text_files import open_text

logger = logging.getLogger("textaug")

_LINE = re.compile(r"[^\n]*\n?")
_LEFT_OUT = {"R": "relations", "*": "equivalences", "E": "events", "A": "attributes",
             "M": "modifications", "N": "normalizations", "#": "notes"}  # fmt: skip


def is_brat(folder: Path) -> bool:
    """Whether a folder holds annotations of BRAT."""
    return any(folder.glob("*.ann"))


def brat_rows(folder: Path) -> Iterator[Annotated]:
    """One row per line of each text, as BRAT shows them, with the name of the ``document``.

    Lines that an entity covers together stay together. Relations, events, attributes,
    normalizations and notes are left out, with one line in the log.

    Raises:
        SourceError: if a text or its annotations are missing or cannot be read; files are named.
    """
    left_out: Counter[str] = Counter()
    names = sorted({path.stem for path in folder.iterdir() if path.suffix in (".ann", ".txt")})
    missing = 0
    for name in names:
        text_file, annotations = folder / f"{name}.txt", folder / f"{name}.ann"
        if not text_file.exists():
            raise SourceError(f"{annotations} has no text file {text_file.name} beside it; add it")
        if not annotations.exists():
            missing += 1
            continue
        with open_text(text_file, newline="") as file:
            text = file.read()
        entities = list(_entities(annotations, text, left_out))
        for start, end in _segments(text, entities):
            inside = [
                (a - start, b - start, label, surface)
                for a, b, label, surface in entities
                if start <= a < end
            ]
            row = Annotated({"document": name}, text[start:end].rstrip("\r\n"), inside)
            row.unit = "characters"
            yield row
    if missing:
        logger.warning("%s: left out %s texts without a file .ann", folder, missing)
    if left_out:
        shown = ", ".join(f"{count} {name}" for name, count in sorted(left_out.items()))
        logger.warning("%s: left out %s; only entities are read", folder, shown)


def _entities(path: Path, text: str, left_out: Counter[str]) -> Iterator[Entity]:
    with open_text(path) as file:
        for number, line in enumerate(file, start=1):
            where = f"{path}, line {number}"
            fields = line.rstrip("\r\n").split("\t")
            if not line.strip():
                continue
            if line[0] in _LEFT_OUT and len(fields) > 1:
                left_out[_LEFT_OUT[line[0]]] += 1
                continue
            if line[0] != "T" or len(fields) < 2:
                raise SourceError(f"{where} is not an annotation of BRAT: {line.strip()!r:.60}")
            label, _, offsets = fields[1].partition(" ")
            try:
                parts = [(int(a), int(b)) for a, b in (p.split() for p in offsets.split(";"))]
            except ValueError:
                raise SourceError(f"{where}: offsets {offsets!r} are not numbers") from None
            # BRAT cuts an entity at line ends.
            for (_, end), (start, _) in pairwise(parts):
                if text[end:start].strip():
                    raise SourceError(
                        f"{where}: entity {fields[0]} ({label}) is discontinuous, with "
                        f"{text[end:start]!r:.40} between its parts; a span has one start and one "
                        "end: annotate one part, or remove it"
                    )
            start, end = parts[0][0], parts[-1][1]
            if not 0 <= start < end <= len(text):
                raise SourceError(
                    f"{where}: {start}:{end} lies outside the text of {len(text)} characters, or "
                    "is empty"
                )
            surface = fields[2] if len(fields) > 2 and len(parts) == 1 else None
            if surface is not None and surface.strip() != text[start:end].strip():
                raise SourceError(
                    f"{where}: should read {surface!r:.60}, but the text at {start}:{end} is "
                    f"{text[start:end]!r:.60}; were its line ends or its encoding changed?"
                )
            yield start, end, label, None


def _segments(text: str, entities: list[Entity]) -> Iterator[tuple[int, int]]:
    """Start and end of each line that is not blank; lines that an entity joins are one."""
    borders = [match.start() for match in _LINE.finditer(text)]
    inside = set()
    for start, end, _, _ in entities:
        inside |= set(borders[bisect_right(borders, start) : bisect_right(borders, end - 1)])
    borders = [border for border in borders if border not in inside]
    for start, end in zip(borders, [*borders[1:], len(text)], strict=True):
        if text[start:end].strip():
            yield start, end
