"""Checks of arguments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any


def near(name: str, known: Iterable[str]) -> str:
    """A question that names the known name that is most like a wrong one, if any is.

    >>> near("synonym", ["noise", "synonyms"])
    "did you mean 'synonyms'? "
    """
    found = get_close_matches(name, list(known), n=1)
    return f"did you mean {found[0]!r}? " if found else ""


def check_probability(name: str, value: float) -> float:
    """``value`` if it lies in 0..1; otherwise an error that names the argument."""
    if not 0 <= value <= 1:
        raise ValueError(f"{name}={value}: must lie between 0 and 1")
    return value


def check_positive(**arguments: float) -> None:
    """An error that names the first argument that is not above 0."""
    for name, value in arguments.items():
        if value <= 0:
            raise ValueError(f"{name}={value}: must be above 0")


def check_at_least_one(**arguments: int) -> None:
    """An error that names the first argument below 1."""
    for name, value in arguments.items():
        if value < 1:
            raise ValueError(f"{name}={value}: must be at least 1")


def check_no_text(name: str, given: Any, of: str) -> None:
    """An error for a string where a list is meant: each of its letters would be an item."""
    if isinstance(given, str):
        raise ValueError(f"{name}={given!r}: must be a list of {of}")


def check_label_names(names: Any, many: bool = False) -> Any:
    """``names`` if it is a list of different strings, or ``None``; otherwise an error.

    ``many``: it may also be a mapping, with the list of each column.
    """
    if names is None:
        return None
    if many and isinstance(names, Mapping) and not any(isinstance(n, int) for n in names.values()):
        for each in names.values():
            check_label_names(each)
        return names
    if isinstance(names, Mapping):
        raise ValueError(
            "label_names= is a list of names in the order of their numbers; of a model's settings: "
            "label_names=[config.id2label[i] for i in range(config.num_labels)]"
        )
    if isinstance(names, (str, bytes)) or not isinstance(names, Sequence):
        raise ValueError(
            f"label_names={names!r:.80}: must be a list of names, in the order of their numbers"
        )
    if wrong := [name for name in names if not isinstance(name, str)]:
        raise ValueError(f"label_names has {wrong[0]!r}, which is not a string")
    if len(set(names)) < len(names):
        twice = next(name for name in names if list(names).count(name) > 1)
        raise ValueError(f"label_names has {twice!r} twice; each label needs a name of its own")
    return names


def check_step(augmenter: Any) -> None:
    """Raise a ValueError for an augmenter that cannot be part of another one."""
    if augmenter.replaces_rows:
        name = type(augmenter).__name__
        raise ValueError(
            f"{name} changes other columns too, so it is used by itself: data.map(…) with "
            "it, then with others"
        )
