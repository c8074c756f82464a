"""Synonyms in sentences; single words are tested in test_lexicon.py."""

import pytest

from textaug import SynonymReplacement

ROW = {
    "tokens": ["The", "Doctors", "bought", "a", "car", "from", "Ann", "Doctor", "in", "1996"],
    "ner_tags": ["O", "O", "O", "O", "O", "O", "B-PER", "I-PER", "O", "O"],
    "pos_tags": list(range(10)),
}


def test_inflection_and_case_are_kept():
    after = SynonymReplacement(p=1.0, max_senses=1)(ROW)
    assert after["tokens"][1:3] == ["Physicians", "purchased"]
    assert after["tokens"][4] in ("automobile", "auto")
    assert after["tokens"][3] == "an", "the article follows"
    assert after["tokens"][6:] == ROW["tokens"][6:], "mentions, function words and numbers stay"
    assert after["ner_tags"] == ROW["ner_tags"]
    assert after["pos_tags"] == ROW["pos_tags"], "a synonym has the part of speech of the word"


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
