"""The changes of a paraphrase, one by one."""

import pytest

from textaug.core.example import Example, Span
from textaug.language.rewording import (
    FEATURES,
    as_edits,
    changes_between,
    features_of,
    is_known,
    is_minor,
    is_safe,
    with_changes,
)


def changes(old, new):
    old, new = old.split(), new.split()
    return [
        [(" ".join(old[a:b]), " ".join(new[c:d])) for a, b, c, d in change]
        for change in changes_between(old, new)
    ]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("He left .", "He left .", []),
        ("The talks began .", "the talks began .", []),
        ("The talks began", "The talks started", [[("began", "started")]]),
        ("He said it was late", "He said that it was too late", [[("", "that")], [("", "too")]]),
        ("the old deal of June", "the June deal", [[("old deal of June", "June deal")]]),
    ],
)
def test_changes(old, new, found):
    assert changes(old, new) == found


def safe(old, new, spans=()):
    example = Example(tuple(old.split()), spans)
    new = new.split()
    return [is_safe(change, example, new) for change in changes_between(example.tokens, new)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("It said so .", "He said so ."),
        ("her late husband", "his late husband"),
        ("they do not want it", "they want it"),
        ("he was there", "he was never there"),
        ("won 6-3 and 1-6", "won 1-6 and 6-3"),
        ("two men died", "three men died"),
        ("it dragged us lower", "it squeathed us lower"),
        ("said Bo Li there", "said the man there"),
        ("a firm , which makes tyres", "a firm , who makes tyres"),
        ("tearing a muscle in his leg", "tearing a muscle on his leg"),
        ("up from 27 last week", "up 27 last week"),
        ("due to take place", "due to taking place"),
        ("stocks were there", "stocks was there"),
        ("what the basis for it is", "what is the basis for it is"),
    ],
)
def test_a_change_of_person_negation_number_or_name_is_not_safe(old, new):
    assert not all(safe(old, new))


def test_other_changes_are():
    assert safe("He could not agree on a deal", "He could n't agree on a contract") == [True, True]


def test_mentions_stay():
    spans = (Span(1, 3, "ORG"),)
    assert safe("at bank of england now", "at bank in england now", spans) == [False]
    assert safe("at bank of england now", "at bank of england today", (Span(1, 4, "ORG"),)) == [
        True
    ]


def test_known_words():
    assert is_known("organised") and is_known("well-known") and not is_known("atrophiing")


@pytest.mark.parametrize(
    ("old", "new", "minor"),
    [
        ("prices fell", "the prices fell", True),
        ("he said it fell", "he said that it fell", True),
        ("in June as", "in June , as", True),
        ("big towns", "large towns", False),
        ("press officials said", "officials press said", False),
    ],
)
def test_minor_changes(old, new, minor):
    old, new = old.split(), new.split()
    assert [is_minor(change, old, new) for change in changes_between(old, new)] == [minor]


def test_features_have_names():
    old, new = ["The", "big", "talks", "began"], ["The", "large", "talks", "began"]
    (change,) = changes_between(old, new)
    found = dict(zip(FEATURES, features_of(change, old, new), strict=False))
    assert len(found) == len(FEATURES) - 1  # the last is the distance
    assert found["synonyms"] == 1 and found["function words only"] == 0


def test_the_capital_after_a_change_moves_with_it():
    old, new = ["Leaders", "met"], ["The", "leaders", "met"]
    (change,) = changes_between(old, new)
    assert as_edits(change, old, new)[0].tokens == ("The", "leaders")


@pytest.mark.parametrize("chosen", [(), (0,), (1,), (0, 1), (2,), (0, 2)])
def test_white_space_of_texts(chosen):
    old = Example.from_text("He  said it fell in June as\nprices rose.")
    new = Example.from_text("He said that it fell in June, as prices grew.")
    found = changes_between(old.tokens, new.tokens)
    assert len(found) == 3
    made = with_changes(old, new, [found[k] for k in chosen]).example
    text = "He  said it fell in June as\nprices rose."
    for k, before, after in ((0, "said it", "said that it"), (1, "June as", "June, as"),
                             (2, "rose", "grew")):  # fmt: skip
        text = text.replace(before, after) if k in chosen else text
    assert made.text == text
