"""The word lists in ``textaug/data``, each read once, on first use."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"


def read_lines(file: str) -> list[str]:
    """The lines of one data file."""
    content = (DATA / file).read_bytes()
    return (gzip.decompress(content) if file.endswith(".gz") else content).decode().splitlines()


def _words(file: str) -> frozenset[str]:
    return frozenset(word for line in read_lines(file) for word in line.split())


@cache
def stop_words() -> frozenset[str]:
    """English function words, numbers and light verbs: none of them has a safe synonym.

    >>> {"the", "take", "seven"} <= stop_words()
    True
    """
    return _words("stop_words.txt")


@cache
def terms() -> frozenset[str]:
    """Entries of two words that WordNet has and textaug's list of synonyms has not.

    >>> {"first lady", "grand prix"} <= terms()
    True
    """
    return frozenset(read_lines("terms.txt.gz"))


@cache
def misleading_synonyms() -> frozenset[str]:
    """Words that are not replaced (``word``), and synonyms that are not used (``word/synonym``).

    In the tagged texts of WordNet (the Brown corpus, of 1961) another sense of these words is the
    most frequent one than in today's texts, or the synonym reads badly in most sentences.
    """
    return _words("misleading_synonyms.txt")


@cache
def frequent_english_words() -> frozenset[str]:
    """Frequent words that hardly occur in other languages with Latin letters.

    Many frequent words are left out because they do: "of" is Dutch, "for" Danish, "on" French,
    "was" German, "has" Spanish, "any" Catalan.
    """
    return _words("english_words.txt")
