"""Noise: the slips of fingers, scanners and hurried writers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from random import Random
from typing import Unpack

from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Edit, Example
from textaug.core.validation import check_probability

# Rows of keys from the number row down; each row is set half a key further right than the last.
_LAYOUTS = {
    "qwerty": ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "qwertz": ("1234567890ß", "qwertzuiopü", "asdfghjklöä", "yxcvbnm"),
    "azerty": ("1234567890", "azertyuiop", "qsdfghjklm", "wxcvbn"),
    "dvorak": ("1234567890", "',.pyfgcrl", "aoeuidhtns", ";qjkxbmwvz"),
    "jcuken": ("1234567890", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
}

# What scanners mix up, both ways.
_LOOK_ALIKES = (
    ("0", "O"),
    ("1", "l"),
    ("1", "I"),
    ("l", "I"),
    ("5", "S"),
    ("8", "B"),
    ("2", "Z"),
    ("6", "G"),
    ("e", "c"),
    ("h", "b"),
    ("n", "u"),
    ("f", "t"),
    ("i", "j"),
    ("rn", "m"),
    ("cl", "d"),
    ("vv", "w"),
    ("li", "h"),
    ("nn", "m"),
)

CACHE_SIZE = 1 << 16  # words

_MARKS = (",", ".", ";", ":", "!", "?", "-", '"')


@lru_cache
def _neighbours(layout: str) -> dict[str, str]:
    """The letters next to each letter's key, capitals by capitals."""
    where = {
        key: (row, column + row * 0.5)
        for row, keys in enumerate(_LAYOUTS[layout])
        for column, key in enumerate(keys)
    }
    near: dict[str, str] = {}
    for key, (row, column) in where.items():
        if key.isalpha():
            near[key] = "".join(
                other
                for other, (r, c) in where.items()
                if other != key and other.isalpha() and abs(r - row) <= 1 and abs(c - column) <= 1
            )
    small = [key for key in near if len(key.upper()) == 1]  # "ß" has no capital
    capitals = {
        key.upper(): "".join(other.upper() for other in near[key] if other in small)
        for key in small
    }
    return capitals | near


@lru_cache
def _confusions() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one, two in _LOOK_ALIKES:
        found[one] = (*found.get(one, ()), two)
        found[two] = (*found.get(two, ()), one)
    return found


class NoiseInjection(Augmenter):
    """Typing errors, scanning errors, and dropped, swapped or split words.

    Character noise as in Belinkov & Bisk (2018, "Synthetic and Natural Noise Both Break Neural
    Machine Translation"); word noise as in EDA (Wei & Zou 2019). Numbers are left alone: a changed
    digit is another fact, not a typo.

    Args:
        p: share of the words that get noise (at least one per sentence if ``p > 0``).
        char_p: share of the characters of such a word that change (at least one). The default 0
            gives one slip per word, the usual typo.
        operations: which slips; each noisy word draws one that applies to it.

            =============  ==============================================================
            keyboard       a letter becomes the one on a neighbouring key
            swap           two neighbouring letters change places
            insert         a letter too many: doubled, or from a neighbouring key
            delete         a letter is missing (never the only one)
            ocr            look-alikes change places: ``rn``/``m``, ``l``/``1``, ``O``/``0``
            case           ``friday``, ``FRIDAY``, ``fRIDAY``
            punctuation    a mark is inserted behind the word; a mark is left out
            drop           the word is left out (never the last one there is)
            swap_words     the word and the next change places
            split          a blank inside the word
            =============  ==============================================================

            Default: the four slips of the fingers, which keep the number of words.
        layout: ``qwerty``, ``qwertz``, ``azerty``, ``dvorak`` or ``jcuken`` (Russian).
        **settings: see :class:`~textaug.Augmenter`. ``target="mentions"`` makes misspelt names.

    Raises:
        ValueError: for a probability out of range, an unknown operation or layout.

    >>> NoiseInjection(p=0.3, seed=1)("The match was abandoned because of fog .").count(" ")
    7
    """

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
        unknown = [name for name in self.operations if name not in (*_LETTERS, *_WORDS)]
        if unknown or not self.operations:
            raise ValueError(
                f"operations={self.operations}: choose from {', '.join((*_LETTERS, *_WORDS))}"
            )
        if layout not in _LAYOUTS:
            raise ValueError(f"layout={layout!r}: must be one of {', '.join(_LAYOUTS)}")
        super().__init__(**settings)

    def edits(self, example: Example, rng: Random) -> list[Edit]:
        """One slip for each chosen word."""
        tokens = example.tokens
        allowed = example.positions(self.target)
        marks = "punctuation" in self.operations
        words = [i for i in allowed if _has_letter(tokens[i]) or (marks and tokens[i] in _MARKS)]
        near = _neighbours(self.layout)
        edits: list[Edit] = []
        done = 0  # tokens before this one are taken
        for i in self.choose(words, self.p, rng):
            if i < done:
                continue
            left = list(self.operations)
            while left:
                operation = left.pop(int(rng.random() * len(left)))
                if operation in _LETTERS:
                    edit = self._misspell(operation, tokens[i], i, near, rng)
                else:
                    edit = _WORDS[operation](example, i, rng)
                if edit is not None:
                    edits.append(edit)
                    done = edit.end
                    break
        if edits and all(e.tokens == () for e in edits) and len(edits) == len(tokens):
            edits.pop()  # never drop all there is
        return edits

    def _misspell(
        self, operation: str, word: str, i: int, near: dict[str, str], rng: Random
    ) -> Edit | None:
        slip = _LETTERS[operation]
        new = slip(word, near, rng)
        if self.char_p:
            for _ in range(sum(rng.random() < self.char_p for _ in word) - 1):
                new = slip(new, near, rng)
        return Edit(i, i + 1, (new,)) if new != word and new else None


