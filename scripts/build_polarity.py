"""Writes the list of English words that tell what a sentence thinks of something.

    PYTHONPATH=. python scripts/build_polarity.py vader_lexicon.txt

The file is part of the package `vaderSentiment` 3.3.2 (Hutto & Gilbert 2014, "VADER: A Parsimonious
Rule-based Model for Sentiment Analysis of Social Media Text"; MIT licence, in
``textaug/data/VADER_LICENSE``): words with the mean of ten people's ratings, -4..4. The list has
those rated at least 0.8 from zero, adjectives and adverbs that WordNet puts next to them (at least
three quarters of the rated synonyms and similar adjectives have the same sign), words made from
listed adjectives ("-ly", "-ness", "un-"), and words of our own that were missing.

A second list has the adjectives that praise or blame, with their sign: rated at least 1 from zero,
mostly used as adjectives by WordNet's counts, and known enough.
"""

from __future__ import annotations

import gzip
import re
import sys
from pathlib import Path

from textaug.core.polarity import POLARITY_FILE
from textaug.language.inflection import inflected_forms, reading_shares, readings_of
from textaug.language.senses import _synonym_list, familiarity_of, senses_of, tagged_uses

ADJECTIVES_FILE = POLARITY_FILE.with_name("sentiment_adjectives.tsv")
SMALLEST_RATING = 0.8
SURE_RATING = 1.0
MAJORITY = 0.75
WORD = re.compile(r"[a-z]{3,}(?:-[a-z]+)*")
ENDINGS = {"ly": ("", "le", "ic", "e"), "ness": ("",)}
# Words of our own that were missing: good, bad, and either.
OWN_GOOD = """
cohesive coherent compelling deftly engrossing fresh gem gems gripping haunting heartwarming
hilarious ingenious luminous lush masterful masterpiece moving must-see nuanced poignant polished
profound rave refreshing reliable riveting robust seamless sleek spellbinding stellar sturdy sublime
tasty terrific thoughtful thought-provoking timeless touching underrated vivid watchable well-made
well-written witty wry
"""
OWN_BAD = """
amateurish anticlimactic bloated bogus bungled cheesy choppy cliche cliched cliches clumsy contrived
corny derivative devoid disjointed drab dud dull excruciating expired faulty flavorless flimsy flop
flops forgettable formulaic generic half-baked ham-fisted hackneyed heavy-handed hollow incoherent
insipid inept labored laboured lackluster lacklustre laughable lazy letdown lifeless limp listless
low-quality mediocre meandering mindless monotonous muddled overlong overpriced overrated
overwrought plodding pointless predictable preachy pretentious rancid repetitive rude sappy
schmaltzy scruffy shoddy sloppy slow sluggish soggy soulless spotty stale stilted stinker
superficial tacky tasteless tawdry tedious tiresome trite truncated turgid undercooked uneven
unfunny uninspired uninspiring unoriginal unreliable unwatchable vapid wooden yawn
"""
OWN = f"{OWN_GOOD} {OWN_BAD} chilling slick understated visceral"
# Words that are not adjectives, and adjectives that neither praise nor blame, that say something of
# a person and not of a work or a product, or that offend.
NO_JUDGEMENT = """
absolved absorbed acceptant accepting aching adoring adventuresome adversative adverse
affectionate afflicted aghast agitated agonized alert allergic amazed ambitious amorous angry
anguished anti anxious apathetic appalled ardent argumentative ashamed astonished attacking avid
bastardly beneficent benevolent benign benignant bereaved biased blind blithe bloody brave
burdened capable caring certain chagrined cheating clear cliche cliches compassionate competent
complimentary comprehensive confident conflicting considerate contagious convivial courageous
courteous cowardly crazy critical crushing crying curious damn damnable damned darling dauntless
dead dear defenseless definite deftly dehumanized dejected demoralized desirous despairing
desperate despondent devoid devotional diffident dignifying disabling disadvantaged disconsolate
discontented disguised disgusted disinclined dismayed disoriented displeased disqualified
dissatisfied distraught distressed distrustful divinatory dominating doubting downcast downhearted
dud dulled dumb dumbfounded eager easy easygoing ecstatic efficient embarrassed empathetic
energetic enlightened enraged enthusiastic envious euphoric exasperated excitable excitatory
exhilarated exultant failing faithful faithless fascist fatigued fearful fearless fervent fiery
fighting flop flops foetid fond fooling forgetful fortunate frantic free freehanded freelance
freestanding furious gallant gem gems giving glad gleeful glum goddam goddamn goddamned gossipy
gracile grateful greedy grieving guilty happy hardy harmless harmonic harmonized healthy
heartbroken heartfelt heavenward helpless hesitant hesitating honorable honorary hopeful horrified
idealized idiotic ignorant ill illegal immune impatient impotent impressionist improving incensed
inconsiderate indignant inflamed inhibitory insane insecure intellectual intelligent intelligible
interested invincible invulnerable irate isolated jaded jaunty jealous joyful jubilant jumpy keen
killing kindly lamenting laughing lenient lesbian letdown livid lonely loose loving low lowering
lowermost loyal lucky lunatic mad masterpiece mature meditative merry missing mocking mournful
mourning murderous naive natural needy nervous neurotic numb obsessional obstinate odd offending
oppressed optimistic outgoing overweight panicky paranoid peacekeeping perplexed pessimistic
piteous positivistic powerless praising prejudiced prejudicial privileged prizewinning prominent
proud pukka punishable punishing punitive raging rash rave ready rebellious reckless reeking
regretful rejoicing relaxant reluctant remorseless repressing resentful resolute resolvable
respective responsible responsive restless restricting revengeful rigorous safe savage scared
sceptical scornful screaming seditious self-confident selfish sexy shamefaced shameless sharing
shy sick skeptical slashing slow smiling smothering sociable sophisticated sorrowful special
spiritless spiteful starving steadfast stinker straining struggling stubborn submissive succeeding
successive suffering suicidal sullen supporting supreme surefooted surviving suspicious sweet
sympathetic talented terrified thankful timid tired tolerant torturing totalitarian treasured
trembling tremulous true trustful trusting truthful uncontrolled uneasy unequal unfulfilled
ungrateful unhappy unimpressed uninvolved unkind unprotected unsatisfied unsecured unsettled
unsupported unsure validating virtuous virulent vital vitalizing vivacious warning warring
weakening wealthy weary weeping welcoming whiney wicked widowed winning wise woebegone wrathful
yawn
"""


