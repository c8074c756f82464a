"""Entities with character offsets, in the forms that annotation tools write them in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textaug.io.errors import Row, SourceError
from textaug.io.offsets import Entity

# The usual columns of entities; the first that holds offsets counts.
ENTITY_KEYS = ("entities", "spans", "label", "labels", "annotation", "annotations")


@dataclass(frozen=True)
class FlatRow:
    """A row of an export with its text and annotations as columns.

    Attributes:
        row: the columns.
        is_javascript: whether the tool may count UTF-16 units.
        labels: columns that are labels of the whole text.
        ignored: types of annotations that are not among the columns.
    """

    row: Row
    is_javascript: bool = False
    labels: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


def are_entities(value: Any) -> bool:
    """Whether a value is a list of entities: ``[[0, 5, "PER"]]``, ``[{"start": 0, …}]``, ``[]``."""
    return isinstance(value, list) and all(
        (isinstance(item, dict) and ("start" in item or "start_offset" in item))
        or (isinstance(item, (list, tuple)) and len(item) == 3)
        for item in value
    )


def parsed_entity(item: Any) -> Entity:
    """Start, end, label and, if given, the covered text of an entity in any of the usual forms."""
    surface = None
    start: Any
    end: Any
    if isinstance(item, dict):
        start, end = item.get("start", item.get("start_offset")), item.get("end")
        end = item.get("end_offset") if end is None else end
        label, surface = item.get("label", item.get("labels")), item.get("text")
        if isinstance(label, list):
            if len(label) != 1:
                raise SourceError(f"entity {item!r:.80} has {len(label)} labels; it needs one")
            label = label[0]
    else:
        label = next((part for part in item if isinstance(part, str)), None)
        start, end = [part for part in item if part is not label] if label else (None, None)
    are_numbers = type(start) is int and type(end) is int
    if not are_numbers or not isinstance(label, str) or not label or label != label.strip():
        raise SourceError(
            f"entity {item!r:.80} needs a start, an end (whole numbers) and a label (a string "
            "without blanks around it)"
        )
    return start, end, label, surface if isinstance(surface, str) else None


def given_tokens(row: Row, text: str) -> list[tuple[int, int]] | None:
    """The offsets of the row's own tokens (Prodigy, Argilla), if it has them."""
    given = row.get("tokens")
    if not isinstance(given, list) or not given:
        return None
    offsets, at = [], 0
    for token in given:
        word = token.get("text") if isinstance(token, dict) else token
        start = token.get("start") if isinstance(token, dict) else None
        if not isinstance(word, str):
            raise SourceError(f"token {token!r:.60} has no text")
        if not word.strip():
            continue  # spaCy counts white space as tokens
        start = text.find(word, at) if start is None else start
        if start < at or text[start : start + len(word)] != word or text[at:start].strip():
            raise SourceError(f"its tokens do not spell its text: {word!r} is not at {start}")
        if word.split() != [word]:
            return None  # a token with a blank inside: cut the text anew
        offsets.append((start, start + len(word)))
        at = start + len(word)
    return None if text[at:].strip() else offsets
