"""Misspellings of one word: typing errors and character recognition errors."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from random import Random

import regex

Characters = tuple[str, ...]  # the graphemes of a word

# Rows of keys from the number row down; each row is offset half a key to the right.
LAYOUTS = {
    "qwerty": ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "qwertz": ("1234567890ß", "qwertzuiopü", "asdfghjklöä", "yxcvbnm"),
    "azerty": ("1234567890", "azertyuiop", "qsdfghjklm", "wxcvbn"),
    "dvorak": ("1234567890", "',.pyfgcrl", "aoeuidhtns", ";qjkxbmwvz"),
    "jcuken": ("1234567890", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
}

# Characters that optical character recognition confuses, in both directions.
_LOOK_ALIKES = """
0/O 1/l 1/I l/I 5/S 8/B 2/Z 6/G e/c h/b n/u f/t i/j rn/m cl/d vv/w li/h nn/m
"""


@lru_cache
def key_neighbours(layout: str) -> dict[str, str]:
    """The letters on the keys next to each letter's key; for capitals, capitals."""
    where = {
        key: (row, column + row * 0.5)
        for row, keys in enumerate(LAYOUTS[layout])
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
    for one, two in (pair.split("/") for pair in _LOOK_ALIKES.split()):
        found[one] = (*found.get(one, ()), two)
        found[two] = (*found.get(two, ()), one)
    return found


CACHE_SIZE = 1 << 16  # words
_GRAPHEME = regex.compile(r"\X")


@lru_cache(CACHE_SIZE)
def graphemes(word: str) -> tuple[str, ...]:
    """The characters of a word as a reader counts them: letters with all their marks.

    >>> graphemes("हिन्दी")[0], len(graphemes("e\u0301te\u0301"))
    ('हि', 3)
    """
    return tuple(word) if word.isascii() else tuple(_GRAPHEME.findall(word))


def is_letter(character: str) -> bool:
    """Whether a grapheme is a letter, with or without marks."""
    return character[0].isalpha()


def _cased(character: str, like: str) -> str:
    return character.upper() if like.isupper() else character


def _position(word: Characters, fits: Callable[[str], bool], rng: Random) -> int | None:
    """The position of a character that fits, sampled uniformly."""
    i = int(rng.random() * len(word))
    if fits(word[i]):  # nearly always
        return i
    found = [i for i, c in enumerate(word) if fits(c)]
    return found[int(rng.random() * len(found))] if found else None


def _keyboard(word: Characters, near: dict[str, str], rng: Random) -> Characters:
    i = _position(word, near.__contains__, rng)
    if i is None:
        return word
    keys = near[word[i]]
    return (*word[:i], keys[int(rng.random() * len(keys))], *word[i + 1 :])


def _swap(word: Characters, near: dict[str, str], rng: Random) -> Characters:
    pairs = [
        i
        for i in range(len(word) - 1)
        if is_letter(word[i]) and is_letter(word[i + 1]) and word[i] != word[i + 1]
    ]
    if not pairs:
        return word
    i = pairs[int(rng.random() * len(pairs))]
    left, right = word[i], word[i + 1]
    if left.isupper() and right.islower():  # "The" becomes "Hte", as people type
        left, right = left.lower(), _cased(right, left)
    return (*word[:i], right, left, *word[i + 2 :])


def _insert(word: Characters, near: dict[str, str], rng: Random) -> Characters:
    i = _position(word, is_letter, rng)
    if i is None:
        return word
    letter = new = word[i]
    if rng.random() < 0.5:
        new = rng.choice(near.get(letter) or (letter,))
    return (*word[: i + 1], new if i else new.lower(), *word[i + 1 :])


def _delete(word: Characters, near: dict[str, str], rng: Random) -> Characters:
    i = _position(word, is_letter, rng)
    return word if i is None or len(word) < 2 else word[:i] + word[i + 1 :]


def _ocr(word: Characters, near: dict[str, str], rng: Random) -> Characters:
    confusions = _confusions()
    texts = [(i, n, "".join(word[i : i + n])) for n in (1, 2) for i in range(len(word) - n + 1)]
    found = [(i, n, text) for i, n, text in texts if text in confusions]
    if not found:
        return word
    i, n, text = found[rng.randrange(len(found))]
    return (*word[:i], *rng.choice(confusions[text]), *word[i + n :])


def _case(word: Characters, near: dict[str, str], rng: Random) -> Characters:
    old = "".join(word)
    forms = [f for f in (old.lower(), old.upper(), old.swapcase(), old.title()) if f != old]
    return graphemes(rng.choice(forms)) if forms else word


# Each function takes the graphemes of a word, the neighbours of each letter's key and a generator.
# It returns the misspelt word, or the word itself if the operation does not apply.
MISSPELLINGS: dict[str, Callable[[Characters, dict[str, str], Random], Characters]] = {
    "keyboard": _keyboard,
    "swap": _swap,
    "insert": _insert,
    "delete": _delete,
    "ocr": _ocr,
    "case": _case,
}


def misspelt(
    word: str, operation: str, near: dict[str, str], rng: Random, char_p: float = 0.0
) -> str:
    """A word with one error, or with one for each character that ``char_p`` chooses.

    Args:
        word: not empty.
        operation: a key of :data:`MISSPELLINGS`.
        near: the neighbours of each letter's key, see :func:`key_neighbours`.
        rng: the random generator.
        char_p: share of the characters that change; at least one does.

    Returns:
        Another word, or ``word`` itself if the operation does not apply. No grapheme is ever split
        or merged with its neighbour.

    >>> misspelt("hour", "swap", key_neighbours("qwerty"), Random(1))
    'ohur'
    """
    characters = graphemes(word)
    misspell = MISSPELLINGS[operation]
    new = misspell(characters, near, rng)
    if char_p:
        for _ in range(sum(rng.random() < char_p for _ in characters) - 1):
            new = misspell(new, near, rng)
    text = "".join(new)
    # Some letters, such as the jamo of Hangul, join the character before them.
    return text if text.isascii() or tuple(_GRAPHEME.findall(text)) == new else word
