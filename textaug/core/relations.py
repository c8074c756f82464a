"""Columns of relations: pairs that point at spans or at tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from textaug.core.shapes import Shape
from textaug.core.usual_names import USUAL_NAMES

_HEAD_KEYS = (
    ("head", "tail"), ("subject", "object"), ("from_id", "to_id"), ("from", "to"),
    ("arg1", "arg2"), ("h", "t"), ("head_id", "tail_id"), ("source", "target"),
)  # fmt: skip


@dataclass(frozen=True)
class Relations:
    """A column of pairs that point at spans or tokens.

    Attributes:
        name: the column.
        keys: of the two ends.
        unit: ``"entries"`` of a spans column (by number), ``"ids"`` of these, or ``"tokens"``.
    """

    name: str
    keys: tuple[str, str]
    unit: str


def relations_form(name: str, inner: Shape, unit: str) -> Relations | None:
    """The column as relations, if the shape of its items is theirs; ``unit``: if it is said."""
    fields = dict(inner.fields)
    for keys in _HEAD_KEYS:
        if not set(keys) <= set(fields):
            continue
        kind = fields[keys[0]].kind
        if not unit:
            unit = "ids" if keys[0].endswith("_id") or kind == "string" else "entries"
        if kind in ("int", "string", "unknown"):
            return Relations(name, keys, unit)
    return None


def settled_relations(
    relations: Relations,
    spans: Sequence[str],
    shape_of: Mapping[str, Shape],
    rows: Callable[[str], Iterable[Any]] | None,
    is_said: bool,
) -> tuple[Relations, str]:
    """Relations with their unit, and why it is not certain; the reason is empty if it is.

    ``spans`` are the columns of spans; ``is_said``: the user said that numbers are places in it.
    """
    if relations.unit == "tokens":
        return relations, ""
    if len(spans) != 1:
        which = f"at those of which of {', '.join(map(repr, spans))}?"
        return relations, f"points at spans, but {which if spans else 'no column holds these'}"
    (column,) = spans
    inner = shape_of[column].inner if column in shape_of else None
    kinds = {key: shape.kind for key, shape in inner.fields} if inner is not None else {}
    identity = next((k for k in USUAL_NAMES["identity"] if kinds.get(k) == "int"), None)
    if identity is None or is_said or relations.unit != "entries":
        return relations, ""
    pairs = rows and zip(rows(column), rows(relations.name), strict=False)
    unit = _unit_by_rows(pairs, relations, identity) if pairs else None
    if unit is None:
        return relations, f"holds numbers that may be ids of {column!r} or places in its list"
    return replace(relations, unit=unit), ""


def _unit_by_rows(
    rows: Iterable[tuple[Any, Any]], relations: Relations, identity: str
) -> str | None:
    """Whether numbers are ids of the spans or their places in the list; ``None`` if both fit.

    ``rows`` has spans (lists of dicts) and relations of each row; ``identity`` is the key of ids.
    """
    are_ids = are_places = True
    differ = False
    for spans, pairs in rows:
        ids = [span.get(identity) for span in spans or () if isinstance(span, Mapping)]
        for pair in pairs or ():
            for key in relations.keys:
                value = pair[key]
                are_ids = are_ids and value in ids
                is_place = isinstance(value, int) and 0 <= value < len(ids)
                are_places = are_places and is_place
                differ = differ or not (is_place and ids[value] == value)
    if are_ids and are_places:
        return None if differ else "entries"
    return "ids" if are_ids else "entries"
