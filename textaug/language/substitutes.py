"""What may replace an English word, in any of its senses, with what WordNet says for and against.

Which of these fit is for the sentence to decide: :mod:`textaug.models.word_fit` ranks them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from textaug.language.articles import ARTICLES
from textaug.language.inflection import (
    DEGREE_WORDS,
    SMALLEST_POS_SHARE,
    Reading,
    inflect,
    inflected_forms,
    lemmas_of,
    reading_shares,
    readings_of,
)
from textaug.language.senses import (
    CACHE_SIZE,
    NOUN,
    PENN_TAGS,
    VERB,
    Sense,
    antonyms_of,
    familiarity_of,
    pos_share_of,
    sense_shares,
    senses_of,
)
from textaug.language.word_lists import stop_words, terms
from textaug.language.wordnet import UNFAMILIAR, agrees_in_number, can_be_replaced, is_plain_lemma

# Rarer readings of a word are not considered ("to paper a wall").
SMALLEST_READING_SHARE = 0.02
MOSTLY = 0.6
_PARTICIPLES = frozenset({"VBN", "VBG"})
_BEFORE_NOUNS = re.compile(
    "a|an|the|my|your|his|her|its|our|their|every|about|after|against|among|at|before|between|by"
    "|during|for|from|in|into|of|on|over|through|under|upon|with|without"
)
_BEFORE_VERBS = re.compile(
    "he|i|she|they|we|who|you|can|cannot|could|may|might|must|shall|should|will|would"
)
# A base form ("defeat") stands near a word that asks for one ("would often defeat"), or first.
_ASKS_FOR_BASE = frozenset(
    """to will would can could may might must shall should do does did n't not let make help see 'll
    'd cannot please""".split()  # noqa: SIM905
)
_NEAR = 4  # words
NOT_LISTED = (0.0, 0.0, 0.0)
# What WordNet says about a substitute, in the order of `Substitute.features`. Shares are of the
# word's uses in WordNet's tagged texts.
FEATURES = (
    "similar",  # 1 for a similar adjective, else 0
    "synonym_share",  # share of the senses that it has in common with the word
    "hypernym_share",  # share of the senses of which it is a hypernym
)


class Substitute(NamedTuple):
    """One candidate for the place of a word."""

    form: str  # one or several words, in lower case, inflected like the word
    reading: int  # index of the reading of the word for which it stands
    tags: tuple[str, ...]  # of that reading, those for which it has this form
    features: tuple[float, ...]  # see FEATURES


class Slot(NamedTuple):
    """A word, and what the words around it say about it."""

    word: str
    before: str  # see `slot_after`
    is_modifier: bool  # before a noun: a noun there is a part of a term ("interest rates")
    may_be_base: bool  # whether a verb there may be a base form


def slot_of(tokens: Sequence[str], i: int) -> Slot | None:
    """The slot of a word; ``None`` if the word is a part of a term or a phrasal verb.

    >>> slot_of("They ended up in the same big house".split(), 1)
    >>> slot_of("They ended up in the same big house".split(), 6)
    Slot(word='big', before='', is_modifier=True, may_be_base=False)
    """
    before = tokens[i - 1].lower() if i else ""
    after = tokens[i + 1].lower() if i + 1 < len(tokens) else ""
    word = tokens[i].lower()
    if is_term(before, word) or is_term(word, after):
        return None
    return Slot(tokens[i], slot_after(before), is_noun(after), may_be_base(tokens, i))


def may_be_base(tokens: Sequence[str], i: int) -> bool:
    """Whether a word may be a verb in its base form.

    >>> may_be_base("They would often beat him".split(), 3), may_be_base(["They", "beat"], 1)
    (True, False)
    """
    before = {token.lower() for token in tokens[max(0, i - _NEAR) : i]}
    return not before or not before.isdisjoint(_ASKS_FOR_BASE)


@lru_cache(CACHE_SIZE)
def is_term(first: str, second: str) -> bool:
    """Whether WordNet has two lower-case words as one entry, which is not an article and a word.

    >>> is_term("prime", "minister"), is_term("ended", "up"), is_term("big", "house")
    (True, True, False)
    """
    if first in ARTICLES:
        return False
    pairs = [f"{one} {two}" for one in lemmas_of(first, VERB) for two in lemmas_of(second, NOUN)]
    return any(
        pair in terms() or any(senses_of(pair, letter) for letter in PENN_TAGS) for pair in pairs
    )


@lru_cache(CACHE_SIZE)
def is_noun(word: str) -> bool:
    """Whether a word is mostly a noun."""
    readings = readings_of(word) if word.isalpha() else ()
    shares = zip(readings, reading_shares(readings), strict=True)
    return sum(share for reading, share in shares if reading.letter == NOUN) > MOSTLY


@lru_cache(CACHE_SIZE)
def slot_after(previous: str) -> str:
    """What the word before says about a word: ``"nominal"``, ``"verbal"`` or ``""`` for nothing.

    After a determiner or preposition a word is not a finite verb ("on strike"); after a modal verb
    or a pronoun in the nominative it is not a noun ("will strike").

    >>> slot_after("the"), slot_after("they"), slot_after("big")
    ('nominal', 'verbal', '')
    """
    if _BEFORE_NOUNS.fullmatch(previous):
        return "nominal"
    return "verbal" if _BEFORE_VERBS.fullmatch(previous) else ""


def _is_possible(reading: Reading, before: str) -> bool:
    if before == "nominal":
        return reading.letter != VERB or not _PARTICIPLES.isdisjoint(reading.tags)
    return before != "verbal" or reading.letter != NOUN


