"""Sources of synonyms: which words they offer, in which form, and for which words none."""

import gzip
import importlib.util
import pickle
import subprocess
import sys
from pathlib import Path

import nltk
import pytest
from nltk.corpus.util import LazyCorpusLoader

from textaug.language import lexicon, nltk_wordnet, senses
from textaug.language.inflection import inflect
from textaug.language.lexicon import WordList
from textaug.language.nltk_wordnet import NltkWordNet
from textaug.language.word_lists import stop_words
from textaug.language.wordnet import WordNet

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "textaug" / "data"
WORDNET_DIR = Path("/usr/share/wordnet")

wordnet = WordNet()


@pytest.mark.parametrize(
    ("word", "synonym"),
    [
        ("car", "automobile"),
        ("cars", "automobiles"),
        ("countries", "nations"),
        ("purchased", "bought"),
        ("begun", "started"),
        ("buying", "purchasing"),
        ("large", "big"),
        ("largest", "biggest"),
        ("cheaper", "more inexpensive"),
        ("often", "frequently"),
    ],
)
def test_synonyms_are_inflected_like_the_word(word, synonym):
    assert synonym in wordnet.synonyms(word)


def test_synonyms_are_cased_like_the_word():
    assert wordnet.synonyms("lawyers") == ["attorneys"]
    assert wordnet.synonyms("Lawyers") == ["Attorneys"]
    assert wordnet.synonyms("LAWYERS") == ["ATTORNEYS"]


def test_several_words_are_inflected_at_the_head():
    assert "police officers" in wordnet.synonyms("policemen")
    assert "home runs" in wordnet.synonyms("homers")
    assert inflect("take place", "VBD") == "took place"


@pytest.mark.parametrize("word", ["the", "is", "took", "been", "three", "million", "not", "under"])
def test_function_words_numbers_and_light_verbs_stay(word):
    assert wordnet.synonyms(word) == []


def test_stop_words_are_lower_case_words():
    assert {"the", "and", "of", "be", "ten"} <= stop_words()
    assert all(word.isalpha() and word.islower() for word in stop_words())


@pytest.mark.parametrize(
    "word", ["", "x", "U.S.", "1996", "don't", "car's", "iPhone", "zzyzx", "§", "tv", "mph"]
)
def test_what_is_no_plain_word_stays(word):
    assert wordnet.synonyms(word) == []


def test_proper_names_stay():
    assert wordnet.synonyms("China") == wordnet.synonyms("CHINA") == []


@pytest.mark.parametrize("word", ["shut", "put"])  # past or present?
def test_a_word_of_ambiguous_inflection_stays(word):
    assert wordnet.synonyms(word) == []


def test_a_form_of_two_tags_counts_if_the_synonym_has_one_form_for_both():
    assert wordnet.synonyms("bought") == ["purchased"]  # past tense or participle


@pytest.mark.parametrize("word", ["shares", "cut", "starts"])  # noun or verb?
def test_a_word_of_ambiguous_part_of_speech_stays(word):
    assert wordnet.synonyms(word) == []


def test_an_unclear_sense_needs_more_senses():
    assert wordnet.synonyms("abduct") == []
    assert "kidnap" in wordnet.synonyms("abduct", max_senses=2)


def test_no_word_is_its_own_synonym_and_none_is_rude_or_a_name():
    words = senses._synonym_list()
    for lemma in list(words.entries)[::50]:
        synonyms = wordnet.synonyms(lemma, max_senses=None)
        assert lemma not in synonyms
        assert len(set(synonyms)) == len(synonyms)
        assert all(synonym == synonym.lower() for synonym in synonyms)
    assert not {"fuck", "shit", "nigger", "negro"} & {
        member for synset in words.synsets for member in synset.split("\t")
    }


def test_the_result_is_the_callers_own():
    wordnet.synonyms("car").clear()
    assert wordnet.synonyms("car")


