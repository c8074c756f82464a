"""Synonyms of single words: from WordNet, from other languages' WordNets, from a list of your own.

The engine behind :class:`textaug.SynonymReplacement`. A lexicon maps one surface word to the
surface words that may take its place, inflected and cased like it. It sees no sentence, so it would
rather know no synonym than a wrong one.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Protocol

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
UNINFLECTED_TAGS = frozenset({"NN", "VB", "VBP", "JJ", "RB"})
DEGREE_WORDS = {"JJR": "more", "RBR": "more", "JJS": "most", "RBS": "most"}

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
# Without a part of speech given, the word's most frequent one must make up this share.
DOMINANT_POS_SHARE = 0.95
# A synonym that is nearly always another part of speech misleads ("wet" for the noun "moisture").
SMALLEST_POS_SHARE = 0.1
# The texts are few, so every sense and part of speech counts as if seen once more than it was.
PRIOR_COUNT = 1

# A synonym must be about as familiar as the word, and a familiar word will always do. The measure:
# how often the lemma is tagged, and how often WordNet's glosses use it. "suspire" scores 0.
TAGGED_WEIGHT = 3
FAMILIAR = 10.0
UNFAMILIAR = 5.0

LONGEST_SYNONYM = 3  # words: longer lemmas are idioms and definitions
SHORTEST_WORD = 3  # letters: shorter ones are function words, symbols and abbreviations
SHORTEST_UNKNOWN_WORD = 4  # letters, where no list of function words is at hand
CACHE_SIZE = 1 << 16  # words

_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
_VOWEL = re.compile(r"[aeiouy]", re.IGNORECASE)
# The second words of phrasal verbs that keep the verb's object where it was: "called off the
# talks". With the others ("go on", "look into") passives and objects go wrong.
_PARTICLES = frozenset({"aside", "away", "back", "down", "off", "out", "over", "place", "up"})

_STOP_WORDS = """
a an the this that these those some any each every either neither both all half no none such
another other others same own
i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself
she her hers herself it its itself they them their theirs themselves one ones oneself who whom
whose which what whoever whatever whichever somebody someone something anybody anyone anything
everybody everyone everything nobody nothing
here there where when why how somewhere anywhere everywhere nowhere whenever wherever however
be am is are was were been being have has had having do does did done doing can could may might
must shall should will would ought need dare cannot
come comes came coming get gets got getting gotten give gives gave given giving go goes went gone
going keep keeps kept keeping let lets letting make makes made making put puts putting seem seems
seemed seeming set sets setting take takes took taken taking tell tells told telling use uses used
using
aboard about above according across after against ahead along alongside amid among amongst around
as at before behind below beneath beside besides between beyond but by concerning despite down due
during except for from in including inside into like minus near of off on onto opposite out outside
over past per plus regarding round since than through throughout till to toward towards under
underneath unlike until up upon versus via with within without
and or nor so yet if unless while whereas although though because whether lest provided
not never ever also too very just only even still already again once twice then now thus hence
therefore moreover quite rather almost enough much many more most few fewer fewest little less least
several lot lots well else away back together apart ago later first second third last next
zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand
million billion trillion dozen
yes please thanks hello okay
"""
STOP_WORDS: frozenset[str] = frozenset(_STOP_WORDS.split())
"""English function words, numbers and light verbs: no synonym of theirs is ever safe."""

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


class Lexicon(Protocol):
    """What a source of synonyms must offer. Anything that has this method will do."""

    def synonyms(self, word: str, pos: str | None = None, max_senses: int | None = 1) -> list[str]:
        """Words that may replace ``word``, best first, in its inflection and case."""
        ...


def match_case(word: str, like: str) -> str:
    """Write ``word`` in the case pattern of ``like``.

    Args:
        word: one word or several, in the case a dictionary gives it.
        like: the word whose pattern to take. Lower and mixed case leave ``word`` as it is, upper
            case is taken over, Title case makes the first letter a capital. A single capital letter
            counts as Title case.

    >>> match_case("motor vehicle", "CAR"), match_case("motor vehicle", "Car")
    ('MOTOR VEHICLE', 'Motor vehicle')
    >>> match_case("one", "A"), match_case("automobile", "car"), match_case("tablet", "iPad")
    ('One', 'automobile', 'tablet')
    """
    if len(like) > 1 and like.isupper():
        return word.upper()
    if like == like.capitalize() != like.lower():
        return word[:1].upper() + word[1:]
    return word


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


@dataclass(frozen=True)
class NltkWordNet:
    """Synonyms in the languages of NLTK's Open Multilingual WordNet.

    It knows lemmas only: an inflected word has no synonyms unless it is spelt like a lemma, and the
    synonyms come uninflected. So it serves best for words that seldom inflect (adverbs, nouns in
    the singular).

    Args:
        lang: ISO 639-3 code of the language: "fra", "spa", "por", "ita", "jpn" ...

    The data is NLTK's and is downloaded once, by hand ("omw-1.4" for NLTK 3.9):

    >>> import nltk  # doctest: +SKIP
    >>> nltk.download("wordnet"), nltk.download("omw-2.0")  # doctest: +SKIP
    >>> NltkWordNet(lang="fra").synonyms("voiture", "noun")  # doctest: +SKIP

    >>> NltkWordNet()
    NltkWordNet(lang='fra')
    """

    lang: str = "fra"

    def synonyms(self, word: str, pos: str | None = None, max_senses: int | None = 1) -> list[str]:
        """Words that may replace ``word``, in the same case; see :meth:`WordNet.synonyms`.

        The other WordNets have no counts of their own. The senses are ordered by how often English
        texts use them. Without ``pos``, words of fewer than four letters have no synonyms: most
        are function words.

        Raises:
            LookupError: where NLTK's data is missing; it says how to get it.
            ValueError: where the Open Multilingual WordNet has no language ``lang``.
        """
        return list(_multilingual_synonyms(self.lang, word, pos, max_senses))


@dataclass(frozen=True)
class WordList:
    """Your own synonyms: a mapping from a word to those that may replace it.

    The mapping is taken literally: no inflection, no part of speech, no stop words.

    Args:
        mapping: words in any case, each with a list of synonyms.

    Raises:
        ValueError: where a word's synonyms are one string instead of a list.

    >>> words = WordList({"car": ["automobile", "motor vehicle"]})
    >>> words.synonyms("Car"), words.synonyms("cars")
    (['Automobile', 'Motor vehicle'], [])
    """

    mapping: Mapping[str, Sequence[str]]
    _by_lower: dict[str, list[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_lower: dict[str, list[str]] = {}
        for word, synonyms in self.mapping.items():
            if isinstance(synonyms, str):
                raise ValueError(f"WordList: the synonyms of {word!r} must be a list of strings")
            by_lower.setdefault(word.lower(), []).extend(synonyms)
        object.__setattr__(self, "_by_lower", by_lower)

    def synonyms(self, word: str, pos: str | None = None, max_senses: int | None = 1) -> list[str]:
        """The listed synonyms of ``word`` in the list's order, written in its case.

        Args:
            word: looked up without regard to case.
            pos: not used; here because every lexicon takes it.
            max_senses: not used, likewise.
        """
        listed = self._by_lower.get(word.lower(), [])
        cased = dict.fromkeys(match_case(synonym, like=word) for synonym in listed)
        return [synonym for synonym in cased if synonym.lower() != word.lower()]


# The bundled list


@dataclass(frozen=True, slots=True)
class _Sense:
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
def _senses(lemma: str, letter: str) -> tuple[_Sense, ...]:
    """The senses of a lemma in one part of speech, most frequent first."""
    words = _synonym_list()
    for pos_field in words.entries.get(lemma, "").split("\t")[1:]:
        if pos_field[0] == letter:
            parsed = (sense.split(":") for sense in pos_field[2:].split(" "))
            return tuple(
                _Sense(
                    tuple(words.synsets[int(synset)].split("\t")) if synset.isdigit() else (),
                    int(count),
                    is_name=synset == "^",
                )
                for synset, count in parsed
            )
    return ()


def _shares(senses: Sequence[_Sense]) -> list[float]:
    """Each sense's share of all uses."""
    counts = [sense.count + PRIOR_COUNT for sense in senses]
    return [count / sum(counts) for count in counts]


