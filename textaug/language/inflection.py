"""English inflection: lemmas, inflected forms and the readings of a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from textaug.language.senses import (
    CACHE_SIZE,
    PENN_TAGS,
    POS_NAMES,
    PRIOR_COUNT,
    VERB,
    senses_of,
    tagged_uses,
)

UNINFLECTED_TAGS = frozenset({"NN", "VB", "VBP", "JJ", "RB"})
DEGREE_WORDS = {"JJR": "more", "RBR": "more", "JJS": "most", "RBS": "most"}
# The most frequent part of speech of a word must have this share, as the sentence is not read.
DOMINANT_POS_SHARE = 0.95
# A synonym that is nearly always another part of speech misleads ("wet" for the noun "moisture").
SMALLEST_POS_SHARE = 0.1


@lru_cache(CACHE_SIZE)
def lemmas_of(word: str, letter: str) -> tuple[str, ...]:
    """The lemmas that a lower-case word may be a form of."""
    return tuple(dict.fromkeys((word, *_all_lemmas(word).get(POS_NAMES[letter], ()))))


@lru_cache(CACHE_SIZE)
def _all_lemmas(word: str) -> Mapping[str, tuple[str, ...]]:
    import lemminflect

    found: dict[str, tuple[str, ...]] = lemminflect.getAllLemmas(word)  # by part of speech
    return found


@lru_cache(CACHE_SIZE)
def inflected_forms(lemma: str, tag: str) -> tuple[str, ...]:
    """The inflected forms of one word: all its spellings."""
    import lemminflect

    if tag in UNINFLECTED_TAGS:
        return (lemma,)
    # Comparatives only from the dictionary: "larger", but "more important".
    found: tuple[str, ...] = lemminflect.getInflection(
        lemma, tag, inflect_oov=tag not in DEGREE_WORDS
    )
    return found or (f"{DEGREE_WORDS[tag]} {lemma}",)


def inflect(lemma: str, tag: str) -> str:
    """A lemma of one or several words, inflected at its head."""
    words = lemma.split(" ")
    head = 0 if tag in PENN_TAGS[VERB] else -1
    words[head] = inflected_forms(words[head], tag)[0]
    return " ".join(words)


@dataclass(frozen=True, slots=True)
class Reading:
    """One analysis of a surface word."""

    lemma: str
    letter: str
    tags: tuple[str, ...]


@lru_cache(CACHE_SIZE)
def readings_of(word: str) -> tuple[Reading, ...]:
    """Every reading of a lower-case word that WordNet knows."""
    readings = []
    for letter, penn_tags in PENN_TAGS.items():
        for lemma in lemmas_of(word, letter):
            if not senses_of(lemma, letter):
                continue  # checked first: most words have none, and inflection is slow
            tags = tuple(tag for tag in penn_tags if word in inflected_forms(lemma, tag))
            if tags:
                readings.append(Reading(lemma, letter, tags))
    return tuple(readings)


def reading_shares(readings: Sequence[Reading]) -> list[float]:
    """The share of each reading in all uses of the word."""
    uses = [tagged_uses(reading.lemma, reading.letter) + PRIOR_COUNT for reading in readings]
    return [count / sum(uses) for count in uses]


@lru_cache(CACHE_SIZE)
def grammatical_forms(word: str) -> frozenset[str]:
    """The Penn Treebank tags that an English word can have in a sentence.

    Rare uses ("to paper a wall") and rare spellings (the plural "conflict") are left out. Empty
    for a word that is not in WordNet.

    >>> sorted(grammatical_forms("Reported"))
    ['VBD', 'VBN']
    """
    word = word.lower()
    readings = readings_of(word)
    return frozenset(
        tag
        for reading, share in zip(readings, reading_shares(readings), strict=True)
        if share >= SMALLEST_POS_SHARE
        for tag in reading.tags
        if inflected_forms(reading.lemma, tag)[0] == word
    )


def dominant_reading(readings: Sequence[Reading]) -> Reading | None:
    """The reading that makes up most of the word's uses, if there is one."""
    for reading, share in zip(readings, reading_shares(readings), strict=True):
        if share >= DOMINANT_POS_SHARE:
            return reading
    return None
