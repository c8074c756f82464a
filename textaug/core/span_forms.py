"""Whether a column has the form of spans, and what its keys mean."""

from __future__ import annotations

from textaug.core.shapes import Shape
from textaug.core.span_columns import CHARACTERS, SpanColumn
from textaug.core.suspicion import is_position
from textaug.core.usual_names import USUAL_NAMES


def span_form(name: str, shape: Shape, is_said: bool, unit: str = "char") -> SpanColumn | None:
    """The column as spans, if it has their form.

    ``is_said``: the user named it as such. ``unit``: of two sets of offsets the one that is used,
    ``"char"`` or ``"token"``; the other one is emptied in the rows that change.
    """
    if shape.kind == "struct":
        fields = {k: s.inner for k, s in shape.fields if s.kind == "list" and s.inner}
        form = "dict of lists"
    elif shape.item == "struct" and shape.inner is not None:
        fields, form = dict(shape.inner.fields), "dicts"
    elif shape.item == "list" and (is_said or name in USUAL_NAMES["spans"]):
        kind = shape.inner.item if shape.inner else ""
        return SpanColumn(name, "lists") if kind in ("int", "string", "unknown") else None
    else:
        return None
    by_lower = {key.lower(): key for key in fields}
    starts = _ordered([key for key in USUAL_NAMES["start"] if key in by_lower], unit)
    if not starts:
        return None
    start = by_lower[starts[0]]
    ends = _ordered([key for key in USUAL_NAMES["end"] if key in by_lower], unit)
    others = [by_lower[key] for key in (*starts[1:], *ends[1:]) if fields[by_lower[key]].kind in
              ("int", "float")]  # fmt: skip
    lengths = [key for key in USUAL_NAMES["length"] if key in by_lower]
    end = by_lower[(ends or lengths)[0]] if ends or lengths else None
    kinds = {key: by_lower[key] for key in by_lower if by_lower[key] not in (start, end)}
    labels = [k for k in USUAL_NAMES["type"] if k in kinds and fields[kinds[k]].kind != "float"]
    label = kinds[labels[0]] if labels else None
    surfaces = [
        key
        for key in USUAL_NAMES["surface"]
        if key in kinds and kinds[key] != label and fields[kinds[key]].kind in ("string", "unknown")
    ]
    surface = kinds[surfaces[0]] if surfaces else None
    if end is None and surface is None:
        return None
    others += [
        key
        for key in fields
        if key not in (start, end, label, surface, *others) and _is_position(key, fields[key])
    ]
    names = fields[label].names if label is not None else ()
    return SpanColumn(
        name, form, CHARACTERS, start, end, label, surface, not ends and bool(lengths),
        is_required=end is None, names=names or None, stale=tuple(others),
    )  # fmt: skip


def _is_position(key: str, shape: Shape) -> bool:
    """Whether a key holds one or more positions, under a name that is not one of the usual ones."""
    while shape.kind == "list" and shape.inner is not None:
        shape = shape.inner
    is_id = key.lower() in (*USUAL_NAMES["identity"], *USUAL_NAMES["id"])
    return shape.kind == "int" and not is_id and is_position(key)


def _ordered(keys: list[str], unit: str) -> list[str]:
    """Keys with the unit in their names first, those with the other unit last."""
    other = "token" if unit == "char" else "char"
    return sorted(keys, key=lambda key: (other in key, unit not in key))