def _uses(lemma: str, letter: str) -> int:
    """How often a lemma was tagged as one part of speech."""
    return sum(sense.count for sense in _senses(lemma, letter))


def _pos_share(lemma: str, letter: str) -> float:
    """The share one part of speech has in all uses of a lemma."""
    uses = {
        other: _uses(lemma, other) + PRIOR_COUNT for other in PENN_TAGS if _senses(lemma, other)
    }
    return uses[letter] / sum(uses.values())


def _familiarity(lemma: str, letter: str) -> float:
    in_glosses = int(_synonym_list().entries[lemma].partition("\t")[0])
    return in_glosses * _pos_share(lemma, letter) + TAGGED_WEIGHT * _uses(lemma, letter)


# Inflection


@lru_cache(CACHE_SIZE)
def _lemmas(word: str, letter: str) -> tuple[str, ...]:
    """The lemmas that a lower-case word may be an inflection of."""
    return tuple(dict.fromkeys((word, *_all_lemmas(word).get(POS_NAMES[letter], ()))))


@lru_cache(CACHE_SIZE)
def _all_lemmas(word: str) -> Mapping[str, tuple[str, ...]]:
    import lemminflect

    found: dict[str, tuple[str, ...]] = lemminflect.getAllLemmas(word)  # by part of speech
    return found


