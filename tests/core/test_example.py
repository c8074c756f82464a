"""Edits move spans and keep every character that they do not touch."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textaug import Edit, Example, Span, apply_edits

SENTENCE = Example(("the", "New", "York", "Times", "said", "so"), (Span(1, 4, "ORG"),))


def after(*edits, example=SENTENCE):
    return apply_edits(example, edits).example


def test_an_edit_inside_a_span_keeps_it():
    assert after(Edit(2, 3, ("Yorke", "City"))).spans == (Span(1, 5, "ORG"),)
    assert after(Edit(1, 4, ("Reuters",))).spans == (Span(1, 2, "ORG"),)


def test_a_deleted_first_token_promotes_the_next():
    assert after(Edit(1, 2, ())).spans == (Span(1, 3, "ORG"),)


def test_a_span_that_loses_all_its_tokens_goes():
    assert after(Edit(1, 4, ())).spans == ()
    assert after(Edit(1, 2, ()), Edit(2, 4, ())).spans == ()


def test_an_insertion_on_the_border_stays_outside():
    assert after(Edit(1, 1, ("old",))).spans == (Span(2, 5, "ORG"),)
    assert after(Edit(4, 4, ("yesterday",))).spans == (Span(1, 4, "ORG"),)
    assert after(Edit(2, 2, ("old",))).spans == (Span(1, 5, "ORG"),)


@pytest.mark.parametrize("edit", [Edit(0, 2, ("x",)), Edit(3, 5, ()), Edit(0, 5, ("x",))])
def test_an_edit_across_a_border_is_an_error(edit):
    with pytest.raises(ValueError, match="crosses the border"):
        after(edit)


@pytest.mark.parametrize("tokens", [("",), ("two words",), ("tab\t",), ("\u00a0",)])
def test_tokens_that_are_no_words_are_an_error(tokens):
    with pytest.raises(ValueError, match="empty or has white space"):
        after(Edit(0, 1, tokens))


def test_overlapping_edits_are_an_error():
    with pytest.raises(ValueError, match="overlaps"):
        after(Edit(4, 6, ("x",)), Edit(5, 6, ("y",)))
    with pytest.raises(ValueError, match="overlaps"):
        after(Edit(4, 5, ("x",)), Edit(4, 5, ("y",)))
    with pytest.raises(ValueError, match="outside the 6 tokens"):
        after(Edit(6, 7, ("x",)))


def test_origins_are_never_guessed():
    result = apply_edits(
        SENTENCE,
        [Edit(0, 1, ("a",)), Edit(4, 5, ("spoke", "out")), Edit(5, 6, ("thus",), origins=(None,))],
    )
    assert result.origins == (0, 1, 2, 3, None, None, None)


@pytest.mark.parametrize(
    ("text", "edit", "expected"),
    [
        ("It fell sharply.", Edit(2, 3, ()), "It fell."),
        ("It fell (quickly falling)", Edit(3, 4, ()), "It fell (falling)"),
        ("  It fell", Edit(0, 1, ()), "  fell"),
        ("one two\nthree", Edit(1, 2, ()), "one\nthree"),
        ("a,b", Edit(1, 2, ()), "a b"),
        ("It fell.", Edit(2, 2, ("again",)), "It fell again."),
        ("It (fell)", Edit(2, 2, ("soon",)), "It (soon fell)"),
        ("It fell\n", Edit(2, 2, ("again",)), "It fell again\n"),
        ("a  car\tpark", Edit(1, 2, ("motor", "car")), "a  motor car\tpark"),
        ("a  car\tpark", Edit(1, 3, ("park", "car")), "a  park\tcar"),
        ("It", Edit(0, 1, ()), ""),
    ],
)
def test_white_space_stays_as_a_writer_would_have_it(text, edit, expected):
    assert after(edit, example=Example.from_text(text)).text == expected


@given(st.text())
def test_text_comes_back_character_for_character(text):
    example = Example.from_text(text)
    assert example.text == text
    assert " ".join(example.tokens).split() == list(example.tokens)


def test_words_are_cut_where_people_see_them():
    assert Example.from_text("Don't e-mail U.S.-based Zoë, 3.5%!").tokens == (
        "Don't", "e-mail", "U.S", ".", "-", "based", "Zoë", ",", "3.5", "%", "!",
    )  # fmt: skip
    assert Example.from_text("a \u0600 \u0301b").tokens == ("a", "\u0600", "\u0301b")
    assert Example.from_text("नमस्ते 👩‍👩‍👧").tokens == ("नमस्ते", "👩‍👩‍👧")


@st.composite
def edited(draw):
    """An example with two-token mentions, and edits that respect them."""
    n = draw(st.integers(1, 12))
    spans = tuple(Span(i, i + 2, "PER") for i in range(0, n - 1, 2) if draw(st.booleans()))
    edits, at = [], 0
    borders = {0, n} | {b for span in spans for b in (span.start, span.end)}
    while at < n and len(edits) < 5:
        start = draw(st.integers(at, n))
        end = draw(st.integers(start, min([b for b in borders if b > start] or [n])))
        words = st.lists(st.sampled_from(["x", "yy", "-"]), max_size=3)
        edits.append(Edit(start, end, tuple(draw(words))))
        at = max(end, start + 1)
    text = "".join(draw(st.sampled_from(["a ", "b  ", "c,"])) for _ in range(n))
    return Example(Example.from_text(text).tokens[:n], spans), edits


@given(edited())
def test_labels_stay_with_their_words(case):
    example, edits = case
    result = apply_edits(example, edits)
    new = result.example
    label_before = {i: s for s in example.spans for i in range(s.start, s.end)}
    label_after = {i: s for s in new.spans for i in range(s.start, s.end)}
    assert len(result.origins) == len(new.tokens)
    assert all(0 <= s.start < s.end <= len(new.tokens) for s in new.spans)
    assert list(new.spans) == sorted(new.spans, key=lambda s: s.start)
    untouched = set(range(len(example.tokens)))
    for edit in edits:
        untouched -= set(range(edit.start, edit.end))
    for i, origin in enumerate(result.origins):
        if origin in untouched:
            assert new.tokens[i] == example.tokens[origin]
            assert (i in label_after) == (origin in label_before)
