"""Results that would change the label of the sentence are rejected."""

import logging

import pytest
from datasets import ClassLabel, Dataset, Features, List, Value
from support.augmenters import tiny_classifier, tiny_encoder

from textaug import Example, KeepLabel, SynonymReplacement
from textaug.filters import labels
from textaug.models.classifier import fit_weights, labels_of
from textaug.models.loading import ModelSpec


def example(text, *given):
    return Example.from_text(text)._replace(labels=given)


def rows(texts, names):
    features = Features(text=Value("string"), label=ClassLabel(names=["bad", "good"]))
    return Dataset.from_dict({"text": texts, "label": names}, features=features)


def by_word(texts):
    return ["bad" if "awful" in text else "good" for text in texts]


def test_a_flip_is_rejected_and_counted_by_reason():
    synonyms = SynonymReplacement(p=1, words={"fine": ["awful"]}, protect=False)
    augmenter = synonyms.where(KeepLabel(by_word))
    assert rows(["A fine film"], [1]).map(augmenter)["text"] == ["A fine film"]
    assert augmenter.counts == {"rejected: filtered out by KeepLabel": 1}


def test_a_sentence_that_the_classifier_gets_wrong_may_change():
    before = [example("A fine film", "bad")]
    assert KeepLabel(by_word)(before, [example("A good film")]) == [True]


def test_probabilities_may_move_by_drop():
    def half(texts):
        return [{"good": 0.9 - 0.1 * len(text.split())} for text in texts]

    before, after = [example("a", "good")] * 2, [example("a b"), example("a b c d")]
    assert KeepLabel(half, drop=0.15)(before, after) == [True, False]


def test_a_label_without_a_probability_has_none():
    def rarely(texts):
        return [{"good": 0.1} if "fine" in text else {"bad": 0.1} for text in texts]

    before, after = [example("A fine film", "good")], [example("A nice film")]
    assert KeepLabel(rarely, drop=0.15)(before, after) == [True]
    assert KeepLabel(rarely, drop=0.05)(before, after) == [False]


def test_rows_without_a_label_pass_with_one_message(caplog):
    labels._warn_once.cache_clear()
    with caplog.at_level(logging.WARNING, "textaug"):
        keep = KeepLabel(by_word)
        assert keep([example("fine")] * 2, [example("awful")] * 2) == [True, True]
        assert keep([example("fine", None)], [example("awful")]) == [True]
    assert [record.message for record in caplog.records] == [
        f"KeepLabel keeps rows without a label of the sentence; {labels.HOW_TO_DECLARE}"
    ]


@pytest.fixture(scope="module")
def fitted():
    texts = ["a dull story", "a dull film", "dull people", "a bright story", "bright people"] * 60
    return KeepLabel.from_dataset(rows(texts, [0, 0, 0, 1, 1] * 60), tiny_encoder(), drop=0.02)


def test_it_learns_from_the_data_set(fitted):
    before = [example("a dull film", "bad"), example("a bright film", "good")]
    after = [example("a bright film"), example("a bright story")]
    assert fitted(before, after) == [False, True]


def test_a_label_that_it_does_not_know_is_an_error(fitted):
    with pytest.raises(ValueError, match="the label 'odd', and the classifier knows 'bad', 'good'"):
        fitted([example("x", "odd")], [example("y")])


def test_several_labels_in_one_column():
    texts = [["dull people", "bright people", "bright dull story"][i % 3] for i in range(24)]
    tags = [[["slow"], ["fun"], ["fun", "slow"]][i % 3] for i in range(24)]
    features = Features(text=Value("string"), topics=List(Value("string")))
    data = Dataset.from_dict({"text": texts, "topics": tags}, features=features)
    keep = KeepLabel.from_dataset(data, tiny_encoder(), 0.01, roles={"topics": "label"})
    assert list(keep.weights) == [(0, "fun"), (0, "slow")]
    both = example("bright dull people", ("fun", "slow"))
    assert keep([both], [example("bright people")]) == [False]


def test_one_number_for_each_label_is_an_error():
    features = Features(text=Value("string"), topics=List(Value("int64")))
    data = Dataset.from_dict({"text": ["a", "b"], "topics": [[1, 0], [0, 1]]}, features=features)
    with pytest.raises(ValueError, match="look like one 0 or 1 for each label.*lists of names"):
        KeepLabel.from_dataset(data, tiny_encoder(), roles={"topics": "label"})


def test_a_data_set_without_a_label_is_an_error():
    with pytest.raises(ValueError, match="no label of the sentence to learn; declare the column"):
        KeepLabel.from_dataset(Dataset.from_dict({"text": ["a"]}), tiny_encoder())


def test_labels_of_several_columns_need_weights():
    with pytest.raises(ValueError, match="several columns"):
        KeepLabel(by_word)([example("x", "good", "news")], [example("y")])


def test_the_weights_separate_the_classes():
    examples = [example("dull dull", "bad"), example("bright bright", "good")] * 10
    weights = fit_weights(examples, ModelSpec(tiny_encoder()))
    assert set(weights) == {(0, "bad"), (0, "good")}
    assert labels_of(examples[0]) == {(0, "bad")}


def test_a_trained_classifier_is_asked_for_names_or_numbers():
    texts = ["the minister said", "prices fell on Monday", "they won", "a long day in the city"]
    after = [example(text) for text in texts[1:] + texts[:1]]
    keep = KeepLabel(tiny_classifier(), drop=0.0)
    named = keep([example(text, "good") for text in texts], after)
    assert named == keep([example(text, 1) for text in texts], after)
    assert set(named) == {True, False}  # in a circle, the probability must rise and fall
    assert [
        keep([example(old, "good")], [new])[0] for old, new in zip(texts, after, strict=True)
    ] == (named)


def test_a_model_that_does_not_classify_sentences_is_refused():
    with pytest.raises(ValueError, match="cannot be used as|is not a classifier of sentences"):
        KeepLabel(tiny_encoder())([example("x", "good")], [example("y")])


def test_labels_that_the_classifier_lacks_are_an_error():
    with pytest.raises(ValueError, match="the label 'odd', and the classifier knows"):
        KeepLabel(tiny_classifier())([example("x", "odd")], [example("y")])