def test_word_list_is_taken_literally_but_for_case():
    words = WordList({"Car": ["automobile", "motor vehicle", "car"], "pct": ["percent"]})
    assert words.synonyms("car") == ["automobile", "motor vehicle"]
    assert words.synonyms("CAR") == ["AUTOMOBILE", "MOTOR VEHICLE"]
    assert words.synonyms("pct") == ["percent"]
    assert words.synonyms("cars") == []
    assert pickle.loads(pickle.dumps(words)) == words


def test_word_list_refuses_a_bare_string():
    with pytest.raises(ValueError, match="'car' must be a list"):
        WordList({"car": "automobile"})


def test_nltk_without_its_data_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr(nltk.data, "path", [str(tmp_path)])
    # A loader that no other test can have loaded yet.
    monkeypatch.setattr(
        nltk.corpus, "wordnet", LazyCorpusLoader("wordnet", nltk.corpus.WordNetCorpusReader, None)
    )
    with pytest.raises(LookupError, match=r'nltk\.download\("wordnet"\)\s+nltk\.download\("omw-'):
        NltkWordNet(lang="fra").synonyms("voiture")


class FakeSynset:
    """As much of an NLTK synset as is used."""

    def __init__(self, pos, count, names):
        self._pos, self._count, self._names = pos, count, names

    def pos(self):
        return self._pos

    def count(self):
        return self._count

    def lemmas(self):
        return [self]

    def lemma_names(self, lang):
        return self._names


def test_nltk_synonyms_of_the_most_frequent_sense(monkeypatch):
    class Reader:
        car = FakeSynset("n", 89, ["automobile", "voiture", "véhicule_automobile", "Renault"])
        railcar = FakeSynset("n", 2, ["voiture", "wagon"])
        east = FakeSynset("n", 9, ["est", "orient"])
        happy = FakeSynset("s", 9, ["heureux", "content"])

        def synsets(self, lemma, lang):
            every = [self.railcar, self.car, self.east, self.happy]
            return [synset for synset in every if lemma in synset.lemma_names(lang)]

    monkeypatch.setattr(nltk_wordnet, "_nltk_reader", lambda lang: reader)
    nltk_wordnet._multilingual_synonyms.cache_clear()
    reader = Reader()
    french = NltkWordNet(lang="fra")
    assert french.synonyms("Voiture") == ["Automobile", "Véhicule automobile"]
    assert french.synonyms("wagon") == []  # "voiture" would be read as a car
    assert french.synonyms("heureux") == ["content"]
    assert french.synonyms("voitures") == []  # not a lemma
    assert french.synonyms("orient") == ["est"]
    assert french.synonyms("est") == []  # "is" or "east"?
    nltk_wordnet._multilingual_synonyms.cache_clear()


def test_the_list_is_small_and_comes_with_its_licence():
    assert (DATA / "wordnet.tsv.gz").stat().st_size <= 3_000_000
    assert "WordNet 3.0 Copyright 2006 by Princeton University" in (
        DATA / "WORDNET_LICENSE"
    ).read_text(encoding="utf-8")


def test_importing_the_module_imports_nothing_heavy():
    code = (
        "import sys; before = set(sys.modules); import importlib.util as u\n"
        f"s = u.spec_from_file_location('lexicon', {lexicon.__file__!r})\n"
        "m = u.module_from_spec(s); sys.modules['lexicon'] = m; s.loader.exec_module(m)\n"
        "print({'nltk', 'lemminflect', 'numpy', 'torch'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.skipif(not WORDNET_DIR.exists(), reason="needs Debian's package wordnet-base")
def test_the_build_script_reproduces_the_list():
    spec = importlib.util.spec_from_file_location(
        "build_wordnet", ROOT / "scripts" / "build_wordnet.py"
    )
    script = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = script  # dataclasses look their module up there
    spec.loader.exec_module(script)
    text = script.build(WORDNET_DIR)
    shipped = (DATA / "wordnet.tsv.gz").read_bytes()
    assert text == gzip.decompress(shipped).decode("utf-8")
    # Another zlib may pack the same text into other bytes, so the bytes are not compared here.
    assert script.compress(text)[4:8] == shipped[4:8] == bytes(4)  # no time stamp
