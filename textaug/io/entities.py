"""Annotated rows: one form for the exports of all tools."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from textaug.io.errors import Row, SourceError
from textaug.io.offsets import Entity

# The tools' names for the entities of a row, by priority, and for the parts of one entity.
ENTITY_KEYS = (
    *("entities", "spans", "ents", "label", "labels", "annotation", "annotations"),
    "privacy_mask",
)
START_KEYS = ("start", "start_offset", "begin", "start_position", "startOffset")
END_KEYS = ("end", "end_offset", "stop", "end_position", "endOffset")
LABEL_KEYS = (
    *("label", "labels", "type", "tag", "entity_type", "entity", "entity_group", "entityLabel"),
    *("category", "class"),
)
_TOKEN_KEYS = {"token_start", "token_end"}  # Prodigy: the same as start and end
SURFACE_KEYS = ("text", "value", "entity_value", "surface")


@dataclass
class Annotated:
    """A row, with its annotations separate from its other columns.

    Attributes:
        columns: all other columns.
        text: the annotated text, if there is one.
        entities: its entities; ``None`` if it is not known whether it has any.
        tokens: start and end of each token in characters; ``None``: tokenize the text.
        aligned: columns with one value per token.
        labels: sentence-level labels by question: a list, one value, or ``None`` if missing.
        unit: unit of the offsets; ``None``: decided for the whole file.
        tags: tags of mentions that the row has beside its entities.
        javascript: whether the tool runs in a browser, where offsets may be UTF-16 units.
        dropped: names of annotations that are left out.
        skipped: why the row is left out, in the plural; ``""`` if it is not.
    """

    columns: Row
    text: str | None = None
    entities: list[Entity] | None = None
    tokens: list[tuple[int, int]] | None = None
    aligned: dict[str, list[Any]] = field(default_factory=dict)
    labels: Row = field(default_factory=dict)
    unit: str | None = None
    tags: list[Any] | None = None
    javascript: bool = False
    dropped: set[str] = field(default_factory=set)
    skipped: str = ""


def holds_entities(value: Any, key: str) -> bool:
    """Whether a column holds entities: ``[[0, 5, "PER"]]`` or ``[{"start": 0, …}]``.

    If no tool uses the column's name, its items must have a start, an end and a label.
    """
    known = key in ENTITY_KEYS
    return (
        isinstance(value, list)
        and value != []
        and all(
            (
                isinstance(item, dict)
                and _first(item, START_KEYS) is not None
                and (known or None not in (_first(item, END_KEYS), _first(item, LABEL_KEYS)))
            )
            or (known and isinstance(item, (list, tuple)) and len(item) == 3)
            for item in value
        )
    )


def parse_entity(item: Any) -> list[Entity]:
    """An entity in any of the usual spellings; several if it has several labels."""
    surface = None
    start: Any
    end: Any
    if isinstance(item, dict):
        start, end = _first(item, START_KEYS), _first(item, END_KEYS)
        given = _first(item, LABEL_KEYS)
        labels = given if isinstance(given, list) else [given]
        # In Rasa's format the value is a normalized one.
        surface = None if "entity" in item else _first(item, SURFACE_KEYS)
    else:
        labels = [part for part in item if isinstance(part, str)][:1]
        start, end = [part for part in item if part not in labels] if labels else (None, None)
    numbers = type(start) is int and type(end) is int
    if not numbers or not labels or not all(isinstance(one, str) and one.strip() for one in labels):
        raise SourceError(
            f"entity {item!r:.80} needs a start, an end (whole numbers) and a label (a string)"
        )
    return [
        (start, end, one.strip(), surface if isinstance(surface, str) else None) for one in labels
    ]


def other_keys(item: Any) -> set[str]:
    """The keys of an entity whose values :func:`parse_entity` leaves out."""
    if not isinstance(item, dict):
        return set()
    groups = (START_KEYS, END_KEYS, LABEL_KEYS, () if "entity" in item else SURFACE_KEYS)
    held = {next((key for key in keys if item.get(key) is not None), "") for keys in groups}
    return {k for k, value in item.items() if value not in (None, "", [], {})} - held - _TOKEN_KEYS


def given_tokens(tokens: Any, text: str) -> list[tuple[int, int]] | None:
    """Start and end of a row's own tokens (Prodigy, Argilla), if it has any."""
    if not isinstance(tokens, list) or not tokens:
        return None
    positions, at = [], 0
    for token in tokens:
        word = token.get("text") if isinstance(token, dict) else token
        start = token.get("start") if isinstance(token, dict) else None
        if not isinstance(word, str) or not (start is None or type(start) is int):
            raise SourceError(f"token {token!r:.60} has no text, or a start that is not a number")
        if not word.strip():
            continue  # spaCy has tokens of white space
        start = text.find(word, at) if start is None else start
        if start < at or text[start : start + len(word)] != word or text[at:start].strip():
            raise SourceError(f"its tokens do not match its text: {word!r} is not at {start}")
        if word.split() != [word]:
            return None  # a token with a space inside: tokenize the text again
        positions.append((start, start + len(word)))
        at = start + len(word)
    return None if text[at:].strip() else positions


def _first(item: Row, keys: tuple[str, ...]) -> Any:
    return next((item[key] for key in keys if item.get(key) is not None), None)