@lru_cache(CACHE_SIZE)
def _forms(lemma: str, tag: str) -> tuple[str, ...]:
    """One word inflected, in all its spellings."""
    import lemminflect

    if tag in UNINFLECTED_TAGS:
        return (lemma,)
    # A comparative is formed only where the dictionary has it: "larger", but "more important".
    found: tuple[str, ...] = lemminflect.getInflection(
        lemma, tag, inflect_oov=tag not in DEGREE_WORDS
    )
    return found or (f"{DEGREE_WORDS[tag]} {lemma}",)


def _inflect(lemma: str, tag: str) -> str:
    """A lemma of one or several words inflected at its head."""
    words = lemma.split(" ")
    head = 0 if tag in PENN_TAGS[VERB] else -1
    words[head] = _forms(words[head], tag)[0]
    return " ".join(words)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a surface word may be."""

    lemma: str
    letter: str
    tags: tuple[str, ...]


def _readings(word: str, pos: str | None) -> list[_Reading]:
    """Every reading of a lower-case word that the part of speech allows and WordNet knows."""
    readings = []
    for letter in PENN_TAGS if pos is None else [coarse_pos(pos)]:
        if letter is None:
            continue
        allowed = [tag for tag in PENN_TAGS[letter] if tag == pos or pos not in PENN_TAGS[letter]]
        for lemma in _lemmas(word, letter):
            if not _senses(lemma, letter):
                continue  # first, as most words have none, and inflecting what is no word is slow
            tags = tuple(tag for tag in allowed if word in _forms(lemma, tag))
            if tags:
                readings.append(_Reading(lemma, letter, tags))
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
    readings = _readings(word, None)
    uses = [_uses(reading.lemma, reading.letter) + PRIOR_COUNT for reading in readings]
    return frozenset(
        tag
        for reading, count in zip(readings, uses, strict=True)
        if count >= SMALLEST_POS_SHARE * sum(uses)
        for tag in reading.tags
        if _forms(reading.lemma, tag)[0] == word
    )


def _dominant(readings: Sequence[_Reading]) -> _Reading | None:
    """The reading that makes up most of the word's uses, if one does."""
    uses = [_uses(reading.lemma, reading.letter) + PRIOR_COUNT for reading in readings]
    for reading, count in zip(readings, uses, strict=True):
        if count >= DOMINANT_POS_SHARE * sum(uses):
            return reading
    return None


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
    if word != lower and any(sense.is_name for pos in PENN_TAGS for sense in _senses(lower, pos)):
        return ()  # "China", "CHINA", "Polish"
    reading = _dominant(_readings(lower, pos))
    if (
        reading is None
        or reading.lemma in STOP_WORDS
        or reading.lemma in _misleading()
        or ("NNS" in reading.tags and lower == reading.lemma)  # "cattle are", "two aircraft"
    ):
        return ()

    senses = [sense for sense in _senses(reading.lemma, reading.letter) if not sense.is_name]
    shares = _shares(senses)
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
            forms = {_inflect(synonym, tag) for tag in reading.tags}
            if len(forms) == 1 and lower not in forms:
                replacements[match_case(forms.pop(), like=word)] = None
    return tuple(replacements)


def _by_frequency(sense: _Sense, letter: str) -> list[str]:
    """The lemmas of a sense, those most often tagged with it first."""

    def count(lemma: str) -> int:
        return sum(s.count for s in _senses(lemma, letter) if s.lemmas == sense.lemmas)

    return sorted(sense.lemmas, key=count, reverse=True)


