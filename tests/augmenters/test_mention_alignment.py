"""Mentions in a rewritten sentence: found again, or the sentence is rejected."""

import pytest
from support.round_trips import translated

from textaug.augmenters.back_translation import BETWEEN, WHOLE
from textaug.augmenters.mention_alignment import Sentence
from textaug.core.example import Example, Span


def test_mentions_are_found_again_wherever_they_went():
    before = "Last week the minister met [PER Ann Kowalski] in [LOC Rome] ."
    back = "In Rome, the minister saw Ann Kowalski last week."
    after = "In [LOC Rome] , the minister saw [PER Ann Kowalski] last week ."
    table = {"Last week the minister met Ann Kowalski in Rome.": back}
    assert translated(before, table) == (after, WHOLE)


def test_a_mention_keeps_the_tokens_it_had():
    # The tokenizer would make one token of "AT&T", and the full stop a token of its own.
    before = "[ORG AT & T] sold its old house to [ORG Smith & Co.] this week ."
    back = "AT & T has sold the old house to Smith & Co. this week."
    after = "[ORG AT & T] has sold the old house to [ORG Smith & Co.] this week ."
    assert translated(before, {"AT & T sold its old house to Smith & Co. this week.": back}) == (
        after,
        WHOLE,
    )


def test_clitics_and_punctuation_are_cut_off_a_mention():
    before = "The new house of [PER Ann] is big , he said ."
    back = "Ann's new house isn't small, he said."
    assert translated(before, {"The new house of Ann is big, he said.": back}) == (
        "[PER Ann] 's new house is n't small , he said .",
        WHOLE,
    )


def test_adjacent_mentions_stay_two():
    before = "We saw [PER Ann] [PER Bob] and others in the house ."
    back = "In the house we saw Ann Bob and others."
    assert translated(before, {"We saw Ann Bob and others in the house.": back}) == (
        "In the house we saw [PER Ann] [PER Bob] and others .",
        WHOLE,
    )


def test_the_same_mention_twice_must_come_back_twice():
    before = "[ORG Ajax] won and fans of [ORG Ajax] danced in the street ."
    text = "Ajax won and fans of Ajax danced in the street."
    back = "Ajax won, and the fans of Ajax were dancing in the street."
    after = "[ORG Ajax] won , and the fans of [ORG Ajax] were dancing in the street ."
    assert translated(before, {text: back}) == (after, WHOLE)
    once = {text: "Ajax won, and its fans were dancing in the street."}
    assert translated(before, once, fallback=False) == (before, "rejected: mention lost")
    thrice = {text: "Ajax won, and the fans of Ajax, of Ajax, were dancing in the street."}
    assert translated(before, thrice, fallback=False) == (before, "rejected: mention doubled")


@pytest.mark.parametrize(
    "back",
    [
        "The head of the bank in Norland has left again.",  # another spelling
        "The head of the bank in NORDLAND has left again.",  # other letters' case
        "The head of the bank in Nordlandia has left again.",
        "The head of the pro-Nordland bank has left again.",
        "The head of the Nordland-based bank has left again.",
        "The head of the bank nordland.Nordland has left again.",
        "The head of the bank in Nordland/Sudland has left again.",
        "The head of the bank in O'Nordland has left again.",
    ],
)
def test_a_mention_inside_a_longer_word_is_lost(back):
    before = "The head of the bank in [LOC Nordland] left again ."
    table = {"The head of the bank in Nordland left again.": back}
    assert translated(before, table, fallback=False) == (before, "rejected: mention lost")


@pytest.mark.parametrize(
    ("printed", "tokens"),
    [
        ("Nordland's", "[LOC Nordland] 's"),
        ('"Nordland"', '" [LOC Nordland] "'),
        ("'Nordland'", "' [LOC Nordland] '"),
        ("(Nordland)", "( [LOC Nordland] )"),
        ("Nordland,", "[LOC Nordland] ,"),
        ("Nordland -", "[LOC Nordland] -"),
    ],
)
def test_a_mention_beside_signs_is_found(printed, tokens):
    table = {f"The head of {printed} left again.": f"The boss of {printed} has left."}
    assert translated(f"The head of {tokens} left again .", table) == (
        f"The boss of {tokens} has left .",
        WHOLE,
    )


