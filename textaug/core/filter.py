"""The base of filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from textaug.core.arrow import to_plain
from textaug.core.content import content_of
from textaug.core.example import Example

# Takes the examples before and those after augmentation, and returns which pairs to keep.
FilterFunction = Callable[[Sequence[Example], Sequence[Example]], Sequence[bool]]


def name_of(function: FilterFunction) -> str:
    """The name of a filter: that of the function, or of the object's class."""
    return getattr(function, "__name__", type(function).__name__)


def verdicts(
    function: FilterFunction, before: Sequence[Example], after: Sequence[Example]
) -> list[bool]:
    """What a filter says of each pair.

    Raises:
        ValueError: if that is not one bool for each. A score, or the text "no", would pass as true.
    """
    found = to_plain(function(before, after))
    if not isinstance(found, list) or len(found) != len(after):
        what = f"{len(found)} values" if isinstance(found, list) else repr(found)[:80]
        raise ValueError(
            f"the filter {name_of(function)} was given {len(after)} pairs and returned {what}; it "
            "must return a list with True or False for each"
        )
    if wrong := [value for value in found if not isinstance(value, bool)]:
        raise ValueError(
            f"the filter {name_of(function)} returned {wrong[0]!r:.80}; it must return True or "
            "False for each pair: compare a score with a threshold"
        )
    return found


@dataclass(repr=False)
class Filter:
    """Base of the filters: their arguments are their state; models are loaded on first use."""

    rank: int | None = field(default=None, init=False, compare=False)

    def __call__(self, before: Sequence[Example], after: Sequence[Example]) -> list[bool]:
        """Whether to keep each example."""
        raise NotImplementedError(f"{type(self).__name__} does not implement __call__")

    def __repr__(self) -> str:
        shown = [
            f"{f.name}={getattr(self, f.name)!r}"
            for f in fields(self)
            if f.init and getattr(self, f.name) != f.default
        ]
        return f"{type(self).__name__}({', '.join(shown)})"

    def __getstate__(self) -> dict[str, Any]:
        arguments = {f.name: getattr(self, f.name) for f in fields(self) if f.init}
        model = arguments.get("model")
        content = content_of(model) if isinstance(model, str) else None
        return {"arguments": arguments, "model": content}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__init__(**state["arguments"])  # type: ignore[misc]
