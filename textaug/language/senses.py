"""Senses of words and how often each is meant, from the list in the package."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

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

# The numbers below were set by reading replacements in news text. All of them are shares of a
# word's uses in the texts whose words WordNet's makers tagged with their senses.
#
# Which sense of a word is meant is not known here. It is taken to be one of the first (the first,
# by default) where those make up at least this share of the word's uses; else the word stays.
DOMINANT_SENSE_SHARE = 0.6
# A sense rarer than this gives no synonyms, whatever `max_senses`.
SMALLEST_SENSE_SHARE = 0.1
# A synonym must be read in the sense that is meant: that sense's share of the synonym's own uses.
SHARED_SENSE_SHARE = 0.4
# The texts are few, so every sense and part of speech counts as if seen once more than it was.
PRIOR_COUNT = 1

# A synonym must be about as familiar as the word, and a familiar word will always do. The measure:
# how often the lemma is tagged, and how often WordNet's glosses use it. "suspire" scores 0.
TAGGED_WEIGHT = 3
CACHE_SIZE = 1 << 16  # words


def coarse_pos(pos: str | None) -> str | None:
    """WordNet's letter for a part of speech, or ``None`` where it has none such.

    Args:
        pos: a coarse name in any case ("noun", "VERB", "adj", "adv") or a Penn Treebank tag.

    >>> coarse_pos("NNS"), coarse_pos("verb"), coarse_pos("ADJ"), coarse_pos("NNP")
    ('n', 'v', 'a', None)
    """
    for letter, tags in PENN_TAGS.items():
        if pos in tags or (pos is not None and pos.upper() == POS_NAMES[letter]):
            return letter
    return None


# The bundled list


@dataclass(frozen=True, slots=True)
class Sense:
    """One sense of a lemma."""

    lemmas: tuple[str, ...]  # all that share the sense, or none where no other does
    count: int  # how often the lemma was tagged with it
    is_name: bool


@dataclass(frozen=True, slots=True)
class _SynonymList:
    synsets: list[str]
    entries: dict[str, str]  # by lemma


@cache
def _synonym_list() -> _SynonymList:
    """Read the file; ``scripts/build_wordnet.py`` says what is in it.

    Its lines are parsed when their words come up, which makes loading ten times faster.
    """
    packed = resources.files("textaug").joinpath("data/wordnet.tsv.gz").read_bytes()
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
            return tuple(
                Sense(
                    tuple(words.synsets[int(synset)].split("\t")) if synset.isdigit() else (),
                    int(count),
                    is_name=synset == "^",
                )
                for synset, count in parsed
            )
    return ()


def sense_shares(senses: Sequence[Sense]) -> list[float]:
    """Each sense's share of all uses."""
    counts = [sense.count + PRIOR_COUNT for sense in senses]
    return [count / sum(counts) for count in counts]


def tagged_uses(lemma: str, letter: str) -> int:
    """How often a lemma was tagged as one part of speech."""
    return sum(sense.count for sense in senses_of(lemma, letter))


def pos_share_of(lemma: str, letter: str) -> float:
    """The share one part of speech has in all uses of a lemma."""
    uses = {
        other: tagged_uses(lemma, other) + PRIOR_COUNT
        for other in PENN_TAGS
        if senses_of(lemma, other)
    }
    return uses[letter] / sum(uses.values())


def familiarity_of(lemma: str, letter: str) -> float:
    """How common a lemma is, counted in glosses and in tagged text."""
    in_glosses = int(_synonym_list().entries[lemma].partition("\t")[0])
    return in_glosses * pos_share_of(lemma, letter) + TAGGED_WEIGHT * tagged_uses(lemma, letter)
