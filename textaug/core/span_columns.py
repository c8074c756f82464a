"""Columns of spans: character or token offsets, in the forms that tools write.

A list of dicts (``[{"start": 0, "end": 4, "label": "LOC"}]``, under many names of the keys), a dict
of lists (``{"start": [0], "end": [4]}``, ``answers`` of SQuAD), or a list of lists
(``[[0, 4, "LOC"]]``). They are written in the same form, with all other keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from textaug.core.usual_names import USUAL_NAMES

# Units of the offsets.
CHARACTERS, TOKENS = "characters", "tokens"


class Entry(NamedTuple):
    """One annotated span, in the units of its column, half-open."""

    start: int
    end: int
    label: str
    surface: str | None


class Placed(NamedTuple):
    """Where a span lies after an augmentation.

    Attributes:
        origin: the number of the old entry; ``None`` for a span that is new.
        start: its first character or token.
        end: one after the last.
        label: its type.
        surface: the text it covers.
        is_same: whether it covers the same words as before.
    """

    origin: int | None
    start: int
    end: int
    label: str
    surface: str
    is_same: bool


@dataclass(frozen=True)
class SpanColumn:
    """The form of a column of spans.

    Attributes:
        name: the column.
        form: ``"dicts"``, ``"dict of lists"`` or ``"lists"``.
        unit: ``"characters"`` or ``"tokens"``.
        start: key of the start.
        end: key of the end; ``None`` if ``surface`` has the length.
        label: key of the type, if there is one.
        surface: key of the covered text, if there is one.
        is_length: whether the end is a length.
        is_inclusive: whether the end is the last character or token itself.
        is_required: whether a copy without one of the spans (an answer) is useless.
        names: names of integer types.
        stale: keys of further positions (another unit, a head word), which are emptied.
    """

    name: str
    form: str
    unit: str = CHARACTERS
    start: str = "start"
    end: str | None = "end"
    label: str | None = "label"
    surface: str | None = None
    is_length: bool = False
    is_inclusive: bool = False
    is_required: bool = False
    names: tuple[str, ...] | None = None
    stale: tuple[str, ...] = ()

    def entries(self, value: Any) -> Iterator[Entry]:
        """The spans of one row.

        Raises:
            ValueError: for an entry without numbers as offsets, saying which.
        """
        for number, item in enumerate(self._items(value)):
            start, end = _number(item.get(self.start)), None
            surface = item.get(self.surface) if self.surface else None
            surface = surface if isinstance(surface, str) else None
            if self.end is not None:
                end = _number(item.get(self.end))
            elif surface is not None:
                end = None if start is None else start + len(surface)
            if start is None or end is None:
                raise ValueError(f"entry {number} has no offsets that are numbers")
            if self.is_length:
                end += start
            yield Entry(start, end + self.is_inclusive, self._label_of(item), surface)

    def _items(self, value: Any) -> list[Mapping[str, Any]]:
        if value is None:
            return []
        if self.form == "dict of lists":
            lengths = {len(v) for v in value.values() if isinstance(v, list)}
            if len(lengths) > 1:
                raise ValueError(f"has lists of {sorted(lengths)} entries")
            return [
                {key: v[i] for key, v in value.items() if isinstance(v, list)}
                for i in range(lengths.pop() if lengths else 0)
            ]
        if self.form == "lists":
            return [dict(zip(("start", "end", "label"), item, strict=False)) for item in value]
        return list(value)

    def _label_of(self, item: Mapping[str, Any]) -> str:
        label = item.get(self.label) if self.label else None
        if isinstance(label, list):
            label = "|".join(map(str, label))
        if isinstance(label, int) and self.names is not None and 0 <= label < len(self.names):
            label = self.names[label]
        return "" if label is None else str(label)

    def written(self, old: Any, placed: Sequence[Placed]) -> Any:
        """The value after an augmentation, in the form of ``old``.

        Entries keep their order and their keys. If the words of a mention changed, keys that say
        more about it than its type (a link to a knowledge base) become ``None``.

        Raises:
            KeyError: if a new span's type is not among the names.
        """
        items = self._items(old)
        new = [self._written(items, each) for each in placed]
        if self.form == "lists":
            return [self._as_list(old, item, each) for item, each in zip(new, placed, strict=True)]
        if self.form == "dict of lists":
            old = old or {key: [] for item in new for key in item}  # the row had none
            keys = [key for key, v in old.items() if isinstance(v, list)]
            return {**old, **{key: [item.get(key) for item in new] for key in keys}}
        return new

    def _written(self, items: Sequence[Mapping[str, Any]], each: Placed) -> dict[str, Any]:
        if each.origin is None:
            item: dict[str, Any] = dict.fromkeys(items[0]) if items else {}
            if self.label is not None:
                item[self.label] = self._label_as(each.label, items)
        else:
            item = dict(items[each.origin])
            if not each.is_same:
                kept = {self.start, self.end, self.label, self.surface, *USUAL_NAMES["identity"]}
                item = {key: v if key in kept else None for key, v in item.items()}
        item |= dict.fromkeys(self.stale)
        item[self.start] = _like(item.get(self.start), each.start)
        if self.end is not None:
            end = each.end - each.start if self.is_length else each.end - self.is_inclusive
            item[self.end] = _like(item.get(self.end), end)
        if self.surface is not None and (each.origin is None or item.get(self.surface) is not None):
            item[self.surface] = each.surface
        return item

    def identity(self, value: Any, entry: int) -> Any:
        """The id of an entry; ``None`` if it has none."""
        item = self._items(value)[entry]
        return next(
            (item[key] for key in USUAL_NAMES["identity"] if item.get(key) is not None), None
        )

    def _label_as(self, label: str, items: Sequence[Mapping[str, Any]]) -> Any:
        if self.names is not None:
            if label not in self.names:
                raise KeyError(label)
            return self.names.index(label)
        is_list = items and isinstance(items[0].get(self.label or ""), list)
        return [label] if is_list else label

    def _as_list(self, old: Sequence[Any], item: Mapping[str, Any], each: Placed) -> list[Any]:
        rest = [] if each.origin is None else list(old[each.origin])[3:]
        written = [item["start"], item["end"], *([item["label"]] if "label" in item else [])]
        return written + rest


def _number(value: Any) -> int | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        return int(value) if value.strip().isdigit() else None
    return int(value) if isinstance(value, (int, float)) and value == int(value) else None


def _like(old: Any, number: int) -> Any:
    """A number in the type of the old one: some files hold offsets as strings."""
    return str(number) if isinstance(old, str) else number
