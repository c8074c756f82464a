"""Noise: typing errors, character recognition errors, and lost or swapped words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from random import Random
from typing import Unpack

from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Edit, Example
from textaug.core.validation import check_probability
from textaug.language.casing import move_capitals
from textaug.language.misspelling import (
    CACHE_SIZE,
    LAYOUTS,
    MISSPELLINGS,
    graphemes,
    is_letter,
    key_neighbours,
    misspelt,
)

_PUNCTUATION = (",", ".", ";", ":", "!", "?", "-", '"')
_MOVING = frozenset({"drop", "swap_words"})


class NoiseInjection(Augmenter):
    """Typing errors, character recognition errors, and dropped, swapped or split words.

    Character noise as in Belinkov & Bisk (2018, "Synthetic and Natural Noise Both Break Neural
    Machine Translation"); word noise as in EDA (Wei & Zou 2019). Numbers are not changed: another
    digit is another fact, not a typing error. A letter keeps its marks (accents, vowel signs).

    Args:
        p: share of the words that get noise (at least one per sentence if ``p > 0``).
        char_p: share of the characters of such a word that change (at least one). The default 0
            gives one error per word.
        operations: which errors; for each noisy word, one that applies to it is sampled.

            =============  ==============================================================
            keyboard       a letter becomes the one on a neighbouring key
            swap           two neighbouring letters are swapped
            insert         an extra letter: doubled, or from a neighbouring key
            delete         a letter is missing (never the only one)
            ocr            similar shapes are confused: ``rn``/``m``, ``l``/``1``, ``O``/``0``
            case           ``friday``, ``FRIDAY``, ``fRIDAY``
            punctuation    a mark is inserted after the word; a mark is deleted
            drop           the word is deleted (never the only one left)
            swap_words     the word and the next one are swapped
            split          a space inside the word
            =============  ==============================================================

            Default: the four typing errors, which keep the number of words. In English, the first
            word of a sentence keeps its capital when words are dropped or swapped.
        layout: ``qwerty``, ``qwertz``, ``azerty``, ``dvorak`` or ``jcuken`` (Russian).
        **settings: see :class:`~textaug.Augmenter`. ``target="mentions"`` misspells names.

    Raises:
        ValueError: for a probability out of range, an unknown operation or layout.

    >>> NoiseInjection(p=0.3, seed=1)("The match was abandoned because of fog .").count(" ")
    7
    """

    keeps_words = True

    def __init__(
        self,
        p: float = 0.1,
        char_p: float = 0.0,
        operations: Sequence[str] = ("keyboard", "swap", "insert", "delete"),
        layout: str = "qwerty",
        **settings: Unpack[Settings],
    ) -> None:
        self.p = check_probability("p", p)
        self.char_p = check_probability("char_p", char_p)
        self.operations = tuple(operations)
        self.layout = layout
        known = (*MISSPELLINGS, *_WORD_EDITS)
        unknown = [name for name in self.operations if name not in known]
        if unknown or not self.operations:
            raise ValueError(f"operations={self.operations}: choose from {', '.join(known)}")
        if layout not in LAYOUTS:
            raise ValueError(f"layout={layout!r}: must be one of {', '.join(LAYOUTS)}")
        super().__init__(**settings)

    def edits(self, example: Example, rng: Random) -> list[Edit]:
        """One error for each chosen word."""
        tokens = example.tokens
        allowed = example.positions(self.target)
        marks = _PUNCTUATION if "punctuation" in self.operations else ()
        words = [i for i in allowed if _has_letter(tokens[i]) or tokens[i] in marks]
        near = key_neighbours(self.layout)
        edits: list[Edit] = []
        done = 0  # tokens before this one are already edited
        for i in self.choose(words, self.p, rng):
            if i < done:
                continue
            left = list(self.operations)
            while left:
                operation = left.pop(int(rng.random() * len(left)))
                if operation in MISSPELLINGS:
                    new = misspelt(tokens[i], operation, near, rng, self.char_p)
                    edit = Edit(i, i + 1, (new,)) if new != tokens[i] else None
                else:
                    edit = _WORD_EDITS[operation](example, i, rng)
                if edit is not None:
                    edits.append(edit)
                    done = edit.end
                    break
        if edits and all(e.tokens == () for e in edits) and len(edits) == len(tokens):
            edits.pop()  # never drop all words
        return edits if _MOVING.isdisjoint(self.operations) else move_capitals(example, edits)


@lru_cache(CACHE_SIZE)
def _has_letter(word: str) -> bool:
    return any(map(str.isalpha, word))


def _punctuate(example: Example, i: int, rng: Random) -> Edit | None:
    if example.tokens[i] in _PUNCTUATION:
        return Edit(i, i + 1, ())
    return Edit(i + 1, i + 1, (rng.choice(_PUNCTUATION),))


def _drop(example: Example, i: int, rng: Random) -> Edit | None:
    return Edit(i, i + 1, ()) if _has_letter(example.tokens[i]) else None


def _swap_words(example: Example, i: int, rng: Random) -> Edit | None:
    tokens = example.tokens
    if i + 1 >= len(tokens) or not _has_letter(tokens[i]) or not _has_letter(tokens[i + 1]):
        return None
    borders = {border for span in example.spans for border in (span.start, span.end)}
    if i + 1 in borders or tokens[i] == tokens[i + 1]:
        return None  # both words must be in one mention, or both outside mentions
    return Edit(i, i + 2, (tokens[i + 1], tokens[i]), origins=(i + 1, i))


def _split(example: Example, i: int, rng: Random) -> Edit | None:
    word = graphemes(example.tokens[i])
    if len(word) < 4 or not all(map(is_letter, word)):
        return None
    cut = rng.randrange(1, len(word))
    return Edit(i, i + 1, ("".join(word[:cut]), "".join(word[cut:])))


_WORD_EDITS: dict[str, Callable[[Example, int, Random], Edit | None]] = {
    "punctuation": _punctuate,
    "drop": _drop,
    "swap_words": _swap_words,
    "split": _split,
}
