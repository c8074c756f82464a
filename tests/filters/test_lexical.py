"""Filters that compare words."""

from datasets import Dataset

from textaug import (
    Example,
    NoUnlabelledNames,
    Novelty,
    Span,
)


def test_novelty_against_a_data_set():
    data = Dataset.from_dict({"text": ["A dog bit the man .", "Oil fell ."]})
    keep = Novelty.from_dataset(data, maximum=0.5)
    old = Example.from_text("Nobody laughed.")
    new = [Example.from_text(text) for text in ("A dog bit the man!", "The man bit a dog.")]
    assert keep([old, old], new) == [False, True]


def test_the_share_of_common_word_pairs():
    old = Example(tuple("abcdefghijkl"))  # twelve words
    new = old._replace(tokens=(*old.tokens[:6], "x", *old.tokens[7:]))
    assert [Novelty(m)([old], [new]) for m in (0.73, 0.74)] == [[False], [True]]
    assert [Novelty(m, n=3)([old], [new]) for m in (0.64, 0.65)] == [[False], [True]]
    assert [Novelty(m, n=1)([old], [new]) for m in (0.84, 0.85)] == [[False], [True]]
    data = Dataset.from_dict({"tokens": [list(old.tokens)]})
    assert Novelty() == Novelty(0.8, None, 2)
    assert Novelty.from_dataset(data) == Novelty(0.8, [" ".join(old.tokens)], 2)


def test_names_outside_mentions():
    keep = NoUnlabelledNames(["Rome", "New York"])
    in_rome = Example(("Ann", "of", "Rome", "left"), (Span(0, 1, "PER"),))
    labelled = Example(("Rome", "of", "New", "York", "left"), (Span(0, 1, "PER"),))
    assert keep([in_rome], [in_rome]) == [True], "it stood there before"
    twice = in_rome._replace(tokens=("Ann", "of", "Rome", "Rome"))
    assert keep([in_rome], [twice]) == [False], "it stood there once"
    assert keep([twice], [in_rome]) == [True]
    assert keep([in_rome], [labelled]) == [False]
    assert keep([in_rome], [labelled._replace(spans=(Span(0, 1, "X"), Span(2, 4, "X")))]) == [True]
    assert keep([in_rome], [Example(("ANN", "OF", "NEW", "YORK"))]) == [False]


def test_names_that_are_often_no_names_are_left_out():
    rows = {
        "tokens": [["A", "won", "in", "May"], ["May", "won", "a", "lot"], ["Bo", "and", "May"]],
        "ner_tags": [["B-ORG", "O", "O", "O"], ["B-PER", "O", "O", "O"], ["B-PER", "O", "B-PER"]],
    }
    names = NoUnlabelledNames.from_dataset(Dataset.from_dict(rows)).names
    assert names == ["A", "Bo", "May"]
    rows["ner_tags"][2][2] = "O"
    assert "May" not in NoUnlabelledNames.from_dataset(Dataset.from_dict(rows)).names
    tie = {"tokens": [["May", "won"], ["in", "May"]], "ner_tags": [["B-PER", "O"], ["O", "O"]]}
    assert NoUnlabelledNames.from_dataset(Dataset.from_dict(tie)).names == []
