"""Phrases beside mentions, and in their place."""

import pytest

from textaug import NominalPhrases
from textaug.augmenters.nominal_phrases import POSITIONS, english_phrases

ROW = {
    "tokens": ["A", "Toyota", "car", "hit", "Ann", "Lee", "in", "Rome", "."],
    "ner_tags": ["O", "B-ORG", "O", "O", "B-PER", "I-PER", "O", "B-LOC", "O"],
}


def test_a_phrase_goes_before_a_mention_or_after_it():
    assert NominalPhrases({"LOC": {"before": ["the city of"]}}, p=1.0)(ROW) == {
        "tokens": [*ROW["tokens"][:7], "the", "city", "of", "Rome", "."],
        "ner_tags": [*ROW["ner_tags"][:7], "O", "O", "O", "B-LOC", "O"],
    }
    assert NominalPhrases({"PER": {"after": ["'s wife"]}}, p=1.0)(ROW) == {
        "tokens": [*ROW["tokens"][:6], "'s", "wife", "in", "Rome", "."],
        "ner_tags": [*ROW["ner_tags"][:6], "O", "O", "O", "B-LOC", "O"],
    }


def test_a_phrase_in_place_of_a_mention_has_no_label():
    say = NominalPhrases({"PER": {"instead": ["a man"]}}, p=1.0, instead=1.0)
    assert say(ROW) == {
        "tokens": ["A", "Toyota", "car", "hit", "a", "man", "in", "Rome", "."],
        "ner_tags": ["O", "B-ORG", "O", "O", "O", "O", "O", "B-LOC", "O"],
    }
    assert NominalPhrases(p=1.0, instead=0.0, seed=4)(ROW)["ner_tags"].count("B-PER") == 1


def test_mentions_that_touch_stay_two():
    row = {"tokens": ["Ann", "Lee", "Bob"], "ner_tags": ["B-PER", "I-PER", "B-PER"]}
    after = NominalPhrases({"PER": {"after": ["junior"]}}, p=1.0)(row)
    assert after["tokens"] == ["Ann", "Lee", "junior", "Bob", "junior"]
    assert after["ner_tags"] == ["B-PER", "I-PER", "O", "B-PER", "O"]


@pytest.mark.parametrize(
    ("tokens", "phrase", "expected"),
    [
        ("A Toyota car that", "the old carmaker", "A old carmaker Toyota car that"),
        ("the car and a Toyota", "oil firm", "the car and an oil firm Toyota"),
        ("Toyota fell", "the carmaker", "The carmaker Toyota fell"),
        ("toyota fell", "the carmaker", "the carmaker toyota fell"),
        ("TOYOTA FALLS", "the carmaker", "THE CARMAKER TOYOTA FALLS"),
    ],
)
def test_articles_and_capitals_fit(tokens, phrase, expected):
    words = tokens.split()
    row = {
        "tokens": words,
        "ner_tags": ["B-ORG" if word.lower() == "toyota" else "O" for word in words],
    }
    say = NominalPhrases({"ORG": {"before": [phrase]}}, p=1.0)
    expected = expected.replace("A old", "An old")
    assert say(row)["tokens"] == expected.split()


def test_english_phrases_are_known_by_the_usual_labels():
    assert set(english_phrases()) == {"person", "place", "organisation"}
    for places in english_phrases().values():
        assert set(places) == set(POSITIONS)
        assert all(len(set(phrases)) == len(phrases) > 50 for phrases in places.values())
    for label, changed in (("PERSON", True), ("GPE", True), ("MISC", False)):
        row = {"tokens": ["saw", "Rome"], "ner_tags": ["O", f"B-{label}"]}
        assert (NominalPhrases(seed=1)(row) != row) == changed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"p": 1.5}, r"p=1.5: must lie between 0 and 1"),
        ({"instead": -1}, r"instead=-1: must lie"),
        ({"phrases": {"PER": {"beside": ["Mr"]}}}, r"phrases\['PER'\] has 'beside': choose from"),
        ({"phrases": {"PER": {"before": ["Mr", " "]}}}, r"holds an empty phrase; leave it out"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        NominalPhrases(**arguments)
