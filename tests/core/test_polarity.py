"""Words of sentiment and negation stay where the rows have a label of the whole sentence."""

import pytest
from datasets import ClassLabel, Dataset, Features, Value

from textaug import Augmenter, CaseVariants, Edit, NoiseInjection, SynonymReplacement
from textaug.core.example import Example, Span
from textaug.core.polarity import has_polarity, keeping_polarity, polarity_words, sparing_polarity

WORDS = {"great": ["awful"], "film": ["picture", "disaster"], "short": ["awful"]}


def labelled(text):
    features = Features(text=Value("string"), label=ClassLabel(names=["bad", "good"]))
    return Dataset.from_dict({"text": [text], "label": [1]}, features=features)


def test_the_list_has_words_of_sentiment_and_no_others():
    assert {"boring", "unfunny", "moving", "wonderful", "wonderfully"} <= polarity_words()
    assert not {"film", "actor", "minute", "table", "story"} & polarity_words()


@pytest.mark.parametrize("word", ["Isn’t", "NOT", "laugh-free", "hardly", "Dreadful"])
def test_negations_compounds_and_capitals_count(word):
    assert has_polarity(word)


def test_a_word_of_sentiment_is_not_replaced_in_data_with_a_label():
    synonyms = SynonymReplacement(p=1, words={"great": ["awful"], "film": ["picture"]})
    text = "A great film ."
    assert labelled(text).map(synonyms)["text"] == ["A great picture ."]
    assert synonyms(text) == "An awful picture ."  # a string has no label


def test_none_is_brought_in():
    synonyms = SynonymReplacement(p=1, words={"film": ["disaster"], "short": ["awful"]})
    text = "A short film ."
    assert labelled(text).map(synonyms)["text"] == [text]


def test_protect_false_switches_it_off():
    synonyms = SynonymReplacement(p=1, words={"great": ["awful"]}, protect=False)
    assert labelled("A great film .").map(synonyms)["text"] == ["An awful film ."]


def test_noise_keeps_negations():
    noise = NoiseInjection(p=1, seed=3)
    text = "It is not a film for everyone"
    assert " not " in labelled(text).map(noise)["text"][0]
    assert noise.counts["changed"] == 1


def test_case_may_change():
    assert labelled("A great film").map(CaseVariants(p=1, seed=1))["text"] != ["A great film"]


def test_columns_that_are_no_label_do_not_count():
    data = Dataset.from_dict({"text": ["A great film ."], "id": [7]})
    synonyms = SynonymReplacement(p=1, words={"great": ["awful"]})
    assert data.map(synonyms)["text"] == ["An awful film ."]


def test_words_inside_mentions_are_another_matter():
    example = Example(("the", "Great", "Lakes"), (Span(1, 3, "LOC"),), labels=("travel",))
    assert sparing_polarity(example).protected == ()
    edits = [Edit(1, 2, ("Small",))]
    assert keeping_polarity(example, edits) == edits


def test_an_augmenter_of_ones_own_is_spared_the_words_too():
    class Shout(Augmenter):
        def edits(self, example, rng):
            return [Edit(i, i + 1, ("x",)) for i in example.positions(self.target)]

    assert labelled("a great film").map(Shout())["text"] == ["x great x"]
