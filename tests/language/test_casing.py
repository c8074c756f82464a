"""The capital of a sentence follows its first word; the case of one word given to another."""

import pytest

from textaug import NoiseInjection, SegmentShuffle
from textaug.core.example import Edit, Example, Span, apply_edits
from textaug.language.casing import match_case, move_capitals


def moved(text, edits, spans=()):
    example = Example(tuple(text.split()), tuple(spans))
    return " ".join(apply_edits(example, move_capitals(example, edits)).example.tokens)


def drop(i):
    return Edit(i, i + 1, ())


def swap(text, i):
    words = text.split()
    return Edit(i, i + 2, (words[i + 1], words[i]), (i + 1, i))


@pytest.mark.parametrize(
    ("text", "dropped", "expected"),
    [
        ("The prices fell again .", [0], "Prices fell again ."),
        ("The big prices fell again .", [0, 1], "Prices fell again ."),
        ("It rained . The prices fell again .", [3], "It rained . Prices fell again ."),
        ("The Germans fell again .", [0], "Germans fell again ."),
        ("Nordbank prices fell again .", [0], "prices fell again ."),  # a name has its own capital
        (
            "however the prices fell again .",
            [0],
            "the prices fell again .",
        ),
        ("Then , prices fell again .", [0], ", prices fell again ."),
        ("THE prices fell again .", [0], "prices fell again ."),
        ("The Big Day of It", [0], "Big Day of It"),  # maybe a title
        ("Das haus steht leer und verlassen hier", [0], "haus steht leer und verlassen hier"),
        ("A man fell again .", [0], "Man fell again ."),
        ("A Fiat fell apart .", [0], "Fiat fell apart ."),
        ("The", [0], ""),
    ],
)
def test_a_dropped_first_word_leaves_its_capital_to_the_next(text, dropped, expected):
    assert moved(text, [drop(i) for i in dropped]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The prices fell again .", "Prices the fell again ."),
        ("The EU said nothing .", "EU the said nothing ."),
        ("Ann said nothing .", "said Ann nothing ."),  # "Ann" may be a name
        ("The Big Day", "Big The Day"),
    ],
)
def test_a_swapped_first_word_gives_its_capital_to_the_other(text, expected):
    assert moved(text, [swap(text, 0)]) == expected


def test_mentions_keep_their_letters():
    text = "The prices of the bank fell ."
    mention = [Span(0, 2, "WORK")]
    assert moved(text, [swap(text, 0)], mention) == "prices The of the bank fell ."
    assert moved(text, [drop(0)], [Span(1, 2, "WORK")]) == "prices of the bank fell ."


def test_other_edits_of_the_new_first_word_are_kept():
    text = "The prices fell again ."
    assert moved(text, [drop(0), Edit(1, 2, ("prcies",))]) == "Prcies fell again ."
    assert moved(text, [drop(0), swap(text, 1)]) == "Fell prices again ."
    assert moved(text, [Edit(1, 1, ("-",)), drop(0)]) == "- prices fell again ."
    both = [drop(0), Edit(2, 2, (",",)), Edit(2, 3, ("flel",))]
    assert moved(text, both) == "Prices , flel again ."


def test_in_noise_and_in_shuffled_segments():
    text = "The prices fell"
    for seed in range(10):
        for augmenter in (
            NoiseInjection(p=0.5, operations=["drop", "swap_words"], seed=seed),
            SegmentShuffle(p=1.0, seed=seed),
        ):
            new = augmenter(text)
            assert new[0].isupper() and new[1:].islower()
            row = {"tokens": text.split(), "pos_tags": [0, 1, 2]}
            after = augmenter(row)
            words = [text.split()[i].lower() for i in after["pos_tags"]]
            assert [token.lower() for token in after["tokens"]] == words


@pytest.mark.parametrize(
    ("word", "like", "cased"),
    [
        ("motor vehicle", "car", "motor vehicle"),
        ("motor vehicle", "Car", "Motor vehicle"),
        ("motor vehicle", "CAR", "MOTOR VEHICLE"),
        ("one", "A", "One"),
        ("left-wing", "Leftist", "Left-wing"),
        ("tablet", "iPad", "tablet"),
        ("自動車", "車", "自動車"),
    ],
)
def test_match_case(word, like, cased):
    assert match_case(word, like=like) == cased
