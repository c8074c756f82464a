"""How tags are written: the letter, the type and the separator."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

_BEFORE = re.compile(r"([A-Za-z])([-_])(.+)", re.DOTALL)
_BEHIND = re.compile(r"(.+)([-_])([A-Za-z])", re.DOTALL)


class Spelling(NamedTuple):
    """How a tag is written.

    Attributes:
        letters: what stands for B, I, E and S.
        layout: ``"before"`` (``B-PER``), ``"behind"`` (``PER-B``), ``"untyped"`` (``B``) or
            ``"bare"`` (``PER``).
        separator: between letter and type.
        outside: the tag of a token in no mention.
    """

    letters: str = "BIES"
    layout: str = "before"
    separator: str = "-"
    outside: str = "O"

    def join(self, letter: str, label: str) -> str:
        """The tag of a canonical letter and a type."""
        if self.layout == "bare":
            return label
        written = self.letters["BIES".index(letter)]
        if self.layout == "untyped":
            return written
        pair = (written, label) if self.layout == "before" else (label, written)
        return self.separator.join(pair)


USUAL = Spelling()


def outside_of(names: Iterable[str]) -> str:
    """The tag of a token in no mention."""
    return "o" if "o" in (known := set(names)) and "O" not in known else "O"


@lru_cache(maxsize=256)
def spelling_of(names: tuple[str, ...]) -> Spelling | None:
    """How these label names are written; ``None`` if they are not tags with letters.

    >>> spelling_of(("O", "PER_B", "PER_I")).layout
    'behind'
    """
    outside = outside_of(names)
    rest = [name for name in names if name not in ("O", "o")]
    if not rest:
        return Spelling(outside=outside)
    for layout, pattern in (("before", _BEFORE), ("behind", _BEHIND), ("untyped", None)):
        if pattern is None:
            letters = [name if len(name) == 1 else "" for name in rest]
            separators = {""}
        else:
            matches = [match for name in rest if (match := pattern.fullmatch(name))]
            if len(matches) < len(rest):
                continue
            letters = [match[1 if layout == "before" else 3] for match in matches]
            separators = {match[2] for match in matches}
        used = {letter.upper() for letter in letters}
        same_case = len({letter.isupper() for letter in letters}) == 1
        if len(separators) == 1 and same_case and used <= set("BIESLUMW"):
            written = _letters_of(used, names)
            written = written if letters[0].isupper() else written.lower()
            return Spelling(written, layout, separators.pop(), outside)
    return None


def _letters_of(used: set[str], names: Sequence[str]) -> str:
    for letters in ("BIES", "BILU", "BMES", "BMEW"):
        if used <= set(letters):
            return letters
    odd = [name for name in names if name not in ("O", "o")]
    raise ValueError(f"these labels do not belong to one tag scheme: {', '.join(odd[:6])}")


@lru_cache(maxsize=16_384)
def split_tag(tag: str, spelling: Spelling = USUAL) -> tuple[str, str]:
    """The canonical letter (B, I, E, S) and the type of a tag; ``("", tag)`` if it has none.

    >>> split_tag("B-PER"), split_tag("O"), split_tag("U-PER"), split_tag("NN")
    (('B', 'PER'), ('', 'O'), ('S', 'PER'), ('', 'NN'))
    """
    if tag == spelling.outside:
        return "", tag
    if spelling.layout == "bare":
        return "I", tag
    if spelling.layout == "untyped":
        return (_canonical(tag, spelling.letters), "") if len(tag) == 1 else ("", tag)
    pattern = _BEFORE if spelling.layout == "before" else _BEHIND
    match = pattern.fullmatch(tag)
    if match is None or match[2] != spelling.separator:
        return "", tag
    written, label = (match[1], match[3]) if spelling.layout == "before" else (match[3], match[1])
    letter = _canonical(written, spelling.letters)
    return (letter, label) if letter else ("", tag)


def _canonical(written: str, letters: str) -> str:
    """B, I, E or S for a letter, in any spelling unless another one is in use."""
    if written in letters:
        return "BIES"[letters.index(written)]
    every = {"B": "B", "I": "I", "M": "I", "E": "E", "L": "E", "S": "S", "U": "S", "W": "S"}
    return every.get(written, "") if letters == "BIES" and written in "LU" else ""


def prefixed(tag: str) -> bool:
    """Whether a tag is that of a mention: ``"B-PER"``, but not ``"O"`` or ``"NN"``."""
    return split_tag(tag)[0] != ""
