"""English ``a`` and ``an``: which one a word takes, and the edit that corrects it."""

from __future__ import annotations

import re
import unicodedata

from textaug.core.example import Edit, Example
from textaug.language.casing import match_case

# Letters whose names begin with a vowel sound: "an F", "an MP". U does not: "a UN envoy".
_VOWEL_NAMES = frozenset("AEFHILMNORSX")
_VOWELS = "aeiou"

_ACRONYM = re.compile(r"([A-Z]+)s?(?![A-Za-z])")  # FBI, MPs, U-turn, NBA-record
# Pronounced as a word, not letter by letter: NATO, FIFA, most words of a headline in capitals.
_READABLE = re.compile(
    r"(?:S[CHKLMNPQTW][HLR]?|F[LR]|RH|[^AEIOUY])?[AEIOUY]{1,2}(?<!AA)"
    r"(?:[^AEIOUY]{1,4}[AEIOUY]{1,2})*[^AEIOUY]{0,4}"
)
_READABLE_LENGTH = 4  # letters; shorter ones are mostly spelled (FBI), or ambiguous (SIM)

# Words whose first letter does not tell the sound.
_AN = re.compile(r"hour|hono[u]?r(?!e\b)|honest|heir|y[^aeiou\W]|[xfhlmnrs]-")
_A = re.compile(
    r"eu|ewe|once\b|one(?:s|self|ness)?\b|ouija|u\b|u-|ub[ei]q|ugand|uk|unanim|ufo|uy|uig|"
    r"uni(?!d[ei]n|de|m[ap]|n|r|ss)|ur[aeiou]|us[aeiu]|ut[aeio]|uv[aeu]"
)
_EITHER = re.compile(r"herb|homage|histori|hotel\b|habitual|hysteri")  # "a herb", "an herb"
# Numbers as pronounced: 8, 80, 8,000; 11, 18, 11th, 18,000. A year (1848) has two readings.
_AN_NUMBER = re.compile(r"8|1[18](?!\d|[.,]\d\d?(?!\d))")
_EITHER_NUMBER = re.compile(r"1[18]\d\d(?!\d)")

ARTICLES = frozenset({"a", "an", "A", "An", "AN"})


def article_for(word: str) -> str | None:
    """The indefinite article before an English word, by its sound.

    By rules, not by a pronunciation dictionary: for silent h, the "you" and "w" sounds, spelled
    acronyms, and numbers.

    Args:
        word: a word, an acronym or a number, in its own case.

    Returns:
        ``"a"`` or ``"an"``; ``None`` if both are used or the rules do not decide.

    >>> [article_for(word) for word in ("hour", "house", "university", "FBI", "NATO", "herb")]
    ['an', 'a', 'a', 'an', 'a', None]
    """
    plain = unicodedata.normalize("NFKD", word)
    first = plain[:1]
    if first.isdigit():
        if _AN_NUMBER.match(plain):
            return "an"
        return None if _EITHER_NUMBER.match(plain) else "a"
    if not (first.isascii() and first.isalpha()):
        return None
    acronym = _ACRONYM.match(plain)
    if acronym:
        letters = acronym[1]
        by_name = "an" if first in _VOWEL_NAMES else "a"
        if len(letters) < 3 or not re.search("[AEIOUY]", letters[:-1]):
            return by_name
        by_sound = _by_sound(letters.lower())
        if by_name == by_sound:
            return by_name
        if first == "U" or len(letters) < _READABLE_LENGTH:
            return None  # UNESCO and URGENT, SIM and SEC: some are pronounced, some spelled
        return by_sound if _READABLE.fullmatch(letters) else by_name
    return _by_sound(plain.lower())


def _by_sound(word: str) -> str | None:
    if _EITHER.match(word):
        return None
    if _AN.match(word):
        return "an"
    return "an" if word[0] in _VOWELS and not _A.match(word) else "a"


def article_edit(example: Example, position: int, new_word: str) -> Edit | None:
    """The edit that corrects the article before a word that changes, in English text.

    Only if it is certain: the token before is ``a`` or ``an`` outside all mentions, it fits the old
    word, and it does not fit the new one. A capital ``A`` counts as an article only at the start of
    a sentence (``Group A``, ``Serie A``). The article keeps its annotations. Check
    :func:`reads_as_english` first if the language is not known.

    Args:
        example: the example before the change.
        position: index of the token that is replaced, or before which a word is inserted.
        new_word: the new word at that position.

    Returns:
        An edit of the token ``position - 1`` alone, or ``None``. No other edit of the caller may
        touch that token (articles are stop words and are not replaced).

    >>> article_edit(Example(("He", "has", "a", "big", "house")), 3, "enormous")
    Edit(start=2, end=3, tokens=('an',), origins=None)
    >>> article_edit(Example(("He", "has", "a", "big", "house")), 3, "huge")
    """
    if not 0 < position < len(example.tokens):
        return None
    at = position - 1
    article = example.tokens[at]
    if article not in ARTICLES:
        return None
    if any(span.start <= at < span.end for span in example.spans):
        return None
    if article == "A" and at > 0 and any(map(str.isalnum, example.tokens[at - 1])):
        return None
    if article_for(example.tokens[position]) not in (None, article.lower()):
        return None
    wanted = article_for(new_word)
    if wanted in (None, article.lower()):
        return None
    assert wanted is not None
    if article.isupper() and example.is_headline:
        wanted = wanted.upper()
    elif article[0].isupper():
        wanted = wanted.capitalize()
    return Edit(at, position, (wanted,))


def word_edits(example: Example, position: int, form: str) -> list[Edit]:
    """The edits that put a word or phrase in the place of another, in English text.

    It is written in the case of the old word, and the article before it is corrected.

    >>> word_edits(Example(("He", "has", "a", "car")), 3, "automobile")
    [Edit(start=3, end=4, tokens=('automobile',), origins=None), Edit(start=2, end=3, tokens=('an',), origins=None)]
    """  # noqa: E501
    new = tuple(match_case(form, like=example.tokens[position]).split())
    article = article_edit(example, position, new[0])
    return [Edit(position, position + 1, new), *([article] if article else [])]
