"""Slots for mentions: ``[PER1]`` in the text that goes out, found again in the answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations

import regex

from textaug.core.example import PROTECTED

# What a slot is written in: the first pair of signs that the text does not have.
SIGNS = (("[", "]"), ("{", "}"), ("<", ">"), ("⟦", "⟧"))
FREE_ORDER = 4  # slots; a pattern for more asks for them in the order of the sentence
LONGEST_NAME = 20  # characters of a label in a slot
KEEP = "KEEP"  # the slot of protected words
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}_]+")
_NO_LETTERS = regex.compile(r"[^\p{L}\p{M}\p{N}]+")


@dataclass(frozen=True)
class Pattern:
    """What an answer must look like: every slot exactly once, in any order.

    Args:
        slots: the slots, with their signs.
        signs: the characters that stand in slots alone.
        lines: whether there may be line breaks.
        count: how many answers, numbered, one on a line.
    """

    slots: tuple[str, ...]
    signs: str = "[]"
    lines: bool = False
    count: int = 1

    def regex(self) -> str:
        """As a regular expression.

        >>> Pattern(("[PER1]",)).regex()
        '[^\\\\[\\\\]\\\\n]*\\\\[PER1\\\\][^\\\\[\\\\]\\\\n]*'
        """
        one = self._alternatives(lambda slot: "".join(map(_escaped, slot)), "")
        lines = [rf"{k}\. {one}" for k in range(1, self.count + 1)]
        return one if self.count == 1 else r"\n".join(lines)

    def bare(self) -> str:
        """What it must not look like: a slot's name without its sign."""
        opening = _escaped(self.signs[0])
        names = "|".join("".join(map(_escaped, slot.strip(self.signs))) for slot in self.slots)
        return rf"(?s:(.*[^{opening}])?({names}).*)"

    def gbnf(self) -> str:
        """As a grammar of llama.cpp."""
        one = self._alternatives(lambda slot: f'"{slot}"', " ")
        lines = [f'"{k}. " one' for k in range(1, self.count + 1)]
        root = "one" if self.count == 1 else ' "\\n" '.join(lines)
        return f"root ::= {root}\none ::= {one}\n"

    def _alternatives(self, literal, glue: str) -> str:  # type: ignore[no-untyped-def]
        excluded = "".join(map(_escaped, self.signs)) + ("" if self.lines else r"\n")
        text = f"[^{excluded}]"
        if not self.slots:
            return text + "+"
        free = len(self.slots) <= FREE_ORDER
        orders = sorted(permutations(self.slots)) if free else [self.slots]
        # Two slots side by side are no sentence.
        made = [
            glue.join([text + "*", f"{glue}{text}+{glue}".join(map(literal, order)), text + "*"])
            for order in orders
        ]
        return made[0] if len(made) == 1 else f"({'|'.join(made)})"


def _escaped(sign: str) -> str:
    return sign if sign.isalnum() or sign == "_" else "\\" + sign


@dataclass(frozen=True)
class Slots:
    """The slots of one sentence.

    Args:
        names: one for each mention, without signs.
        signs: what opens and closes a slot.
    """

    names: tuple[str, ...]
    signs: tuple[str, str] = SIGNS[0]

    @classmethod
    def of(cls, labels: Sequence[str], outside: str) -> Slots | None:
        """Slots for mentions with these labels, ``None`` if their text holds all the signs.

        Args:
            labels: of the mentions in their order.
            outside: the text outside the mentions.

        >>> Slots.of(["PER", "creative-work", "PER"], "met and").names
        ('PER1', 'CREATIVE_WORK1', 'PER2')
        """
        free = [pair for pair in SIGNS if not any(sign in outside for sign in pair)]
        if not free:
            return None
        numbers: Counter[str] = Counter()
        names = []
        for label in labels:
            name = KEEP if label == PROTECTED else _NO_LETTERS.sub("_", label).strip("_").upper()
            name = name[:LONGEST_NAME] or "SLOT"
            name += "_" * name[-1].isdigit()
            numbers[name] += 1
            names.append(f"{name}{numbers[name]}")
        return cls(tuple(names), free[0])

    @property
    def written(self) -> tuple[str, ...]:
        """The slots with their signs."""
        return tuple(self.signs[0] + name + self.signs[1] for name in self.names)

    def fill(self, segments: Sequence[str]) -> str:
        """The text with slots between its segments."""
        return segments[0] + "".join(
            slot + segment for slot, segment in zip(self.written, segments[1:], strict=True)
        )

    @cached_property
    def _finder(self) -> regex.Pattern[str]:
        # A group for each: what matches without regard to case is not always its upper case. The
        # Kelvin sign matches "K".
        names = "|".join(f"({regex.escape(name)})" for name in self.names) or "(?!)"
        opening, closing = map(regex.escape, self.signs)
        return regex.compile(rf"{opening}\s?(?:{names})\s?{closing}", regex.IGNORECASE)

    def split(self, text: str) -> tuple[list[str], list[int]] | str:
        """The segments between the slots, and the number of the mention in each slot.

        Args:
            text: an answer.

        Returns:
            Segments and numbers; or what is wrong: ``"slot lost"``, ``"slot doubled"``, ``"slot
            written as a word"`` (without its signs), ``"slot invented"``.

        >>> Slots(("PER1", "ORG1")).split("Shares of [ORG1] fell, [PER1] said.")
        (['Shares of ', ' fell, ', ' said.'], [1, 0])
        >>> Slots(("PER1", "ORG1")).split("Shares of ORG1 fell, [PER1] said.")
        'slot written as a word'
        """
        found = list(self._finder.finditer(text))
        order = [match.lastindex - 1 for match in found]
        borders = [0, *(border for match in found for border in match.span()), len(text)]
        segments = [text[a:b] for a, b in zip(borders[::2], borders[1::2], strict=True)]
        rest = "\0".join(segments)
        if not set(self.names).isdisjoint(_WORD.findall(rest)):
            return "slot written as a word"
        if len(set(order)) < len(self.names):
            return "slot lost"
        if len(order) > len(self.names):
            return "slot doubled"
        if any(sign in rest for sign in self.signs):
            return "slot invented"
        return segments, order
