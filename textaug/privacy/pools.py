"""Names to choose pseudonyms from: of one gender, one region, one type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from textaug.language.gazetteer import names_by_locale, places
from textaug.offline import lower_case_words
from textaug.privacy.surfaces import PARTICLES, normal

SHORTEST = 3  # letters of a pseudonym
FEW_REGIONS = 3  # a name of more locales belongs to no region


@cache
def _where() -> dict[str, set[tuple[str, str]]]:
    """Locale and type (male, female, last) of each known name."""
    found: dict[str, set[tuple[str, str]]] = {}
    for locale, types in names_by_locale().items():
        for type_, names in types.items():
            for name in names:
                found.setdefault(normal(name), set()).add((locale, type_))
    return found


@cache
def _pool(type_: str, locales: frozenset[str] | None) -> tuple[str, ...]:
    """All names of a type in some locales, by normal form, each once."""
    found: dict[str, str] = {}
    for locale, types in names_by_locale().items():
        if locales is None or locale in locales:
            for name in types[type_]:
                found.setdefault(normal(name), name)
    return tuple(name for _, name in sorted(found.items()) if _is_usable(name))


def _is_usable(name: str) -> bool:
    word = normal(name)
    usable = name.isalpha() and len(name) >= SHORTEST and name[1:].islower()
    return usable and word not in lower_case_words() and word not in PARTICLES


def is_given(name: str) -> bool:
    """Whether it is known as a first name, and not as a last name."""
    types = {type_ for _, type_ in _where().get(normal(name), ())}
    return bool(types) and "last" not in types


def people_like(name: str, role: str) -> Iterator[tuple[str, ...]]:
    """Pools of first or last names: of its gender and region, then of its gender, then all.

    Args:
        name: a part of the name of a person.
        role: ``"given"`` or ``"family"``.
    """
    known = _where().get(normal(name), set())
    types = ("male", "female") if role == "given" else ("last",)
    fitting = sorted({type_ for _, type_ in known if type_ in types})
    type_ = fitting[0] if len(fitting) == 1 else None
    locales = {locale for locale, each in known if each in types}
    if type_ and len(locales) <= FEW_REGIONS:
        yield _pool(type_, frozenset(locales))
    if type_:
        yield _pool(type_, None)
    if type_ is None and role == "given":
        yield _united(types)
    yield _pool("last", None)


@cache
def _united(types: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({name for type_ in types for name in _pool(type_, None)}))


@cache
def _places_of(type_: str) -> tuple[str, ...]:
    return _usable(name for words in places()[type_].names for name in words if len(words) == 1)


def _usable(names: Iterable[str]) -> tuple[str, ...]:
    by_normal = {normal(name): name for name in names if _is_usable(name)}
    return tuple(name for _, name in sorted(by_normal.items()))


def others_like(name: str, type_: str | None) -> Iterator[tuple[str, ...]]:
    """Pools for a part of a name of a place or an organisation.

    Args:
        name: the part.
        type_: of place, as in ``gazetteer.known_places``; ``None`` for no place.
    """
    if type_ in ("country", "nationality"):
        yield _places_of(type_)
    yield _places_of("city") if type_ else _pool("last", None)
