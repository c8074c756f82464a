"""Parts of a written name: which of its letters name someone, and which do not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import regex

from textaug.language.gazetteer import without_accents

# Letters with the marks on them: accents apart from their letters, vowel signs of Indic scripts.
_LETTER = r"\p{L}[\p{M}\u200c\u200d]*"
_PART = regex.compile(rf"(?:{_LETTER})+(?:['’](?:{_LETTER}){{2,}})*")
# Scripts that are written without blanks between words.
UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TITLES = _words("mr mrs ms miss dr prof sir jr sr ii iii iv")
# Before a name; alone, or last, they are names themselves.
OFFICES = _words(
    "president king queen prince princess pope lord lady saint st captain general judge "
    "justice minister senator emperor sheikh sultan"
)
SURE_PARTICLES = _words("de del des di da dos du la le van von der den bin ter ten")
# These only in lower case or before a hyphen: Al Gore is called Al.
PARTICLES = SURE_PARTICLES | _words("al el della dal ibn ul ur te zu wa the of and y")


class Part(NamedTuple):
    """A run of letters: a given name, a family name, an initial."""

    start: int
    end: int
    text: str

    @property
    def normal(self) -> str:
        """The same for all spellings of a name."""
        return normal(self.text)

    @property
    def is_initial(self) -> bool:
        """Whether it is a single capital letter."""
        return len(self.text) == 1 and self.text.isupper()

    @property
    def may_be_name(self) -> bool:
        """Whether it starts with a capital, or its script has none."""
        return not self.text[0].islower()

    @property
    def is_short(self) -> bool:
        """Whether it is too short to be surely a name by itself; in Chinese one letter is."""
        has_case = self.text[0].isupper() or self.text[0].islower()
        return len(self.text) <= (2 if has_case else 1)


def normal(name: str) -> str:
    """A name without case and accents: what decides on its pseudonym.

    >>> normal("MÜLLER") == normal("Muller")
    True
    """
    return without_accents(name.replace("’", "'")).casefold()


def parts_of(text: str, start: int = 0, end: int | None = None) -> Iterator[Part]:
    """All runs of letters; a possessive ``'s`` is not part of one.

    >>> [part.text for part in parts_of("V. O'Neill-Holm's")]
    ['V', "O'Neill", 'Holm']
    """
    for match in _PART.finditer(text, start, len(text) if end is None else end):
        if not (len(match[0]) == 1 and text[match.start() - 1 : match.start()] in ("'", "’")):
            yield Part(match.start(), match.end(), match[0])


def name_parts(text: str, start: int = 0, end: int | None = None) -> list[Part]:
    """The parts of a mention of a person that name them: no titles, no particles.

    >>> [part.text for part in name_parts("Mr Vincent van Holm Jr.")]
    ['Vincent', 'Holm']
    """
    parts = list(parts_of(text, start, end))
    found = []
    for i, part in enumerate(parts):
        word, is_last = part.normal, i == len(parts) - 1
        is_small = part.text[0].islower() or text[part.end : part.end + 1] == "-"
        is_title = word in TITLES or (word in OFFICES and i == 0 and not is_last)
        is_particle = word in (PARTICLES if is_small else SURE_PARTICLES) and not is_last
        if (is_title and len(parts) > 1) or is_particle:
            continue
        if len(part.text) > 1 or part.may_be_name:
            found.append(part)
    return found or parts
