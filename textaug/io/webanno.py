"""WebAnno and INCEpTION: their TSV format, version 3."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from textaug.io.entities import Annotated
from textaug.io.errors import SourceError
from textaug.io.offsets import Entity
from textaug.io.text_files import open_text

logger = logging.getLogger("textaug")

MAGIC = "#FORMAT=WebAnno TSV "
_FIRST_LAYER = 3  # after the number, the offsets and the text of a token
_ENTITIES = "NamedEntity"
# Features with one value per token that are read: layer and feature, and the name of the column.
_ALIGNED = {("POS", "PosValue"): "pos_tags", ("Lemma", "value"): "lemmas"}
_OFFSETS = re.compile(r"\d+-\d+")
_STACKED = re.compile(r"(?<!\\)\|")
_NUMBERED = re.compile(r"(.*?)(?:(?<!\\)\[(\d+)\])?", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)")
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r"}


@dataclass
class _Feature:
    """A column of the file."""

    layer: str
    name: str
    column: int


def is_webanno(path: Path) -> bool:
    """Whether a file is WebAnno TSV."""
    with path.open("rb") as file:
        return MAGIC.encode() in file.read(len(MAGIC) + 3)


def webanno_rows(path: Path) -> Iterator[Annotated]:
    """One row per sentence, with the file's tokens.

    Entities are the layer ``NamedEntity``, or the only span layer besides part of speech and
    lemmas, which become ``pos_tags`` and ``lemmas``. Relations, chains and other features are left
    out, with one line in the log.

    Raises:
        SourceError: if it is ambiguous which layer holds the entities, or a line is damaged.
    """
    with open_text(path) as file:
        lines = [line.rstrip("\r\n") for line in file]
    if not lines or not lines[0].startswith(f"{MAGIC}3"):
        raise SourceError(f"{path} is not WebAnno TSV 3; export it as that")
    spans, left_out = _header(lines)
    entities = _entity_feature(path, spans)
    aligned = {
        column: feature
        for feature in spans
        if (column := _ALIGNED.get((feature.layer, feature.name))) is not None
    }
    left_out += [
        f"{feature.layer}.{feature.name}"
        for feature in spans
        if feature is not entities and feature not in aligned.values()
    ]
    if left_out:
        logger.warning("%s: left out %s", path, ", ".join(left_out))
    seen: set[str] = set()  # numbers of entities over several tokens
    sentence: list[list[str]] = []
    for number, line in enumerate([*lines, ""], start=1):
        if line and line[0] != "#":
            fields = line.split("\t")
            if len(fields) < _FIRST_LAYER or not _OFFSETS.fullmatch(fields[1]):
                raise SourceError(f"{path}, line {number} is not a token: {line!r:.60}")
            sentence.append(fields)
        elif sentence and not line:
            where = f"{path}, line {number - len(sentence)}"
            yield _sentence(where, sentence, entities, aligned)
            found = {n for fields in sentence for n in _numbers(fields, entities)}
            if found & seen:
                raise SourceError(
                    f"{where}: an entity continues from the sentence before; split it"
                )
            seen |= found
            sentence = []


def _header(lines: list[str]) -> tuple[list[_Feature], list[str]]:
    """The features of span layers, and the names of the other layers."""
    column = _FIRST_LAYER
    spans: list[_Feature] = []
    others = []
    for line in lines:
        if not line.startswith("#T_"):
            continue
        form, _, rest = line.partition("=")
        layer, *names = rest.split("|")
        layer = layer.rpartition(".")[2]
        for name in names or [""]:
            if form == "#T_SP" and not name.startswith("ROLE_"):
                spans.append(_Feature(layer, name, column))
            column += 1
        if form != "#T_SP":
            others.append(layer)
    return spans, others


def _entity_feature(path: Path, spans: list[_Feature]) -> _Feature | None:
    named = [f for f in spans if f.layer == _ENTITIES and f.name in ("value", "")]
    custom = [f for f in spans if (f.layer, f.name) not in _ALIGNED and f.layer not in ("POS",)]
    candidates = named or custom
    if len(candidates) > 1:
        raise SourceError(
            f"{path}: it is ambiguous which feature holds the entities: "
            f"{', '.join(f'{f.layer}.{f.name}' for f in candidates)}; export a project with the "
            f"layer {_ENTITIES}, or with one feature of one span layer"
        )
    return candidates[0] if candidates else None


def _sentence(
    where: str, lines: list[list[str]], feature: _Feature | None, aligned: dict[str, _Feature]
) -> Annotated:
    tokens: list[tuple[int, int]] = []
    positions: dict[str, tuple[int, int]] = {}  # by number, also of parts of tokens
    numbers: dict[str, tuple[int, int]] = {}
    text = ""
    previous_end = None
    for number, offsets, form, *_ in lines:
        start, end = (int(offset) for offset in offsets.split("-"))  # in UTF-16 units
        word = _unescaped(form)
        if number.count(".") == 0:
            text += "" if previous_end in (None, start) else " "
            tokens.append((len(text), len(text) + len(word)))
            positions[number] = tokens[-1]
            numbers[number] = (start, end)
            text += word
            previous_end = end
        else:  # a part of a token
            whole = number.partition(".")[0]
            if whole not in positions:
                raise SourceError(f"{where}: {number} is a part of a token that does not exist")
            units = text[slice(*positions[whole])].encode("utf-16-le")
            shift = numbers[whole][0]
            before = len(units[: 2 * (start - shift)].decode("utf-16-le", "ignore"))
            at = positions[whole][0] + before
            positions[number] = (at, at + len(word))
    found = Annotated({}, text, list(_spans(where, lines, positions, feature)), tokens)
    found.unit = "characters"
    for column, each in aligned.items():
        found.aligned[column] = [
            _value(fields, each.column) for fields in lines if "." not in fields[0]
        ]
    return found


def _spans(
    where: str,
    lines: list[list[str]],
    positions: dict[str, tuple[int, int]],
    feature: _Feature | None,
) -> Iterator[Entity]:
    joined: dict[tuple[str, str], list[tuple[int, int]]] = {}  # over several tokens, by number
    for fields in lines if feature is not None else ():
        assert feature is not None
        start, end = positions[fields[0]]
        for label, number in _annotations(fields, feature):
            if label == "*":
                raise SourceError(
                    f"{where}: {fields[2]!r} has an annotation of {feature.layer} without a value; "
                    "give it one in the project, or delete it"
                )
            if number is None:
                yield start, end, label, None
            else:
                joined.setdefault((label, number), []).append((start, end))
    for (label, _), parts in joined.items():
        yield parts[0][0], parts[-1][1], label, None


def _annotations(fields: list[str], feature: _Feature) -> Iterator[tuple[str, str | None]]:
    """Value and number of each annotation of a token."""
    cell = fields[feature.column] if feature.column < len(fields) else "_"
    for stacked in _STACKED.split(cell) if cell not in ("_", "") else ():
        match = _NUMBERED.fullmatch(stacked)
        assert match is not None
        yield _unescaped(match[1]), match[2]


def _numbers(fields: list[str], feature: _Feature | None) -> Iterator[str]:
    if feature is not None:
        yield from (number for _, number in _annotations(fields, feature) if number is not None)


def _value(fields: list[str], column: int) -> str | None:
    """The value of a feature with one value per token."""
    value = fields[column] if column < len(fields) else "_"
    return None if value in ("_", "*", "") else _unescaped(_STACKED.split(value)[0])


def _unescaped(value: str) -> str:
    return _ESCAPED.sub(lambda match: _CONTROLS.get(match[1], match[1]), value)
