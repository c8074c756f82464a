"""Mentions that share tokens, and protected words: what may change, and what becomes of them."""

import pytest

from textaug.core.augmenter import Augmenter
from textaug.core.example import PROTECTED, Augmented, Edit, Example, Rejected, Span
from textaug.core.nesting import allowed, blocks, blocks_only, keep_nested, with_nested

ORG, LOC, PER = Span(1, 5, "ORG"), Span(3, 5, "LOC"), Span(6, 7, "PER")
NESTED = Example(("the", "University", "of", "New", "York", "and", "Ann", "here"), (ORG, LOC, PER))


def test_mentions_that_share_tokens_are_one_block():
    assert blocks(NESTED) == [ORG, PER]
    crossing = NESTED._replace(spans=(Span(0, 3, "A"), Span(2, 5, "B"), Span(5, 6, "C")))
    assert blocks(crossing) == [Span(0, 5, "A"), Span(5, 6, "C")], "those that touch stay two"
    equal = NESTED._replace(spans=(Span(1, 2, "A"), Span(1, 3, "B")))
    assert blocks(equal) == [Span(1, 3, "B")], "the longer one comes first"


def test_protected_words_are_blocks_too():
    guarded = NESTED._replace(protected=((0, 2), (7, 8)))
    assert blocks(guarded) == [Span(0, 5, "ORG"), PER, Span(7, 8, PROTECTED)]
    assert blocks_only(guarded) == guarded._replace(spans=tuple(blocks(guarded)), protected=())
    flat = Example(("Ann", "left"), (Span(0, 1, "PER"),))
    assert blocks_only(flat) is flat


@pytest.mark.parametrize(
    ("edit", "fits"),
    [
        (Edit(0, 1, ("a",)), True),
        (Edit(2, 3, ("for",)), True),  # inside the outer mention
        (Edit(3, 5, ("Rome",)), True),  # all of the inner one
        (Edit(1, 5, ("Yale",)), False),  # of the inner one nothing would be left
        (Edit(2, 4, ("x",)), False),  # cuts the inner one
        (Edit(0, 2, ("x",)), False),  # cuts the outer one
        (Edit(4, 6, ("x",)), False),
        (Edit(1, 1, ("old",)), True),
        (Edit(5, 5, ("City",)), True),
        (Edit(3, 3, ("old",)), True),
        (Edit(7, 8, ("x",)), False),  # protected
        (Edit(7, 7, ("x",)), True),
        (Edit(8, 8, ("x",)), True),
    ],
)
def test_edits_that_cut_a_mention_or_touch_a_protected_word_are_not_made(edit, fits):
    assert list(allowed(NESTED._replace(protected=((7, 8),)), [edit])) == [edit] * fits


def test_of_two_edits_that_overlap_the_first_is_made():
    first, second, third = Edit(3, 5, ("Rome",)), Edit(4, 5, ("x",)), Edit(2, 3, ("for",))
    assert list(allowed(NESTED, [first, second, third])) == [first, third]
    flat = NESTED._replace(spans=())
    assert list(allowed(flat, [first, second])) == [first, second], "an error of the augmenter"


def restored(tokens, spans, origins, before=NESTED):
    result = Augmented(Example(tokens, spans), None, span_origins=origins)
    return with_nested(before, blocks_only(before), result)


def test_a_block_that_moved_gets_back_what_is_inside():
    tokens = ("Ann", "and", "the", "University", "of", "New", "York")
    new = restored(tokens, (Span(0, 1, "PER"), Span(3, 7, "ORG")), (1, 0))
    assert new.example.spans == (Span(0, 1, "PER"), Span(3, 7, "ORG"), Span(5, 7, "LOC"))
    assert new.span_origins == (2, 0, 1)


def test_a_mention_by_itself_may_have_other_words():
    tokens = ("the", "University", "of", "New", "York", "and", "Bo", "Li", "Wu")
    new = restored(tokens, (Span(1, 5, "ORG"), Span(6, 8, "PER"), Span(8, 9, "PER")), (0, 1, None))
    assert new.example.spans == (ORG, LOC, Span(6, 8, "PER"), Span(8, 9, "PER"))
    assert new.span_origins == (0, 1, 2, None)


def test_what_is_inside_a_block_with_other_words_is_not_guessed():
    lost = restored(("the", "Yale", "and", "Ann"), (Span(1, 2, "ORG"), Span(3, 4, "PER")), (0, 1))
    assert lost == Rejected("a nested mention was lost")
    guarded = NESTED._replace(spans=(PER,), protected=((6, 7),))
    lost = restored(("and", "Bo"), (Span(1, 2, "PER"),), (0,), guarded)
    assert lost == Rejected("a protected word was lost")
    kept = restored(("and", "Ann"), (Span(1, 2, "PER"),), (0,), guarded)
    assert kept.example.protected == ((1, 2),)


def test_protected_words_by_themselves_are_no_mentions():
    guarded = NESTED._replace(spans=(PER,), protected=((2, 4),))
    spans = (Span(0, 2, PROTECTED), Span(3, 4, "PER"))
    kept = restored(("of", "New", "and", "Ann"), spans, (0, 1), guarded)
    assert kept.example.protected == ((0, 2),)
    assert kept.example.spans == (Span(3, 4, "PER"),) and kept.span_origins == (0,)
    unknown = restored(("of", "New", "and", "Ann"), spans, None, guarded)
    assert unknown.example.spans == (Span(3, 4, "PER"),) and unknown.span_origins == (None,)


def test_labels_of_the_sentence_stay_with_it():
    seen = []

    def first_two(examples, rngs):
        seen.extend(examples)
        return [Augmented(Example(e.tokens[:1], ()), (0,)) for e in examples]

    labelled = Example(("Ann", "left"), (), labels=("pos",))
    for is_able in (True, False):
        (new,) = keep_nested(first_two, [labelled], [None], is_able)
        assert new.example.labels == ("pos",)
    keep_nested(first_two, [NESTED], [None], is_able=False)
    assert seen[-1].spans == (ORG, PER), "a method that does not know nested mentions sees blocks"


def test_an_unchanged_or_rejected_example_comes_back_as_it_was():
    (same,) = keep_nested(lambda e, r: [Augmented(e[0])], [NESTED], [None], is_able=False)
    assert same.example is NESTED
    rejected = Rejected("no")
    assert keep_nested(lambda e, r: [rejected], [NESTED], [None], is_able=False) == [rejected]


class TooFew(Augmenter):
    """Forgets its last result."""

    def transform(self, examples, rngs):
        return [Augmented(example) for example in examples][:-1]


@pytest.mark.parametrize("spans", [[], [[0, 3, "PER"], [0, 8, "X"]]])
def test_a_method_that_returns_too_few_results_is_named(spans):
    rows = {"text": ["Ann fell", "It rained"], "entities": [spans, []]}
    with pytest.raises(ValueError, match="TooFew.transform returned 1 results for 2 examples"):
        TooFew(spans_column="entities")(rows)
