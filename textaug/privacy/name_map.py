"""Which pseudonym each part of a name has: decided by a key, once for all names of the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from string import ascii_uppercase

from textaug.language.casing import match_case
from textaug.language.gazetteer import known_places, without_accents
from textaug.privacy import pools
from textaug.privacy.keys import Secret
from textaug.privacy.names_of_data import NameParts
from textaug.privacy.surfaces import Part, normal

TRIES = 500  # candidates of a pool before the next, wider one
LONGEST_ACRONYM = 5  # letters


class NameMap:
    """The pseudonyms of the parts of names, no two the same, and none a name of the data.

    Each part has one pseudonym, whatever it stands beside, so a person stays one under all
    spellings. The candidates of a part come from a keyed hash of its normal form. Where two parts
    want the same one, a keyed order decides, so the order of the data does not count.

    Args:
        names: of the data, in parts.
        avoid: words of the data that no pseudonym may be.
        secret: decides.

    Raises:
        ValueError: if there are more names than pseudonyms.
    """

    def __init__(self, names: NameParts, avoid: Iterable[str], secret: Secret) -> None:
        self._secret = secret
        self._kinds, self._relatives = names.kinds, names.relatives
        self._initials = names.initials
        self._families: dict[str, list[str]] = {}  # given name: family names
        for family, relatives in sorted(self._relatives.items()):
            for relative in relatives:
                self._families.setdefault(relative, []).append(family)
        self._taken = set(map(normal, avoid)) | set(self._kinds)
        self._letters: dict[str, dict[str, str]] = {}
        self.table: dict[str, str] = {}
        for part in sorted(self._kinds, key=lambda part: secret.bytes("order", part)):
            self.table[part] = self._choose(part, self._kinds[part])
        self._taken |= {normal(new) for new in self.table.values()}
        self._late = lru_cache(maxsize=1 << 16)(self._choose)

    def _choose(self, part: str, kind: str) -> str:
        """The first candidate that is free."""
        for pool in self._pools(part, kind):
            if not pool:
                continue
            rng = self._secret.rng("name", part, str(len(pool)))
            for _ in range(TRIES):
                name = pool[rng.randrange(len(pool))]
                if normal(name) not in self._taken and self._keeps_initials(part, name, kind):
                    self._taken_by(part, name, kind)
                    return name
        raise ValueError(
            f"there are {len(self._kinds):,} different parts of names, more than there are "
            "pseudonyms for; pseudonymise the data in parts, or fewer types"
        )

    def _pools(self, part: str, kind: str) -> Iterator[Sequence[str]]:
        if kind in ("given", "family"):
            yield from pools.people_like(part, kind)
        else:
            type_ = known_places().get((part,), "city" if kind == "place" else None)
            yield from pools.others_like(part, type_)

    # Initials

    def _keeps_initials(self, part: str, name: str, kind: str) -> bool:
        """Whether two relatives that the data tells apart by their initials stay apart."""
        if kind != "given":
            return True
        letter = without_accents(name)[0].upper()
        return all(
            self._letters.get(family, {}).get(letter, initial) == initial
            for family, initial in self._called_by_initial(part)
        )

    def _taken_by(self, part: str, name: str, kind: str) -> None:
        if part in self.table or part not in self._kinds:
            return
        self._taken.add(normal(name))
        if kind == "given":
            for family, initial in self._called_by_initial(part):
                self._letters.setdefault(family, {})[without_accents(name)[0].upper()] = initial

    def _called_by_initial(self, given: str) -> Iterator[tuple[str, str]]:
        initial = without_accents(given)[:1].upper()
        for family in self._families.get(given, ()):
            if initial in self._initials.get(family, ()) and self._meant(initial, family) == given:
                yield family, initial

    def _meant(self, initial: str, family: str) -> str | None:
        """The given name that an initial before a family name stands for, if that is certain."""
        fitting = [
            given
            for given in self._relatives.get(family, ())
            if without_accents(given)[:1].upper() == initial
        ]
        return fitting[0] if len(fitting) == 1 else None

    def initial(self, letter: str, family: str, place: int) -> str:
        """The initial of a pseudonym.

        Args:
            letter: the initial of the name.
            family: the normal form of the family name after it; empty for none.
            place: how many initials stand before it.
        """
        given = self._meant(letter, family) if place == 0 else None
        if given is not None and given in self.table:
            return without_accents(self.table[given])[0].upper()
        used = self._letters.get(family, {}) if place == 0 else {}
        free = [each for each in ascii_uppercase if each not in used]
        asked = [each for each in ascii_uppercase if each not in used.values()]
        self._secret.rng("initials", family, str(place)).shuffle(free)
        return free[asked.index(letter) % len(free)] if letter in asked else free[0]

    # Pseudonyms

    def of(self, part: str, kind: str = "family") -> str:
        """The pseudonym of a part, in the case of the part; ``kind`` for one that is unknown."""
        word = normal(part)
        known = self.table.get(word)
        new = known if known is not None else self._late(word, kind)
        if part.isascii():
            new = without_accents(new)
        return new.lower() if part.islower() else match_case(new, part)

    def kind_of(self, part: str, category: str, is_last: bool) -> str:
        """The kind that a part is taken for that the data does not have."""
        if category != "person":
            return category
        return "family" if is_last and not pools.is_given(part) else "given"

    def mention(self, parts: Sequence[Part], category: str = "person") -> list[str]:
        """The pseudonyms of the parts of a mention.

        Args:
            parts: of :func:`meaningful`.
            category: of ``gazetteer.LABELS``.
        """
        words = [part for part in parts if not part.is_initial]
        family = words[-1].normal if words and category == "person" else ""
        new, initials = [], 0
        for part in parts:
            if part.is_initial and category == "person":
                letter = without_accents(part.text)[0].upper()
                new.append(self.initial(letter, family, initials))
                initials += 1
            elif category != "person" and is_acronym(part.text):
                new.append(self._acronym(part.text))
            else:
                kind = self.kind_of(part.text, category, part is words[-1])
                new.append(self.of(part.text, kind))
        return new

    def _acronym(self, text: str) -> str:
        values = [ascii_uppercase.index(letter) for letter in text]
        new = self._secret.permuted(values, [len(ascii_uppercase)] * len(text), "acronym")
        return "".join(ascii_uppercase[value] for value in new)


def is_acronym(text: str) -> bool:
    """Whether a part of a name of an organisation is letters that stand for words."""
    return text.isascii() and text.isupper() and len(text) <= LONGEST_ACRONYM
