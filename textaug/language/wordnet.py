"""English synonyms from the list in the package."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

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
from textaug.language.stop_words import STOP_WORDS

FAMILIAR = 10.0
UNFAMILIAR = 5.0

LONGEST_SYNONYM = 3  # words: longer lemmas are idioms and definitions
SHORTEST_WORD = 3  # letters: shorter ones are function words, symbols and abbreviations

_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
_VOWEL = re.compile(r"[aeiouy]", re.IGNORECASE)
# The second words of phrasal verbs that keep the verb's object where it was: "called off the
# talks". With the others ("go on", "look into") passives and objects go wrong.
_PARTICLES = frozenset({"aside", "away", "back", "down", "off", "out", "over", "place", "up"})

# Words to leave alone, and single synonyms to leave out, where WordNet's tagged texts (the Brown
# corpus, of 1961) put another sense first than today's texts do, or its synonym sits badly in most
# sentences. "word" or "word/synonym", with "_" for a space.
_MISLEADING = """
accelerator accompanying accordingly accountant/controller acrobatic activist/militant adulthood
advertise/publicize agency/bureau aggregate/mass aggressively/sharply agree/concur ailment/ill
alert/alarm alight answer/reply approximately/close_to arise/rise arrest/collar assume/presume
assurance austere/stern autonomy/liberty avenge baby/babe backwards becalm begin/start_out
beloved/dear benefit/profit bipartisan/two-way blue blurt/ejaculate bodyguard/escort bowel/gut bulge
bulk/majority bullet/slug burden/load bureau/agency career/vocation central/cardinal
central/fundamental challenging cheery/sunny chief child/minor city/metropolis close clutch
coast/seashore code/codification collection/aggregation commission/committee committee/commission
compel/oblige complex conclusion/decision confirm/affirm conquer consequently/accordingly
consistently/systematically consolidated constituent controller cool/chill crawl/creep
criminal/crook crude cruel/fell cry/yell curtain decision/conclusion defender defy depot/terminal
destined/doomed detailed detect/notice detect/observe devoted disabled/handicapped disappointed
disc/phonograph_record dismiss dispel/drive_away disqualify disrupt/cut_off district/territory
divide/separate dogged doomed/destined double/duplicate downstairs dumbass eating economy
effect/consequence elaborate element emphasise/accent emphasise/accentuate emphasize/accent
emphasize/accentuate employ/utilize enact/ordain encourage/promote end/terminate engineering
ensure/insure envisage epic establish/found examination/scrutiny exceed/transcend expectancy
expulsion/ejection face/confront facility/installation factory/mill fad/furor faith/religion fewer
fight/struggle figure financial/fiscal finding/determination fiscal/financial fledgling
food/nutrient fool/gull foster/further frenzy/delirium fridge/electric_refrigerator frustrate fry
fugitive fungal/fungous further/farther gag globe/earth god gold golden/gilded government/regime
ground gunshot hairy hapless/piteous headache/worry hectic hijacker/highwayman holding housing
hurl/hurtle individual/mortal individual/single inevitably infant/babe infected insistent insulting
integrity interrogation isolate/insulate isolated/insulated jeopardise/menace jeopardize/menace
key/cardinal key/fundamental kid/minor lash/whip legacy/bequest lei level/degree liaise lid/eyelid
limit/confine link/associate maiden majority/bulk manifest/evidence mar marketing/selling
mass/aggregate maximum mean mettle mill/factory mind/psyche minimum minister minor mode/fashion
movement muddy newcomer/freshman nil notice/detect novelty nutrient oblige/compel outlook/mentality
overseas/abroad packet part/portion particularly/peculiarly pastor penetrating person/mortal
petition/request placate/gentle place/lay plague/blight plan/program podium/pulpit poorly/ill
portrait presently/soon pressure presume/assume prevent/forestall print/publish process/procedure
program/plan project/task prolific promote prompt/motivate provide/furnish province/state publicity
publish/print purpose/aim purpose/intent quash quit quit/lay_off race/rush ranked rating
reach/attain reach/range react/respond realised reason/ground rebound rebuff recently/of_late red
reduce/cut_down regain/retrieve regard relative/comparative religion/religious_belief
religious/spiritual rely/trust repeat requiem/dirge resident/occupant resign respond/react
rest/residue result/consequence result/effect result/outcome retrieve/regain reveal/bring_out
rock/sway role/function romp rousing rubble/junk satisfy scare seaboard/seaside secure/procure
select/pick_out selling/marketing seriously/earnestly shape sharply/aggressively single
slay/bump_off slogan/shibboleth snub soon/presently spark/activate speed/velocity standard/criterion
strategy/scheme strengthen/fortify stress/accent stress/accentuate stud study/survey
successive/serial suspicion/hunch swift/fleet swollen systematically/consistently takeover
talent/endowment taunt tend terminate/end terror/panic test/trial test/try_out threat/menace throat
toad topple/tumble total/full trafficker trial trigger/activate triumphant tube ultra underweight
unify/merge united unity/integrity unrest/fermentation upstairs usage/utilization view/consider
vigilant/wakeful village/small_town wave/beckon wholesale withering withstand/defy yahoo
youthful/vernal
"""


@dataclass(frozen=True)
class WordNet:
    """English synonyms from the WordNet 3.0 list that comes with the package.

    The list is read on first use, once per process (about 0.1 s).

    >>> WordNet().synonyms("CARS")
    ['AUTOMOBILES', 'AUTOS']
    >>> WordNet().synonyms("purchased", "VBD")
    ['bought']
    """

    def synonyms(self, word: str, pos: str | None = None, max_senses: int | None = 1) -> list[str]:
        """Words that may replace ``word``, in the same inflection and case.

        Function words, numbers, light verbs, proper names and words in mixed case have none, nor
        has a word where the right synonym hangs on the sentence: its sense is not clear, or its
        part of speech is not ("shares"), or its inflection is not ("put" may be past or present,
        which "placed" is not).

        Args:
            word: a word as it stands in a sentence: inflected, in any case.
            pos: its part of speech: a Penn Treebank tag ("NNS", "VBD"), which is best as it names
                the inflection too; or "noun", "verb", "adj" or "adv". Any other tag has no
                synonyms. ``None`` (the default) means unknown: then only words that are mostly one
                part of speech have any.
            max_senses: how many of the word's senses, most frequent first, give synonyms. The
                default of 1 is the most precise, and the word needs a sense that is dominant; more
                senses also let in words that are dominated by so many together. ``None``: all.

        Returns:
            The synonyms, most frequent sense first, and within a sense the most frequent word
            first; never ``word`` itself. Some consist of several words, with spaces in between.

        >>> WordNet().synonyms("Replied", "VBD"), WordNet().synonyms("larger", "JJR")
        (['Answered'], ['bigger'])
        >>> WordNet().synonyms("the"), WordNet().synonyms("put", "verb")
        ([], [])
        """
        return list(_english_synonyms(word, pos, max_senses))


# Choosing


@lru_cache(CACHE_SIZE)
def _english_synonyms(word: str, pos: str | None, max_senses: int | None) -> tuple[str, ...]:
    lower = word.lower()
    if (
        len(word) < SHORTEST_WORD
        or not _WORD.fullmatch(word)
        or not _VOWEL.search(word)
        or lower in STOP_WORDS
        or word not in (lower, lower.capitalize(), word.upper())
    ):
        return ()
    if word != lower and any(sense.is_name for pos in PENN_TAGS for sense in senses_of(lower, pos)):
        return ()  # "China", "CHINA", "Polish"
    reading = dominant_reading(readings_of(lower, pos))
    if (
        reading is None
        or reading.lemma in STOP_WORDS
        or reading.lemma in _misleading()
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
            # Beside the leading senses, those that the two words share speak for it.
            spoken_for = sum(
                other_share
                for number, (other, other_share) in enumerate(zip(senses, shares, strict=True))
                if max_senses is None or number < max_senses or synonym in other.lemmas
            )
            if spoken_for < DOMINANT_SENSE_SHARE or not _may_replace(synonym, reading):
                continue
            forms = {inflect(synonym, tag) for tag in reading.tags}
            if len(forms) == 1 and lower not in forms:
                replacements[match_case(forms.pop(), like=word)] = None
    return tuple(replacements)


def _by_frequency(sense: Sense, letter: str) -> list[str]:
    """The lemmas of a sense, those most often tagged with it first."""

    def count(lemma: str) -> int:
        return sum(s.count for s in senses_of(lemma, letter) if s.lemmas == sense.lemmas)

    return sorted(sense.lemmas, key=count, reverse=True)


def _may_replace(synonym: str, reading: Reading) -> bool:
    """Whether a lemma reads well in the place of another that shares one of its senses."""
    word, letter = reading.lemma, reading.letter
    parts = synonym.split(" ")
    if (
        len(parts) > LONGEST_SYNONYM
        or not all(map(_WORD.fullmatch, parts))
        or not _VOWEL.search(synonym)  # "yr", "lb"
        or len(synonym) < SHORTEST_WORD
        or all(part in STOP_WORDS for part in parts)
        or synonym in lemmas_of(word, letter)  # "bacterium" for "bacteria"
        # The word itself and something added, or less: "elevator car", "percent" for "percentage".
        or word in re.split("[ -]", synonym)
        or word.startswith(synonym)
        or synonym.startswith(word)
        or (letter == VERB and len(parts) > 1 and parts[-1] not in _PARTICLES)
        # "on fire" and the like cannot stand before a noun.
        or (letter == ADJECTIVE and len(parts) > 1)
        or f"{word}/{synonym}" in _misleading()
    ):
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
        and (letter != NOUN or _agrees(parts[-1], reading))
    )


def _agrees(synonym: str, reading: Reading) -> bool:
    """Whether a noun fits the grammar around another: singular, plural, or mass noun."""
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
    # lemminflect gives a mass noun ("salt") as its own plural, beside another where it has both.
    word_plurals = inflected_forms(reading.lemma, "NNS")
    synonym_is_mass, word_is_mass = plurals == (synonym,), word_plurals == (reading.lemma,)
    return not (
        (synonym_is_mass and (synonym.endswith("s") or reading.lemma not in word_plurals))
        or (word_is_mass and synonym not in plurals)
    )


@cache
def _misleading() -> frozenset[str]:
    return frozenset(entry.replace("_", " ") for entry in _MISLEADING.split())