def _may_replace(synonym: str, reading: _Reading) -> bool:
    """Whether a lemma reads well in the place of another that shares one of its senses."""
    word, letter = reading.lemma, reading.letter
    parts = synonym.split(" ")
    if (
        len(parts) > LONGEST_SYNONYM
        or not all(map(_WORD.fullmatch, parts))
        or not _VOWEL.search(synonym)  # "yr", "lb"
        or len(synonym) < SHORTEST_WORD
        or all(part in STOP_WORDS for part in parts)
        or synonym in _lemmas(word, letter)  # "bacterium" for "bacteria"
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

    senses = _senses(synonym, letter)
    shared = [
        (sense, share)
        for sense, share in zip(senses, _shares(senses), strict=True)
        if word in sense.lemmas
    ]
    if sum(share for _, share in shared) < SHARED_SENSE_SHARE:
        return False
    if not any(sense.count for sense, _ in shared) and (len(senses) > 1 or len(parts) > 1):
        return False
    return (
        _pos_share(synonym, letter) >= SMALLEST_POS_SHARE
        and _familiarity(synonym, letter)
        >= max(UNFAMILIAR, min(FAMILIAR, _familiarity(word, letter)))
        and (letter != NOUN or _agrees(parts[-1], reading))
    )


def _agrees(synonym: str, reading: _Reading) -> bool:
    """Whether a noun fits the grammar around another: singular, plural, or mass noun."""
    if len(_lemmas(synonym, NOUN)) > 1 or synonym == reading.lemma:  # a plural: "authorities"
        return False
    if (
        synonym.endswith("ing")
        and not reading.lemma.endswith("ing")
        and len(_lemmas(synonym, VERB)) > 1
    ):
        return False  # a gerund: "a talking" for "a talk"
    plurals = _forms(synonym, "NNS")
    if reading.tags == ("NNS",):
        return plurals[0] != synonym
    # lemminflect gives a mass noun ("salt") as its own plural, beside another where it has both.
    word_plurals = _forms(reading.lemma, "NNS")
    synonym_is_mass, word_is_mass = plurals == (synonym,), word_plurals == (reading.lemma,)
    return not (
        (synonym_is_mass and (synonym.endswith("s") or reading.lemma not in word_plurals))
        or (word_is_mass and synonym not in plurals)
    )


@cache
def _misleading() -> frozenset[str]:
    return frozenset(entry.replace("_", " ") for entry in _MISLEADING.split())


# NLTK


@cache
def _nltk_reader(lang: str) -> Any:
    """NLTK's WordNet with the data of one language loaded."""
    import nltk
    from nltk.corpus import wordnet
    from nltk.corpus.reader.wordnet import WordNetError

    try:
        wordnet.synsets("test", lang=lang)
    except LookupError as error:
        # NLTK 3.10 went over to a new release of the Open Multilingual WordNet.
        release = "omw-1.4" if nltk.__version__.startswith("3.9") else "omw-2.0"
        raise LookupError(
            f"NltkWordNet(lang={lang!r}) needs data that NLTK cannot find. Download it once with\n"
            f'    import nltk\n    nltk.download("wordnet")\n    nltk.download("{release}")'
        ) from error
    except WordNetError as error:
        raise ValueError(
            f"lang={lang!r}: the Open Multilingual WordNet has {', '.join(sorted(wordnet.langs()))}"
        ) from error
    return wordnet


def _nltk_senses(lang: str, lemma: str, letter: str | None) -> list[tuple[Any, float]]:
    """The NLTK synsets of a lemma, most frequent first, each with its share of all uses."""
    found = [
        synset
        for synset in _nltk_reader(lang).synsets(lemma.replace(" ", "_"), lang=lang)
        if letter in (None, synset.pos().replace("s", ADJECTIVE))  # "s": a satellite adjective
        # In English NLTK finds inflected words too, whose synonyms would not be inflected.
        and lemma in (name.replace("_", " ").lower() for name in synset.lemma_names(lang))
    ]
    counts = [sum(lemma.count() for lemma in synset.lemmas()) + PRIOR_COUNT for synset in found]
    shares = [count / sum(counts) for count in counts]
    return sorted(zip(found, shares, strict=True), key=lambda sense: sense[1], reverse=True)


@lru_cache(CACHE_SIZE)
def _multilingual_synonyms(
    lang: str, word: str, pos: str | None, max_senses: int | None
) -> tuple[str, ...]:
    letter = coarse_pos(pos)
    if pos is not None and letter is None:
        return ()
    # Most short words are function words, which this WordNet lacks, but not what is spelt like
    # them: French "est" ("is") is there as "east". Scripts without case have short words only.
    if pos is None and len(word) < SHORTEST_UNKNOWN_WORD and word.lower() != word.upper():
        return ()
    leading = _nltk_senses(lang, word.lower(), letter)[:max_senses]
    if sum(share for _, share in leading) < DOMINANT_SENSE_SHARE:
        return ()
    replacements: dict[str, None] = {}
    for synset, share in leading:
        if share < SMALLEST_SENSE_SHARE:
            continue
        for name in synset.lemma_names(lang):
            synonym = name.replace("_", " ")
            # Capitals are proper names, and in some of these WordNets notes such as "GAP!".
            if synonym == word.lower() or synonym != synonym.lower():
                continue
            senses = dict(_nltk_senses(lang, synonym, letter))
            if senses[synset] >= SHARED_SENSE_SHARE:
                replacements[match_case(synonym, like=word)] = None
    return tuple(replacements)
