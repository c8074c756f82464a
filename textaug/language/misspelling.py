"""Misspellings of one word: typing errors and character recognition errors."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from random import Random

# Rows of keys from the number row down; each row is offset half a key to the right.
LAYOUTS = {
    "qwerty": ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "qwertz": ("1234567890ß", "qwertzuiopü", "asdfghjklöä", "yxcvbnm"),
    "azerty": ("1234567890", "azertyuiop", "qsdfghjklm", "wxcvbn"),
    "dvorak": ("1234567890", "',.pyfgcrl", "aoeuidhtns", ";qjkxbmwvz"),
    "jcuken": ("1234567890", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
}

# What optical character recognition confuses, in both directions.
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


def _cased(character: str, like: str) -> str:
    return character.upper() if like.isupper() else character


def _position(word: str, fits: Callable[[str], bool], rng: Random) -> int | None:
    """The position of a character that fits, drawn uniformly."""
    i = int(rng.random() * len(word))
    if fits(word[i]):  # nearly always
        return i
    found = [i for i, c in enumerate(word) if fits(c)]
    return found[int(rng.random() * len(found))] if found else None


def _keyboard(word: str, near: dict[str, str], rng: Random) -> str:
    i = _position(word, near.__contains__, rng)
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
    if left.isupper() and right.islower():  # "The" becomes "Hte", as people type
        left, right = left.lower(), _cased(right, left)
    return word[:i] + right + left + word[i + 2 :]


def _insert(word: str, near: dict[str, str], rng: Random) -> str:
    i = _position(word, str.isalpha, rng)
    if i is None:
        return word
    letter = new = word[i]
    if rng.random() < 0.5:
        new = rng.choice(near.get(letter, letter))
    return word[: i + 1] + (new if i else new.lower()) + word[i + 1 :]


def _delete(word: str, near: dict[str, str], rng: Random) -> str:
    i = _position(word, str.isalpha, rng)
    return word if i is None or len(word) < 2 else word[:i] + word[i + 1 :]


def _ocr(word: str, near: dict[str, str], rng: Random) -> str:
    confusions = _confusions()
    texts = [(i, word[i : i + n]) for n in (1, 2) for i in range(len(word) - n + 1)]
    found = [(i, text) for i, text in texts if text in confusions]
    if not found:
        return word
    i, text = found[rng.randrange(len(found))]
    return word[:i] + rng.choice(confusions[text]) + word[i + len(text) :]


def _case(word: str, near: dict[str, str], rng: Random) -> str:
    forms = [f for f in (word.lower(), word.upper(), word.swapcase(), word.title()) if f != word]
    return rng.choice(forms) if forms else word


# Each function takes a word, the neighbours of each letter's key and a generator. It returns the
# misspelt word, or the word itself if the operation does not apply.
MISSPELLINGS: dict[str, Callable[[str, dict[str, str], Random], str]] = {
    "keyboard": _keyboard,
    "swap": _swap,
    "insert": _insert,
    "delete": _delete,
    "ocr": _ocr,
    "case": _case,
}
