"""Writes the list of English words that tell what a sentence thinks of something.

    PYTHONPATH=. python scripts/build_polarity.py vader_lexicon.txt

The file is part of the package `vaderSentiment` 3.3.2 (Hutto & Gilbert 2014, "VADER: A Parsimonious
Rule-based Model for Sentiment Analysis of Social Media Text"; MIT licence, in
``textaug/data/VADER_LICENSE``): words with the mean of ten people's ratings, -4..4. The list has
those rated at least 0.8 from zero, adjectives and adverbs that WordNet puts next to them (at least
three quarters of the rated synonyms and similar adjectives have the same sign), words made from
listed adjectives ("-ly", "-ness", "un-"), and words of our own that were missing.
"""

from __future__ import annotations

import gzip
import re
import sys
from pathlib import Path

from textaug.core.polarity import POLARITY_FILE
from textaug.language.inflection import inflected_forms
from textaug.language.senses import _synonym_list, familiarity_of, senses_of, tagged_uses

SMALLEST_RATING = 0.8
MAJORITY = 0.75
WORD = re.compile(r"[a-z]{3,}(?:-[a-z]+)*")
ENDINGS = {"ly": ("", "le", "ic", "e"), "ness": ("",)}
OWN = """
amateurish anticlimactic bloated bogus bungled cheesy chilling choppy cliche cliched cliches
clumsy cohesive coherent compelling contrived corny deftly derivative devoid disjointed drab dud
dull engrossing excruciating expired faulty flavorless flimsy flop flops forgettable formulaic
fresh gem gems generic gripping half-baked ham-fisted hackneyed haunting heartwarming
heavy-handed hilarious hollow incoherent insipid ingenious inept labored laboured lackluster
lacklustre laughable lazy letdown lifeless limp listless low-quality luminous lush masterful
masterpiece mediocre meandering mindless monotonous moving muddled must-see nuanced overlong
overpriced overrated overwrought plodding poignant pointless polished predictable preachy
pretentious profound rancid rave refreshing reliable repetitive riveting robust rude sappy
schmaltzy scruffy seamless shoddy sleek slick sloppy slow sluggish soggy soulless spotty
spellbinding stale stellar stilted stinker sturdy sublime superficial tacky tasteless tasty
tawdry tedious terrific thoughtful thought-provoking timeless tiresome touching trite truncated
turgid underrated understated undercooked uneven unfunny uninspired uninspiring unoriginal
unreliable unwatchable vapid visceral vivid watchable well-made well-written witty wooden wry
yawn
"""


def rated(path: Path) -> dict[str, int]:
    """The sign of each word."""
    lines = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return {
        word: 1 if float(mean) > 0 else -1
        for word, mean, *_ in lines
        if WORD.fullmatch(word) and abs(float(mean)) >= SMALLEST_RATING
    }


def sign_by_neighbours(lemma: str, letter: str, signs: dict[str, int]) -> int:
    """The sign of most rated neighbours of a lemma, else 0."""
    senses = senses_of(lemma, letter)
    near = [other for sense in senses for other in (*sense.lemmas, *sense.similar)]
    found = [signs[other] for other in near if other in signs]
    total = sum(found)
    return (total > 0) - (total < 0) if abs(total) >= MAJORITY * max(1, len(found)) else 0


def derived(word: str, signs: dict[str, int]) -> int:
    """The sign of a word made from a listed one, else 0."""
    for ending, added in ENDINGS.items():
        if word.endswith(ending):
            stem = word.removesuffix(ending)
            bases = [stem + end for end in added] + [stem[:-1] + "y"] * stem.endswith("i")
            if known := [base for base in bases if base in signs]:
                return signs[known[0]]
    return -signs.get(word[2:], 0) if word.startswith("un") else 0


def main(path: Path) -> None:
    """Extend, and write the list."""
    seeds = rated(path)
    signs = dict(seeds)
    lemmas = [lemma for lemma in _synonym_list().entries if WORD.fullmatch(lemma)]
    for lemma in lemmas:
        for letter in "ar":
            if lemma in signs or not senses_of(lemma, letter):
                continue
            modifies = tagged_uses(lemma, letter) >= max(tagged_uses(lemma, o) for o in "nv")
            if modifies and familiarity_of(lemma, letter) >= 1:
                sign = sign_by_neighbours(lemma, letter, seeds)
                signs |= {lemma: sign} if sign else {}
    signs = {lemma: sign for lemma in lemmas if (sign := derived(lemma, signs))} | signs
    words = {*signs, *OWN.split()}
    for word in signs:
        if senses_of(word, "a"):
            words.update(form for tag in ("JJR", "JJS") for form in inflected_forms(word, tag))
    kept = sorted(word for word in words if WORD.fullmatch(word))
    packed = gzip.compress("".join(f"{word}\n" for word in kept).encode(), mtime=0)
    POLARITY_FILE.write_bytes(packed)
    print(f"{len(seeds):,} rated words, {len(kept):,} words, {len(packed):,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