def rated(path: Path, smallest: float = SMALLEST_RATING) -> dict[str, int]:
    """The sign of each word."""
    lines = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return {
        word: 1 if float(mean) > 0 else -1
        for word, mean, *_ in lines
        if WORD.fullmatch(word) and abs(float(mean)) >= smallest
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


def adjectives(path: Path) -> dict[str, int]:
    """The sign of each adjective that praises or blames."""
    found = {}
    for word, sign in rated(path, SURE_RATING).items():
        readings = readings_of(word)
        share = sum(
            share
            for reading, share in zip(readings, reading_shares(readings), strict=True)
            if reading.letter == "a" and "JJ" in reading.tags
        )
        is_participle = word.endswith("ing") and bool(senses_of(word, "a"))
        if (share >= 0.5 or is_participle) and familiarity_of(word, "a") >= 1:
            found[word] = sign
    for sign, words in ((1, OWN_GOOD), (-1, OWN_BAD)):
        found |= dict.fromkeys(words.split(), sign)
    return {word: found[word] for word in sorted(found.keys() - NO_JUDGEMENT.split())}


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
    judging = adjectives(path)
    ADJECTIVES_FILE.write_text("".join(f"{word}\t{sign}\n" for word, sign in judging.items()))
    print(f"{len(judging):,} adjectives that praise or blame")
    print(f"{len(seeds):,} rated words, {len(kept):,} words, {len(packed):,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