@lru_cache(CACHE_SIZE)
def _has_letter(word: str) -> bool:
    return any(map(str.isalpha, word))


def _cased(character: str, like: str) -> str:
    return character.upper() if like.isupper() else character


def _place(word: str, fits: Callable[[str], bool], rng: Random) -> int | None:
    """The place of a character that fits, each as likely as the others."""
    i = int(rng.random() * len(word))
    if fits(word[i]):  # as nearly always
        return i
    places = [i for i, c in enumerate(word) if fits(c)]
    return places[int(rng.random() * len(places))] if places else None


def _keyboard(word: str, near: dict[str, str], rng: Random) -> str:
    i = _place(word, near.__contains__, rng)
    if i is None:
        return word
    keys = near[word[i]]
    return word[:i] + keys[int(rng.random() * len(keys))] + word[i + 1 :]


def _swap(word: str, near: dict[str, str], rng: Random) -> str:
    pairs = [
        i
        for i in range(len(word) - 1)
        if word[i].isalpha() and word[i + 1].isalpha() and word[i] != word[i + 1]
    ]
    if not pairs:
        return word
    i = pairs[int(rng.random() * len(pairs))]
    left, right = word[i], word[i + 1]
    if left.isupper() and right.islower():  # "The" becomes "Hte", as it is typed
        left, right = left.lower(), _cased(right, left)
    return word[:i] + right + left + word[i + 2 :]


def _insert(word: str, near: dict[str, str], rng: Random) -> str:
    i = _place(word, str.isalpha, rng)
    if i is None:
        return word
    letter = new = word[i]
    if rng.random() < 0.5:
        new = rng.choice(near.get(letter, letter))
    return word[: i + 1] + (new if i else new.lower()) + word[i + 1 :]


def _delete(word: str, near: dict[str, str], rng: Random) -> str:
    i = _place(word, str.isalpha, rng)
    return word if i is None or len(word) < 2 else word[:i] + word[i + 1 :]


def _ocr(word: str, near: dict[str, str], rng: Random) -> str:
    confusions = _confusions()
    pieces = [(i, word[i : i + n]) for n in (1, 2) for i in range(len(word) - n + 1)]
    places = [(i, piece) for i, piece in pieces if piece in confusions]
    if not places:
        return word
    i, piece = places[rng.randrange(len(places))]
    return word[:i] + rng.choice(confusions[piece]) + word[i + len(piece) :]


def _case(word: str, near: dict[str, str], rng: Random) -> str:
    forms = [f for f in (word.lower(), word.upper(), word.swapcase(), word.title()) if f != word]
    return rng.choice(forms) if forms else word


def _punctuate(example: Example, i: int, rng: Random) -> Edit | None:
    if example.tokens[i] in _MARKS:
        return Edit(i, i + 1, ())
    return Edit(i + 1, i + 1, (rng.choice(_MARKS),))


def _drop(example: Example, i: int, rng: Random) -> Edit | None:
    return Edit(i, i + 1, ()) if _has_letter(example.tokens[i]) else None


def _swap_words(example: Example, i: int, rng: Random) -> Edit | None:
    tokens = example.tokens
    if i + 1 >= len(tokens) or not _has_letter(tokens[i]) or not _has_letter(tokens[i + 1]):
        return None
    borders = {border for span in example.spans for border in (span.start, span.end)}
    if i + 1 in borders or tokens[i] == tokens[i + 1]:
        return None  # both words lie in one mention, or both outside
    return Edit(i, i + 2, (tokens[i + 1], tokens[i]), origins=(i + 1, i))


def _split(example: Example, i: int, rng: Random) -> Edit | None:
    word = example.tokens[i]
    if len(word) < 4 or not word.isalpha():
        return None
    cut = rng.randrange(1, len(word))
    return Edit(i, i + 1, (word[:cut], word[cut:]))


_LETTERS: dict[str, Callable[[str, dict[str, str], Random], str]] = {
    "keyboard": _keyboard,
    "swap": _swap,
    "insert": _insert,
    "delete": _delete,
    "ocr": _ocr,
    "case": _case,
}
_WORDS: dict[str, Callable[[Example, int, Random], Edit | None]] = {
    "punctuation": _punctuate,
    "drop": _drop,
    "swap_words": _swap_words,
    "split": _split,
}
