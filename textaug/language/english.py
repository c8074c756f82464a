"""Whether a text is English."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from functools import cache

import regex

from textaug.language.word_lists import frequent_english_words, stop_words
from textaug.offline import lower_case_words

logger = logging.getLogger("textaug")

# A text is certainly not English if it has at least this many different lower-case words, and less
# than this share of them is known. No English sentence of CoNLL-2003's 14,041 is such a text.
FEWEST_WORDS = 5
SMALLEST_KNOWN_SHARE = 0.5
# Two letters or more, with a vowel: not an abbreviation ("mln", "yr").
_WORD = regex.compile(r"(?=.*[aeiouy\P{ASCII}])[\p{L}\p{M}]{2,}")
_NOT_LATIN = regex.compile(r"[^\P{L}\p{Latin}]")


def reads_as_english(tokens: Iterable[str]) -> bool:
    """Whether at least one frequent word shows that this is English.

    Strict rather than complete, for methods that work in any language: ``a`` is a word in Spanish
    and Portuguese, ``an`` in German, and must not be "corrected" there.

    >>> reads_as_english("He bought the house".split()), reads_as_english("vai a casa".split())
    (True, False)
    """
    return not frequent_english_words().isdisjoint(map(str.lower, tokens))


def mostly_english(sentences: Collection[Sequence[str]]) -> bool:
    """Whether at least half of the sentences may be English."""
    return 2 * sum(map(is_not_english, sentences)) <= len(sentences)


def is_latin(text: str) -> bool:
    """Whether at least half of the letters are Latin.

    >>> is_latin("Łódź 1945"), is_latin("Москва")
    (True, False)
    """
    return text.isascii() or 2 * len(_NOT_LATIN.findall(text)) <= sum(map(str.isalpha, text))


def is_not_english(tokens: Sequence[str]) -> bool:
    """Whether a text is certainly not English: by its script, or by its unknown words.

    Names, numbers and headlines in capitals do not count: they do not show the language.

    >>> is_not_english("O ministro disse que o governo não planeja novos impostos".split())
    True
    >>> is_not_english("Nordbank prft 7 mln vs loss 371 mln".split())
    False
    """
    if not is_latin("".join(tokens)):
        return True
    if reads_as_english(tokens):
        return False
    words = {token for token in tokens if token.islower() and _WORD.fullmatch(token)}
    known = sum(word in lower_case_words() or word in stop_words() for word in words)
    return len(words) >= FEWEST_WORDS and known < SMALLEST_KNOWN_SHARE * len(words)


@cache
def warn_once(method: str) -> None:
    """Log, once in a process, that a method for English does not change other languages."""
    logger.warning("%s: rows that are not English are left unchanged by it", method)
