"""Offsets become tokens, or the row says why not."""

import pytest

from textaug.core.example import Span
from textaug.core.reader import FROM_TAGS, Owner, label_of, read_spans, span_problem
from textaug.core.schema import Schema
from textaug.core.span_columns import TOKENS, Entry, SpanColumn

TEXT = "saw New  York!"
IN_TEXT = Schema(("text", "spans"), texts=("text",), spans=(SpanColumn("spans", "dicts"),))
WORDS = ("saw", "New", "York", "!")


def read(*entries, schema=IN_TEXT, text=TEXT, tokens=(), tagged=()):
    found = [Entry(start, end, label, None) for start, end, label in entries]
    return read_spans(schema, [found], text, tokens, tagged)


def test_offsets_of_characters():
    reading = read((4, 13, "LOC"), (0, 3, "X"), (9, 13, "Y"), (4, 13, "Z"))
    assert reading.example.tokens == WORDS and reading.example.text == TEXT
    assert reading.example.spans == (
        Span(0, 1, "X"),
        Span(1, 3, "LOC"),
        Span(1, 3, "Z"),
        Span(2, 3, "Y"),
    )
    assert reading.owners == (Owner(0, 1), Owner(0, 0), Owner(0, 3), Owner(0, 2))
    assert not reading.unfit and reading.fault is None


def test_a_span_cuts_words_where_it_begins_and_ends():
    reading = read((4, 6, "X"))
    assert reading.example.tokens == ("saw", "Ne", "w", "York", "!")
    assert reading.example.spans == (Span(1, 2, "X"),) and reading.example.text == TEXT


def test_white_space_at_the_ends_of_a_span_is_remembered():
    reading = read((3, 9, "X"))
    assert reading.example.spans == (Span(1, 2, "X"),)
    assert reading.owners == (Owner(0, 0, " ", "  "),)


@pytest.mark.parametrize("entry", [(3, 4, "X"), (4, 4, "X")])
def test_a_span_of_no_word_leaves_the_row_out(entry):
    assert read(entry, (0, 3, "Y")).unfit == "a span of 'spans' does not cover whole words"


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ((4, 15, "X"), "entry 0 (4:15 X) lies outside the 14 characters"),
        ((-1, 2, "X"), "entry 0 (-1:2 X) lies outside the 14 characters"),
        ((3, 2, "X"), "entry 0 (3:2 X) lies outside the 14 characters"),
    ],
)
def test_what_lies_outside_is_a_fault(entry, problem):
    assert read(entry).fault == ("spans", problem)


def test_a_span_names_its_own_text():
    assert span_problem(Entry(4, 7, "X", "New"), 14, TEXT) == ""
    assert span_problem(Entry(4, 7, "X", "York"), 14, TEXT) == (
        "covers 'New', but its text is 'York'"
    )
    assert span_problem(Entry(4, 7, "X", "York"), 14, None) == "", "of tokens there is no text"
    assert span_problem(Entry(0, 5, "X", None), 4, None) == "lies outside the 4 tokens"
    assert span_problem(Entry(0, 4, "X", None), 4, None) == ""


def beside(unit, text=None):
    columns = ("tokens", "spans", "text")
    spans = (SpanColumn("spans", "dicts", unit=unit),)
    return Schema(columns, tokens="tokens", spans=spans, side_texts=("text",) if text else ())


def test_offsets_of_tokens_beside_tags():
    tagged = (Span(1, 3, "LOC"),)
    reading = read((2, 3, "X"), schema=beside(TOKENS), text=None, tokens=WORDS, tagged=tagged)
    assert reading.example.spans == (Span(1, 3, "LOC"), Span(2, 3, "X"))
    assert reading.owners == (Owner(FROM_TAGS, 0), Owner(0, 0))
    outside = read((0, 5, "X"), schema=beside(TOKENS), text=TEXT, tokens=WORDS)
    assert outside.fault == ("spans", "entry 0 (0:5 X) lies outside the 4 tokens")


def test_offsets_of_characters_beside_words():
    schema = beside("characters", TEXT)
    reading = read((4, 13, "LOC"), schema=schema, tokens=WORDS)
    assert reading.example.spans == (Span(1, 3, "LOC"),)
    assert reading.spaces == ("", " ", "  ", "", "")
    inside = read((5, 13, "LOC"), schema=schema, tokens=WORDS)
    assert inside.unfit == "a span of 'spans' does not cover whole words"
    other = read((4, 13, "LOC"), schema=schema, tokens=("saw", "Rome"))
    assert other.unfit == "the text does not consist of the words" and other.spaces is None


def test_labels_that_can_be_compared():
    assert label_of(1, ["no", "yes"]) == "yes" and label_of(0, ["no", "yes"]) == "no"
    assert label_of(2, ["no", "yes"]) == 2 and label_of(-1, ["no", "yes"]) is None
    assert label_of(1) == 1 and label_of(None, ["no"]) is None
    assert label_of(["b", "a"]) == label_of(("a", "b")) == ("a", "b")
    assert label_of([1, 0], ["no", "yes"]) == ("no", "yes")
    assert label_of({"b": [2, 1], "a": 3}) == (("a", 3), ("b", (2, 1)))