def test_a_short_mention_is_not_found_inside_a_long_one():
    before = "[LOC York] is not the city that the [ORG York Times] is printed in ."
    text = "York is not the city that the York Times is printed in."
    back = "The York Times is not printed in the city of York."
    after = "The [ORG York Times] is not printed in the city of [LOC York] ."
    assert translated(before, {text: back}) == (after, WHOLE)
    lost = {text: "The York Times is not printed in that city."}
    assert translated(before, lost, fallback=False)[1] == "rejected: mention lost"


def test_a_new_capitalised_word_may_be_a_name_without_its_label():
    before = "Yesterday [PER Kowalski] spoke to the reporters in the garden ."
    text = "Yesterday Kowalski spoke to the reporters in the garden."
    for back in (
        "Yesterday Ann Kowalski spoke to the reporters in the garden.",
        "Yesterday Kowalski spoke to the reporters in the garden of Rome.",
        "Yesterday Kowalski Ann spoke to the reporters in the garden.",
    ):
        assert translated(before, {text: back}, fallback=False) == (before, "rejected: new name")
    # Capitals after a full stop or a quote, and words that were there before, are no names.
    for back, after in (
        ("Reporters met Kowalski in a garden.", "Reporters met [PER Kowalski] in a garden ."),
        ("The Reporters met Kowalski here.", "The reporters met [PER Kowalski] here ."),
    ):
        assert translated(before, {text: back}) == (after, WHOLE)


def test_part_of_a_mention_is_a_name_even_where_a_sentence_begins():
    before = "Yesterday [PER Ann Kowalski] spoke to the reporters in the garden ."
    text = "Yesterday Ann Kowalski spoke to the reporters in the garden."
    table = {text: "Kowalski spoke yesterday: Ann Kowalski met the reporters."}
    assert translated(before, table, fallback=False)[1] == "rejected: new name"


def test_data_in_lower_case_get_no_capitals_between_the_mentions_either():
    before = "the old chairman of [ORG nord bank] , [PER ann wu] , quickly sold all her shares ."
    table = {
        "the old chairman of nord bank, ann wu, quickly sold all her shares.": "he sold.",
        "quickly sold all her shares": "sold her shares in a hurry on Friday",
    }
    assert translated(before, table) == (
        "the old chairman of [ORG nord bank] , [PER ann wu] , "
        "sold her shares in a hurry on friday .",
        BETWEEN,
    )


WORDS = ("He", "met", "Ann", "Lee", "in", "Rome", ".")
SPANS = (Span(2, 4, "PER"), Span(5, 6, "LOC"))
OF_WORDS = Sentence.of(Example(WORDS, SPANS))
OF_TEXT = Sentence.of(Example.from_text("He met Ann  Lee in Rome.")._replace(spans=SPANS))


def test_a_sentence_is_cut_at_its_mentions():
    assert OF_WORDS.text == "He met Ann Lee in Rome."
    assert OF_WORDS.surfaces == ["Ann Lee", "Rome"]
    assert OF_WORDS.segments == ["He met ", " in ", "."]
    assert OF_TEXT.text == "He met Ann  Lee in Rome."
    assert OF_TEXT.surfaces == ["Ann  Lee", "Rome"]
    assert OF_TEXT.segments == OF_WORDS.segments


def test_new_text_between_mentions():
    new = OF_WORDS.with_segments([None, " near ", None])
    assert new.example.tokens == ("He", "met", "Ann", "Lee", "near", "Rome", ".")
    assert new.origins == (0, 1, 2, 3, None, 5, 6) and new.example.spans == SPANS
    new = OF_WORDS.with_segments(["Who saw ", None, " again?"])
    assert new.example.tokens == ("Who", "saw", "Ann", "Lee", "in", "Rome", "again", "?")
    assert new.origins == (None, None, 2, 3, 4, 5, None, None) and new.example.spans == SPANS
    new = OF_TEXT.with_segments(["So ", None, None])
    assert new.example.text == "So Ann  Lee in Rome."
    assert new.example.spans == (Span(1, 3, "PER"), Span(4, 5, "LOC"))


@pytest.mark.parametrize(
    ("words", "spans", "is_ambiguous"),
    [
        (WORDS, SPANS, False),
        (("Rome", "is", "Rome"), (Span(0, 1, "LOC"),), True),  # also outside the mentions
        (("Rome", "is", "Rome"), (Span(0, 1, "LOC"), Span(2, 3, "ORG")), True),
        (("Rome", "is", "Rome"), (Span(0, 1, "LOC"), Span(2, 3, "LOC")), False),
    ],
)
def test_what_is_found_must_be_the_mentions(words, spans, is_ambiguous):
    assert Sentence.of(Example(words, spans)).is_ambiguous == is_ambiguous