def readings_in(slot: Slot) -> list[tuple[Reading, float]]:
    """The readings of a word that its slot allows, each with its share of the word's uses.

    None for function words, numbers, names and words that WordNet does not know.

    >>> [(r.lemma, r.tags) for r, _ in readings_in(Slot("strikes", "nominal", False, False))]
    [('strike', ('NNS',))]
    """
    if not can_be_replaced(slot.word):
        return []
    known = [_usual(reading, slot.may_be_base) for reading in readings_of(slot.word.lower())]
    readings = [reading for reading in known if reading.tags and _is_possible(reading, slot.before)]
    return [
        (reading, share)
        for reading, share in zip(readings, reading_shares(readings), strict=True)
        if share >= SMALLEST_READING_SHARE
    ]


def _usual(reading: Reading, may_be_base: bool) -> Reading:
    """A reading without inflections that cannot be meant.

    Such are a base form where nothing asks for one, and "box" as a plural, which some dictionaries
    list beside "boxes".
    """
    if "VB" in reading.tags and not may_be_base:
        return replace(reading, tags=tuple(tag for tag in reading.tags if tag != "VB"))
    if {"NN", "NNS"} <= {*reading.tags}:
        plural = inflected_forms(reading.lemma, "NNS")[0]
        return reading if plural == reading.lemma else replace(reading, tags=("NN",))
    return reading


def substitutes_of(
    word: str, readings: Sequence[Reading], near: Sequence[str] = ()
) -> list[Substitute]:
    """All candidates for the place of a word, unranked.

    Synonyms in any sense, direct hypernyms, similar adjectives, and such of the words ``near`` as
    have a reading like that of the word. Never an antonym, a variant of the word itself, a light
    verb, or a word that is another sort of the same thing ("cat" for "dog").

    Args:
        word: as it stands in a sentence, in any case.
        readings: those to consider.
        near: words of similar use, in lower case.

    >>> readings = [reading for reading, _ in readings_in(Slot("cars", "", False, False))]
    >>> [substitute.form for substitute in substitutes_of("cars", readings)][:2]
    ['autos', 'automobiles']
    """
    lower = word.lower()
    found = []
    for number, reading in enumerate(readings):
        senses = [s for s in senses_of(reading.lemma, reading.letter) if not s.is_name]
        usable = senses and reading.lemma not in stop_words()
        if usable and not ("NNS" in reading.tags and lower == reading.lemma):  # "cattle are"
            found += _listed(number, reading, senses, lower)
            known = {substitute.form for substitute in found}
            found += _near(number, reading, senses, [form for form in near if form not in known])
    return found


def _listed(number: int, reading: Reading, senses: list[Sense], word: str) -> list[Substitute]:
    """The candidates that WordNet lists."""
    shares = sense_shares(senses)
    found = []
    for lemma in dict.fromkeys(
        lemma for sense in senses for lemma in (*sense.lemmas, *sense.hypernyms, *sense.similar)
    ):
        if not _may_stand(lemma, reading):
            continue
        features = _features(lemma, senses, shares)
        # A hypernym of several words is a definition: "military officer" for "commander".
        if " " in lemma and features[:2] == (0.0, 0.0):
            continue
        tags_of: dict[str, list[str]] = {}
        for tag in reading.tags:
            form = inflect(lemma, tag)
            if tag not in DEGREE_WORDS or " " not in form:  # not "more mountainous" for "larger"
                tags_of.setdefault(form, []).append(tag)
        found += [
            Substitute(form, number, tuple(tags), features)
            for form, tags in tags_of.items()
            if word not in form.split()
        ]
    return found


def _near(
    number: int, reading: Reading, senses: list[Sense], near: Sequence[str]
) -> list[Substitute]:
    """Those of some words that can stand for a reading, though WordNet does not list them."""
    kinds = {lemma for sense in senses for lemma in sense.hypernyms}
    found = []
    for form in near:
        for other in readings_of(form):
            tags = tuple(tag for tag in other.tags if tag in reading.tags)
            if (
                tags
                and other.letter == reading.letter
                and pos_share_of(other.lemma, other.letter) >= SMALLEST_POS_SHARE
                and _may_stand(other.lemma, reading)
                and not any(
                    kinds.intersection(sense.hypernyms)
                    for sense in senses_of(other.lemma, other.letter)
                )
            ):
                found.append(Substitute(form, number, tags, NOT_LISTED))
    return found


def _may_stand(lemma: str, reading: Reading) -> bool:
    return (
        "-" not in lemma  # mostly compounds of other words: "south-central" for "southern"
        and lemma not in antonyms_of(reading.lemma)
        and reading.lemma != f"re{lemma}"  # not "opened" for "reopened"
        and bool(senses_of(lemma, reading.letter))
        and familiarity_of(lemma, reading.letter) >= UNFAMILIAR
        and is_plain_lemma(lemma, reading)
        and (reading.letter != NOUN or agrees_in_number(lemma.rpartition(" ")[2], reading))
    )


def _features(lemma: str, senses: Sequence[Sense], shares: Sequence[float]) -> tuple[float, ...]:
    similar = synonym = hypernym = 0.0
    for sense, share in zip(senses, shares, strict=True):
        similar += share * (lemma in sense.similar)
        synonym += share * (lemma in sense.lemmas)
        hypernym += share * (lemma in sense.hypernyms)
    return float(similar > 0), synonym, hypernym
