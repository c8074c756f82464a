"""English synonyms from the WordNet list in the package."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from textaug.language.casing import match_case
from textaug.language.inflection import (
    SMALLEST_POS_SHARE,
    Reading,
    dominant_reading,
    inflect,
    inflected_forms,
    lemmas_of,
    readings_of,
)
from textaug.language.senses import (
    ADJECTIVE,
    CACHE_SIZE,
    DOMINANT_SENSE_SHARE,
    NOUN,
    PENN_TAGS,
    SHARED_SENSE_SHARE,
    SMALLEST_SENSE_SHARE,
    VERB,
    Sense,
    familiarity_of,
    pos_share_of,
    sense_shares,
    senses_of,
)
from textaug.language.word_lists import misleading_synonyms, stop_words

# A synonym must be about as familiar as the word; above this, it always is.
FAMILIAR = 10.0
UNFAMILIAR = 5.0

LONGEST_SYNONYM = 3  # words: longer lemmas are idioms and definitions
SHORTEST_WORD = 3  # letters: shorter ones are function words, symbols and abbreviations

_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
_VOWEL = re.compile(r"[aeiouy]", re.IGNORECASE)
# Second words of phrasal verbs after which the object may stay in place: "called off the talks".
# With others ("go on", "look into") passives and objects go wrong.
_PARTICLES = frozenset({"aside", "away", "back", "down", "off", "out", "over", "place", "up"})


@dataclass(frozen=True)
class WordNet:
    """English synonyms from the WordNet 3.0 list in the package.

    The list is read on first use, once per process (about 0.1 s).

    >>> WordNet().synonyms("CARS"), WordNet().synonyms("purchased")
    (['AUTOMOBILES', 'AUTOS'], ['bought'])
    """

    def synonyms(self, word: str, max_senses: int | None = 1) -> list[str]:
        """Words that may replace ``word``, in the same inflection and case.

        Function words, numbers, light verbs, proper names and words in mixed case have none. Nor
        has a word whose sense, part of speech ("shares") or inflection ("put": past or present?)
        depends on the sentence.

        Args:
            word: a word as it stands in a sentence: inflected, in any case.
            max_senses: how many of the word's senses, most frequent first, give synonyms; together
                they must be dominant. The default of 1 is the most precise. ``None``: all.

        Returns:
            The synonyms, most frequent sense first, and within a sense the most frequent word
            first; never ``word`` itself. Some consist of several words, separated by spaces.

        >>> WordNet().synonyms("Replied"), WordNet().synonyms("the"), WordNet().synonyms("put")
        (['Answered'], [], [])
        """
        return list(_english_synonyms(word, max_senses))


def can_be_replaced(word: str) -> bool:
    """Whether a word is not a function word, number, abbreviation or name ("China", "Polish")."""
    lower = word.lower()
    return (
        len(word) >= SHORTEST_WORD
        and _WORD.fullmatch(word) is not None
        and _VOWEL.search(word) is not None
        and lower not in stop_words()
        and (
            word == lower
            or (
                word in (lower.capitalize(), word.upper())
                and not any(s.is_name for letter in PENN_TAGS for s in senses_of(lower, letter))
            )
        )
    )


@lru_cache(CACHE_SIZE)
def _english_synonyms(word: str, max_senses: int | None) -> tuple[str, ...]:
    if not can_be_replaced(word):
        return ()
    lower = word.lower()
    reading = dominant_reading(readings_of(lower))
    if (
        reading is None
        or reading.lemma in stop_words()
        or reading.lemma in misleading_synonyms()
        or ("NNS" in reading.tags and lower == reading.lemma)  # "cattle are", "two aircraft"
    ):
        return ()

    senses = [sense for sense in senses_of(reading.lemma, reading.letter) if not sense.is_name]
    shares = sense_shares(senses)
    replacements: dict[str, None] = {}
    for sense, share in list(zip(senses, shares, strict=True))[:max_senses]:
        if share < SMALLEST_SENSE_SHARE:
            continue
        for synonym in _by_frequency(sense, reading.letter):
            # The leading senses count, and those that both words share.
            supported = sum(
                other_share
                for number, (other, other_share) in enumerate(zip(senses, shares, strict=True))
                if max_senses is None or number < max_senses or synonym in other.lemmas
            )
            if supported < DOMINANT_SENSE_SHARE or not _may_replace(synonym, reading):
                continue
            forms = {inflect(synonym, tag) for tag in reading.tags}
            if len(forms) == 1 and lower not in forms:
                replacements[match_case(forms.pop(), like=word)] = None
    return tuple(replacements)


def _by_frequency(sense: Sense, letter: str) -> list[str]:
    """The lemmas of a sense, most frequent first."""

    def count(lemma: str) -> int:
        return sum(s.count for s in senses_of(lemma, letter) if s.lemmas == sense.lemmas)

    return sorted(sense.lemmas, key=count, reverse=True)


def is_plain_lemma(lemma: str, reading: Reading) -> bool:
    """Whether a lemma is a word or short phrase of ordinary text, and no variant of the other."""
    word, letter = reading.lemma, reading.letter
    parts = lemma.split(" ")
    return not (
        len(parts) > LONGEST_SYNONYM
        or not all(map(_WORD.fullmatch, parts))
        or not _VOWEL.search(lemma)  # "yr", "lb"
        or len(lemma) < SHORTEST_WORD
        or all(part in stop_words() for part in parts)
        or lemma in lemmas_of(word, letter)  # "bacterium" for "bacteria"
        # The word itself, longer or shorter: "elevator car", "percent" for "percentage".
        or word in re.split("[ -]", lemma)
        or word.startswith(lemma)
        or lemma.startswith(word)
        or (letter == VERB and len(parts) > 1 and parts[-1] not in _PARTICLES)
        # "on fire" cannot precede a noun.
        or (letter == ADJECTIVE and len(parts) > 1)
        or f"{word}/{lemma}".replace(" ", "_") in misleading_synonyms()
    )


def _may_replace(synonym: str, reading: Reading) -> bool:
    """Whether a lemma can replace another that shares one of its senses."""
    word, letter = reading.lemma, reading.letter
    parts = synonym.split(" ")
    if not is_plain_lemma(synonym, reading):
        return False

    senses = senses_of(synonym, letter)
    shared = [
        (sense, share)
        for sense, share in zip(senses, sense_shares(senses), strict=True)
        if word in sense.lemmas
    ]
    if sum(share for _, share in shared) < SHARED_SENSE_SHARE:
        return False
    if not any(sense.count for sense, _ in shared) and (len(senses) > 1 or len(parts) > 1):
        return False
    return (
        pos_share_of(synonym, letter) >= SMALLEST_POS_SHARE
        and familiarity_of(synonym, letter)
        >= max(UNFAMILIAR, min(FAMILIAR, familiarity_of(word, letter)))
        and (letter != NOUN or agrees_in_number(parts[-1], reading))
    )


def agrees_in_number(synonym: str, reading: Reading) -> bool:
    """Whether a noun agrees with the other in number: singular, plural, or mass noun."""
    if len(lemmas_of(synonym, NOUN)) > 1 or synonym == reading.lemma:  # a plural: "authorities"
        return False
    if (
        synonym.endswith("ing")
        and not reading.lemma.endswith("ing")
        and len(lemmas_of(synonym, VERB)) > 1
    ):
        return False  # a gerund: "a talking" for "a talk"
    plurals = inflected_forms(synonym, "NNS")
    if reading.tags == ("NNS",):
        return plurals[0] != synonym
    # lemminflect gives a mass noun ("salt") as its own plural, and both where a noun has both.
    word_plurals = inflected_forms(reading.lemma, "NNS")
    synonym_is_mass, word_is_mass = plurals == (synonym,), word_plurals == (reading.lemma,)
    return not (
        (synonym_is_mass and (synonym.endswith("s") or reading.lemma not in word_plurals))
        or (word_is_mass and synonym not in plurals)
    )
