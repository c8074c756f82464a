"""A text with pseudonyms in it: in its mentions, elsewhere, in addresses; and its numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import regex

from textaug.language.names import category_of
from textaug.offline import lower_case_words
from textaug.privacy.keys import Secret
from textaug.privacy.name_map import NameMap
from textaug.privacy.names_of_data import is_asked, meaningful
from textaug.privacy.numbers import Change, changes, find_numbers
from textaug.privacy.surfaces import UNSPACED, Part, parts_of

SHORTEST_IN_ADDRESS = 4  # letters of a name inside an address
SHORTEST_HALF = 3  # letters of a name that is written in one with another


class Known(NamedTuple):
    """A name of the data in a text.

    Attributes:
        parts: its parts; one, or those of a full name, with the initials before it.
        is_certain: whether it can mean nothing else.
    """

    parts: tuple[Part, ...]
    is_certain: bool

    def within(self, text: str) -> str:
        """The name as it is written in its text."""
        return text[self.parts[0].start : self.parts[-1].end]


class KnownNames:
    """Finds the names of a data set in any text.

    Args:
        parts: the normal forms of the parts of all names.
        full: those of names of several parts.
        unsure: parts that also are something else in the data.
    """

    def __init__(
        self, parts: Collection[str], full: Iterable[tuple[str, ...]], unsure: Iterable[str]
    ) -> None:
        self._parts = parts
        self._unsure = frozenset(unsure)
        self._full = frozenset(full)

    @cached_property
    def _lengths(self) -> dict[str, list[int]]:
        """How many parts the full names have that start with a part, longest first."""
        found: dict[str, set[int]] = {}
        for name in self._full:
            found.setdefault(name[0], set()).add(len(name))
        return {first: sorted(lengths, reverse=True) for first, lengths in found.items()}

    def is_certain(self, part: Part) -> bool:
        """Whether a part by itself, outside the mentions, is surely the name."""
        word = part.normal
        return self._may_be(part) and word not in self._unsure and word not in lower_case_words()

    def _may_be(self, part: Part) -> bool:
        return part.normal in self._parts and part.may_be_name and not part.is_short

    def find(
        self,
        text: str,
        taken: Iterable[tuple[int, int]] = (),
        others: Iterable[tuple[int, int]] = (),
    ) -> Iterator[Known]:
        """The names in a text.

        Args:
            text: any string.
            taken: ranges to leave out.
            others: mentions of other types, in which only full names are certain: companies and
                cups are called after people.
        """
        closed, of_others = sorted(taken), sorted(others)
        parts = [
            part
            for run in parts_of(text)
            for part in self._cut(run)
            if not any(start < part.end and part.start < end for start, end in closed)
        ]
        at = 0
        while at < len(parts):
            length = self._full_name(text, parts, at)
            part = parts[at]
            if length:
                yield Known(_with_initials(text, parts, at, length), True)
            elif self._may_be(part):
                inside = any(start < part.end and part.start < end for start, end in of_others)
                sure = self.is_certain(part) and not inside
                yield Known(_with_initials(text, parts, at, 1) if sure else (part,), sure)
            at += length or 1

    @cached_property
    def _unspaced(self) -> regex.Pattern[str] | None:
        """Finds the names in scripts without blanks, the longest first."""
        names = [part for part in self._parts if len(part) > 1 and UNSPACED.match(part)]
        written = map(regex.escape, sorted(names, key=lambda name: (-len(name), name)))
        return regex.compile("|".join(written)) if names else None

    def _cut(self, run: Part) -> list[Part]:
        """The names in a run of letters that has no blanks between words; else the run."""
        if not UNSPACED.match(run.text) or run.normal in self._parts or self._unspaced is None:
            return [run]
        return [
            Part(run.start + match.start(), run.start + match.end(), match[0])
            for match in self._unspaced.finditer(run.text)
        ]

    def _full_name(self, text: str, parts: Sequence[Part], at: int) -> int:
        """How many parts of a full name start here, 0 for none."""
        if not parts[at].may_be_name:
            return 0
        for length in self._lengths.get(parts[at].normal, ()):
            some = parts[at : at + length]
            if tuple(part.normal for part in some) not in self._full:
                continue
            if all(text[a.end : b.start] in (" ", "-") for a, b in pairwise(some)):
                return length
        return 0

    def in_address(self, run: str) -> list[str]:
        """A run of letters of an address, as the names in it; empty if it is none.

        >>> KnownNames({"vera", "holm"}, [], []).in_address("veraholm")
        ['vera', 'holm']
        """
        word = run.lower()
        is_name = word in self._parts and word not in lower_case_words()
        if is_name and len(word) >= SHORTEST_IN_ADDRESS:
            return [run]
        for cut in range(SHORTEST_HALF, len(word) - SHORTEST_HALF + 1):
            if word[:cut] in self._parts and word[cut:] in self._parts:
                return [run[:cut], run[cut:]]
        return []


def _with_initials(text: str, parts: Sequence[Part], at: int, length: int) -> tuple[Part, ...]:
    """A name, and the initials right before it."""
    first = at
    while (
        first > 0
        and parts[first - 1].is_initial
        and text[parts[first - 1].end : parts[first].start] in (". ", " . ", ".")
    ):
        first -= 1
    return tuple(parts[first : at + length])


class Rewriting:
    """Writes texts with pseudonyms.

    Args:
        names: the pseudonyms.
        known: finds names outside the mentions.
        types: of mentions that are replaced; ``None`` for those of people.
        secret: decides on numbers; ``None`` leaves them as they are.
    """

    def __init__(
        self, names: NameMap, known: KnownNames, types: Sequence[str] | None, secret: Secret | None
    ) -> None:
        self.names, self.known, self._types, self._secret = names, known, types, secret

    def changes(
        self, text: str, mentions: Iterable[tuple[int, int, str]] = (), days: int = 0
    ) -> list[Change]:
        """What changes in a text, from left to right.

        Args:
            text: any string.
            mentions: where they start and end, and their types.
            days: how far dates move.
        """
        found: list[Change] = []
        taken: list[tuple[int, int]] = []
        for match in find_numbers(text) if self._secret else ():
            assert self._secret is not None
            found += changes(match, self._secret, days, self._in_address)
            taken.append(match.span())
        others = []
        for start, end, label in mentions:
            if not is_asked(label, self._types):
                others.append((start, end))
            elif not any(a < end and start < b for a, b in taken):
                category = category_of(label) or "other"
                parts = meaningful(text, category, start, end)
                new = self.names.mention(parts, category)
                found += [Change(p.start, p.end, n) for p, n in zip(parts, new, strict=True)]
                taken.append((start, end))
        for name in self.known.find(text, taken, others):
            if name.is_certain:
                new = self.names.mention(name.parts)
                found += [Change(p.start, p.end, n) for p, n in zip(name.parts, new, strict=True)]
        return sorted(
            {change for change in found if text[change.start : change.end] != change.text}
        )

    def text(self, text: str, days: int = 0) -> str:
        """A text of another column, rewritten."""
        return apply(text, self.changes(text, (), days))

    def _in_address(self, run: str) -> str | None:
        names = self.known.in_address(run)
        return "".join(map(self.names.of, names)) or None


def apply(text: str, found: Sequence[Change]) -> str:
    """A text with changes in it."""
    for start, end, new in reversed(found):
        text = text[:start] + new + text[end:]
    return text
