"""The shape of a column's values, from its feature or, if there is none, from the values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class Shape(NamedTuple):
    """The form of a column's values.

    Attributes:
        kind: ``"string"``, ``"int"``, ``"float"``, ``"bool"``, ``"class"``, ``"list"``,
            ``"struct"``, ``"other"``, or ``"unknown"`` if there is only ``None``.
        inner: of a list, the shape of its items.
        fields: of a struct, the shapes of its fields.
        names: of a class label, its names.
        length: of a list with a fixed length, that length.
        is_unsigned: whether an integer cannot be -1.
    """

    kind: str
    inner: Shape | None = None
    fields: tuple[tuple[str, Shape], ...] = ()
    names: tuple[str, ...] = ()
    length: int = -1
    is_unsigned: bool = False

    @property
    def item(self) -> str:
        """The kind of a list's items, ``""`` for anything else."""
        return self.inner.kind if self.inner is not None else ""

    def field(self, name: str) -> Shape | None:
        """The shape of a struct's field."""
        return dict(self.fields).get(name)


UNKNOWN = Shape("unknown")


def is_known(shape: Shape) -> bool:
    """Whether there was a value, and in a list an item."""
    return shape.kind != "unknown" and shape.item != "unknown"


def of_feature(feature: Any) -> Shape:
    """The shape that a feature of ``datasets`` describes."""
    if isinstance(feature, list):
        return Shape("list", of_feature(feature[0]))
    if isinstance(feature, Mapping):
        return Shape("struct", fields=tuple((k, of_feature(v)) for k, v in feature.items()))
    names = getattr(feature, "names", None)
    if names is not None:
        return Shape("class", names=tuple(names))
    sizes = getattr(feature, "shape", None)
    if isinstance(sizes, tuple):  # an array: its first size may be open
        shape = Shape(str(feature.dtype).rstrip("0123456789").removeprefix("u"))
        for size in reversed(sizes):
            shape = Shape("list", shape, length=-1 if size is None else size)
        return shape
    inner = getattr(feature, "feature", None)
    if inner is not None:
        return Shape("list", of_feature(inner), length=getattr(feature, "length", -1))
    dtype = str(getattr(feature, "dtype", ""))
    for prefix, kind in (("string", "string"), ("large_string", "string"), ("int", "int"),
                         ("uint", "int"), ("float", "float"), ("bool", "bool"),
                         ("null", "unknown")):  # fmt: skip
        if dtype.startswith(prefix) and type(feature).__name__ == "Value":
            return Shape(kind, is_unsigned=prefix == "uint")
    return Shape("other")


def holds_json(feature: Any) -> bool:
    """Whether a feature leaves the form of its values open; only the values show their shape."""
    if type(feature).__name__ == "Json":
        return True
    if isinstance(feature, Mapping):
        return any(map(holds_json, feature.values()))
    inner = feature[0] if isinstance(feature, list) else getattr(feature, "feature", None)
    return inner is not None and holds_json(inner)


def of_values(values: Iterable[Any]) -> Shape:
    """The shape of plain values, from the first that is neither ``None`` nor an empty list."""
    found = UNKNOWN
    for value in values:
        shape = _of_value(value)
        if is_known(shape):
            return shape
        found = shape if shape.kind != "unknown" else found
    return found


def _of_value(value: Any) -> Shape:
    if hasattr(value, "tolist"):  # numpy arrays and torch tensors, and their items
        value = value.tolist()
    for kind, types in (("bool", bool), ("int", int), ("float", float), ("string", str)):
        if isinstance(value, types):
            return Shape(kind)
    if isinstance(value, Mapping):
        return Shape("struct", fields=tuple((str(k), _of_value(v)) for k, v in value.items()))
    if isinstance(value, (list, tuple)):
        return Shape("list", of_values(value))
    return UNKNOWN if value is None else Shape("other")
