"""Word senses and their frequencies, from the WordNet list in the package."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from textaug.language.word_lists import DATA

# WordNet's letters for its four parts of speech.
NOUN, VERB, ADJECTIVE, ADVERB = "n", "v", "a", "r"
# Their names, as in the Universal Dependencies, and the Penn Treebank tags of their inflections.
POS_NAMES = {NOUN: "NOUN", VERB: "VERB", ADJECTIVE: "ADJ", ADVERB: "ADV"}
PENN_TAGS = {
    NOUN: ("NN", "NNS"),
    VERB: ("VB", "VBP", "VBZ", "VBD", "VBN", "VBG"),
    ADJECTIVE: ("JJ", "JJR", "JJS"),
    ADVERB: ("RB", "RBR", "RBS"),
}

# The thresholds below were set by reading replacements in news text. All are shares of a word's
# uses in WordNet's sense-tagged texts.
#
# The sense of a word in its sentence is not known here. It is assumed to be one of the first (by
# default the first) if these make up at least this share of the word's uses; else the word stays.
DOMINANT_SENSE_SHARE = 0.6
# A sense rarer than this gives no synonyms, whatever `max_senses`.
SMALLEST_SENSE_SHARE = 0.1
# A synonym must be read in the intended sense: that sense's share of the synonym's own uses.
SHARED_SENSE_SHARE = 0.4
# Added to every count (add-one smoothing): the tagged texts are few.
PRIOR_COUNT = 1

# Familiarity of a lemma: its uses in glosses plus this weight times its uses in tagged texts.
TAGGED_WEIGHT = 3
CACHE_SIZE = 1 << 16  # words
_RELATIONS = ("@", "&")  # hypernym, similar adjective; see ``scripts/build_wordnet.py``


@dataclass(frozen=True, slots=True)
class Sense:
    """One sense of a lemma."""

    lemmas: tuple[str, ...]  # all that share the sense; empty for names and rare words
    count: int  # how often the lemma was tagged with it
    is_name: bool
    hypernyms: tuple[str, ...] = ()  # lemmas of the direct hypernyms
    similar: tuple[str, ...] = ()  # of an adjective: lemmas of similar ones


@dataclass(frozen=True, slots=True)
class _SynonymList:
    synsets: list[str]
    entries: dict[str, str]  # by lemma

    def sense(self, number: str, count: str) -> Sense:
        """One sense of a lemma, from a field such as ``1203:71``."""
        if not number.isdigit():
            return Sense((), int(count), is_name=number == "^")
        *lemmas, links = self._fields(int(number))
        return Sense(
            tuple(lemmas), int(count), False, self._linked("@", links), self._linked("&", links)
        )

    def _fields(self, number: int) -> list[str]:
        fields = self.synsets[number].split("\t")
        return fields if fields[-1][:1] in _RELATIONS else [*fields, ""]

    def _linked(self, symbol: str, links: str) -> tuple[str, ...]:
        numbers = (int(link[1:]) for link in links.split() if link[0] == symbol)
        return tuple(lemma for number in numbers for lemma in self._fields(number)[:-1])


@cache
def _synonym_list() -> _SynonymList:
    """Read the file; ``scripts/build_wordnet.py`` documents its format.

    Lines are parsed on first use of their words: loading is ten times faster.
    """
    packed = (DATA / "wordnet.tsv.gz").read_bytes()
    synsets, _, lemmas = gzip.decompress(packed).decode("utf-8").partition("\n\n")
    entries = (line.partition("\t") for line in lemmas.splitlines())
    return _SynonymList(synsets.split("\n"), {lemma: entry for lemma, _, entry in entries})


@lru_cache(CACHE_SIZE)
def senses_of(lemma: str, letter: str) -> tuple[Sense, ...]:
    """The senses of a lemma in one part of speech, most frequent first."""
    words = _synonym_list()
    for pos_field in words.entries.get(lemma, "").split("\t")[1:]:
        if pos_field[0] == letter:
            parsed = (sense.split(":") for sense in pos_field[2:].split(" "))
            return tuple(words.sense(synset, count) for synset, count in parsed)
    return ()


@lru_cache(CACHE_SIZE)
def antonyms_of(lemma: str) -> frozenset[str]:
    """The lemmas that mean the opposite of a lemma in one of its senses.

    >>> "bad" in antonyms_of("good")
    True
    """
    last = _synonym_list().entries.get(lemma, "").rpartition("\t")[2]
    return frozenset(last[1:].split(",")) if last.startswith("!") else frozenset()


def sense_shares(senses: Sequence[Sense]) -> list[float]:
    """The share of each sense in all uses."""
    counts = [sense.count + PRIOR_COUNT for sense in senses]
    total = sum(counts)
    return [count / total for count in counts]


def tagged_uses(lemma: str, letter: str) -> int:
    """How often a lemma was tagged with one part of speech."""
    return sum(sense.count for sense in senses_of(lemma, letter))


@lru_cache(CACHE_SIZE)
def pos_share_of(lemma: str, letter: str) -> float:
    """The share of one part of speech in all uses of a lemma."""
    uses = {
        other: tagged_uses(lemma, other) + PRIOR_COUNT
        for other in PENN_TAGS
        if senses_of(lemma, other)
    }
    return uses[letter] / sum(uses.values())


def gloss_uses(lemma: str) -> int:
    """How often a lemma occurs in WordNet's glosses; 0 if WordNet does not have it."""
    return int(_synonym_list().entries.get(lemma, "0").partition("\t")[0])


@lru_cache(CACHE_SIZE)
def familiarity_of(lemma: str, letter: str) -> float:
    """How common a lemma is in glosses and tagged texts ("suspire": 0)."""
    return gloss_uses(lemma) * pos_share_of(lemma, letter) + TAGGED_WEIGHT * tagged_uses(
        lemma, letter
    )
