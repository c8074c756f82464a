"""English inflection: lemmas, forms and the readings of a word."""

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
    coarse_pos,
    senses_of,
    tagged_uses,
)

UNINFLECTED_TAGS = frozenset({"NN", "VB", "VBP", "JJ", "RB"})
DEGREE_WORDS = {"JJR": "more", "RBR": "more", "JJS": "most", "RBS": "most"}
# Without a part of speech given, the word's most frequent one must make up this share.
DOMINANT_POS_SHARE = 0.95
# A synonym that is nearly always another part of speech misleads ("wet" for the noun "moisture").
SMALLEST_POS_SHARE = 0.1


# Inflection


@lru_cache(CACHE_SIZE)
def lemmas_of(word: str, letter: str) -> tuple[str, ...]:
    """The lemmas that a lower-case word may be an inflection of."""
    return tuple(dict.fromkeys((word, *_all_lemmas(word).get(POS_NAMES[letter], ()))))


@lru_cache(CACHE_SIZE)
def _all_lemmas(word: str) -> Mapping[str, tuple[str, ...]]:
    import lemminflect

    found: dict[str, tuple[str, ...]] = lemminflect.getAllLemmas(word)  # by part of speech
    return found


@lru_cache(CACHE_SIZE)
def inflected_forms(lemma: str, tag: str) -> tuple[str, ...]:
    """One word inflected, in all its spellings."""
    import lemminflect

    if tag in UNINFLECTED_TAGS:
        return (lemma,)
    # A comparative is formed only where the dictionary has it: "larger", but "more important".
    found: tuple[str, ...] = lemminflect.getInflection(
        lemma, tag, inflect_oov=tag not in DEGREE_WORDS
    )
    return found or (f"{DEGREE_WORDS[tag]} {lemma}",)


def inflect(lemma: str, tag: str) -> str:
    """A lemma of one or several words inflected at its head."""
    words = lemma.split(" ")
    head = 0 if tag in PENN_TAGS[VERB] else -1
    words[head] = inflected_forms(words[head], tag)[0]
    return " ".join(words)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a surface word may be."""

    lemma: str
    letter: str
    tags: tuple[str, ...]


def readings_of(word: str, pos: str | None) -> list[Reading]:
    """Every reading of a lower-case word that the part of speech allows and WordNet knows."""
    readings = []
    for letter in PENN_TAGS if pos is None else [coarse_pos(pos)]:
        if letter is None:
            continue
        allowed = [tag for tag in PENN_TAGS[letter] if tag == pos or pos not in PENN_TAGS[letter]]
        for lemma in lemmas_of(word, letter):
            if not senses_of(lemma, letter):
                continue  # first, as most words have none, and inflecting what is no word is slow
            tags = tuple(tag for tag in allowed if word in inflected_forms(lemma, tag))
            if tags:
                readings.append(Reading(lemma, letter, tags))
    return readings


@lru_cache(CACHE_SIZE)
def grammatical_forms(word: str) -> frozenset[str]:
    """What an English word can be in a sentence, as tags of the Penn Treebank.

    Rare uses ("to paper a wall") are left out, and rare spellings (the plural "conflict"). Empty
    for a word that WordNet does not have.

    >>> sorted(grammatical_forms("Reported"))
    ['VBD', 'VBN']
    """
    word = word.lower()
    readings = readings_of(word, None)
    uses = [tagged_uses(reading.lemma, reading.letter) + PRIOR_COUNT for reading in readings]
    return frozenset(
        tag
        for reading, count in zip(readings, uses, strict=True)
        if count >= SMALLEST_POS_SHARE * sum(uses)
        for tag in reading.tags
        if inflected_forms(reading.lemma, tag)[0] == word
    )


def dominant_reading(readings: Sequence[Reading]) -> Reading | None:
    """The reading that makes up most of the word's uses, if one does."""
    uses = [tagged_uses(reading.lemma, reading.letter) + PRIOR_COUNT for reading in readings]
    for reading, count in zip(readings, uses, strict=True):
        if count >= DOMINANT_POS_SHARE * sum(uses):
            return reading
    return None
