"""What may replace an English word, in any of its senses, with what WordNet says for and against.

Which of these fit is for the sentence to decide: :mod:`textaug.models.word_fit` ranks them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import log, log1p
from typing import NamedTuple

from textaug.language.inflection import (
    Reading,
    inflect,
    reading_shares,
    readings_of,
)
from textaug.language.senses import (
    CACHE_SIZE,
    NOUN,
    VERB,
    Sense,
    antonyms_of,
    familiarity_of,
    gloss_uses,
    sense_shares,
    senses_of,
)
from textaug.language.word_lists import stop_words
from textaug.language.wordnet import UNFAMILIAR, agrees_in_number, can_be_replaced, is_plain_lemma

# Rarer readings of a word are not considered ("to paper a wall").
SMALLEST_READING_SHARE = 0.02
_PARTICIPLES = frozenset({"VBN", "VBG"})
_BEFORE_NOUNS = re.compile(
    "a|an|the|my|your|his|her|its|our|their|every|about|after|against|among|at|before|between|by"
    "|during|for|from|in|into|of|on|over|through|under|upon|with|without"
)
_BEFORE_VERBS = re.compile(
    "he|i|she|they|we|who|you|can|cannot|could|may|might|must|shall|should|will|would"
)
# What WordNet says about a substitute, in the order of `Substitute.features`. Shares are of the
# word's uses in WordNet's tagged texts.
FEATURES = (
    "similar",  # 1 for a similar adjective, else 0
    "similar_share",  # share of the senses in which it is one
    "synonym_share",  # share of the senses that it has in common with the word
    "hypernym_share",  # share of the senses of which it is a hypernym
    "frequency",  # log of its uses in WordNet's glosses
    "senses",  # log of the number of its own senses
)


class Substitute(NamedTuple):
    """One candidate for the place of a word."""

    form: str  # one or several words, in lower case, inflected like the word
    letter: str  # part of speech, as in WordNet
    share: float  # of the uses of the word in which it has this part of speech and inflection
    features: tuple[float, ...]  # see FEATURES


@lru_cache(CACHE_SIZE)
def slot_after(previous: str) -> str:
    """What the word before says about a word: ``"nominal"``, ``"verbal"`` or ``""`` for nothing.

    After a determiner or preposition a word is not a finite verb ("on strike"); after a modal verb
    or a pronoun in the nominative it is not a noun ("will strike").

    >>> slot_after("the"), slot_after("They"), slot_after("big")
    ('nominal', 'verbal', '')
    """
    lower = previous.lower()
    if _BEFORE_NOUNS.fullmatch(lower):
        return "nominal"
    return "verbal" if _BEFORE_VERBS.fullmatch(lower) else ""


def _is_possible(reading: Reading, slot: str) -> bool:
    if slot == "nominal":
        return reading.letter != VERB or not _PARTICIPLES.isdisjoint(reading.tags)
    return slot != "verbal" or reading.letter != NOUN


@lru_cache(CACHE_SIZE)
def substitutes_of(word: str, slot: str = "") -> tuple[Substitute, ...]:
    """All candidates for the place of a word, unranked.

    Synonyms in any sense, direct hypernyms, and similar adjectives. None for function words,
    numbers, light verbs and names; never an antonym or a variant of the word itself.

    Args:
        word: as it stands in a sentence, in any case.
        slot: see :func:`slot_after`.

    >>> [substitute.form for substitute in substitutes_of("cars")][:2]
    ['autos', 'automobiles']
    """
    if not can_be_replaced(word):
        return ()
    lower = word.lower()
    found = []
    readings = [reading for reading in readings_of(lower) if _is_possible(reading, slot)]
    for reading, share in zip(readings, reading_shares(readings), strict=True):
        if share >= SMALLEST_READING_SHARE and reading.lemma not in stop_words():
            found += _of_reading(reading, share, lower)
    return tuple(found)


def _of_reading(reading: Reading, share: float, word: str) -> list[Substitute]:
    senses = [s for s in senses_of(reading.lemma, reading.letter) if not s.is_name]
    if not senses or ("NNS" in reading.tags and word == reading.lemma):  # "cattle are"
        return []
    found = []
    for lemma in dict.fromkeys(
        lemma for sense in senses for lemma in (*sense.lemmas, *sense.hypernyms, *sense.similar)
    ):
        if _may_stand(lemma, reading):
            forms = {inflect(lemma, tag) for tag in reading.tags}
            # Several forms: the sentence would have to tell whether "beat" is past or present.
            if len(forms) == 1 and word not in (form := forms.pop()).split():
                features = _features(lemma, reading, senses)
                found.append(Substitute(form, reading.letter, share, features))
    return found


def _may_stand(lemma: str, reading: Reading) -> bool:
    return (
        is_plain_lemma(lemma, reading)
        and "-" not in lemma  # mostly compounds of other words: "south-central" for "southern"
        and lemma not in antonyms_of(reading.lemma)
        and bool(senses_of(lemma, reading.letter))
        and familiarity_of(lemma, reading.letter) >= UNFAMILIAR
        and (reading.letter != NOUN or agrees_in_number(lemma.rpartition(" ")[2], reading))
    )


def _features(lemma: str, reading: Reading, senses: list[Sense]) -> tuple[float, ...]:
    similar = synonym = hypernym = 0.0
    for sense, share in zip(senses, sense_shares(senses), strict=True):
        similar += share * (lemma in sense.similar)
        synonym += share * (lemma in sense.lemmas)
        hypernym += share * (lemma in sense.hypernyms)
    return (
        float(similar > 0),
        similar,
        synonym,
        hypernym,
        log1p(gloss_uses(lemma)),
        log(len(senses_of(lemma, reading.letter))),
    )
