"""Slots go out and are found again; an answer that lost one says so."""

import re

import pytest

from textaug.core.example import PROTECTED
from textaug.llm.slots import FREE_ORDER, SIGNS, Pattern, Slots

TWO = Slots(("PER1", "ORG1"))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("[PER1] left [ORG1].", (["", " left ", "."], [0, 1])),
        ("From [ORG1] went [ per1 ].", (["From ", " went ", "."], [1, 0])),
        ("[PER1] left.", "slot lost"),
        ("[PER1] left [ORG1] and [ORG1].", "slot doubled"),
        ("PER1 left [ORG1].", "slot written as a word"),
        ("[PER1] left [ORG1], PER1 said.", "slot written as a word"),
        ("[PER1] left [ORG1] for [ORG2].", "slot invented"),
        ("[PER1] left [ORG1] [sic].", "slot invented"),
        ("[PER12] left [ORG1].", "slot lost"),
    ],
)
def test_an_answer_is_split_at_its_slots(answer, expected):
    assert TWO.split(answer) == expected


@pytest.mark.parametrize(
    ("label", "written"),
    [("WORK", "WOR\u212a1"), ("Å", "\u212b1"), ("Ω", "\u21261"), ("kişi", "Kişi1"), ("ß", "ss1")],
)
def test_a_slot_may_be_written_in_any_letter_of_its_case(label, written):
    slots = Slots.of([label, "PER"], "")
    assert slots.split(f"[{written}] by [PER1]") == (["", " by ", ""], [0, 1])


def test_no_letter_makes_an_answer_fail():
    names = [chr(i) for i in range(0x2200) if chr(i).isalpha()]
    for name in names:
        slots = Slots.of([name], "")
        for letter in {name, name.lower(), name.upper(), name.casefold(), name.title()}:
            found = slots.split(f"a [{letter}1] b")
            assert found in ((["a ", " b"], [0]), "slot lost")


def test_slots_are_named_by_label_and_number():
    labels = ["PER", "B-geo political", "PER", "人名", "L2", "//", PROTECTED, "a" * 90]
    names = Slots.of(labels, "").names
    assert names == (
        "PER1", "B_GEO_POLITICAL1", "PER2", "人名1", "L2_1", "SLOT1", "KEEP1", "A" * 20 + "1",
    )  # fmt: skip
    assert len(set(names)) == len(labels)


def test_labels_that_are_written_alike_have_slots_of_their_own():
    assert Slots.of(["a-b", "a_b", "A B"], "").names == ("A_B1", "A_B2", "A_B3")


def test_signs_of_the_text_are_not_used():
    signs = [Slots.of(["PER"], text).signs for text in ("", "a [1]", "a [ {", "a [ { <b>")]
    assert signs == list(SIGNS)
    assert Slots.of(["PER"], "[ { < ⟧") is None


PATTERNS = {
    "none": Pattern(()),
    "two": Pattern(TWO.written),
    "many": Pattern(tuple(f"[A{i}]" for i in range(FREE_ORDER + 1))),
}


@pytest.mark.parametrize(
    ("which", "text", "fits"),
    [
        ("none", "It fell.", True),
        ("none", "", False),
        ("none", "Shares of [ORG1] fell.", False),
        ("none", "It\nfell", False),
        ("two", "[ORG1] hired [PER1]", True),
        ("two", "[ORG1] hired", False),
        ("two", "[ORG1] hired [PER1] [PER1]", False),
        ("two", "[ORG1][PER1]", False),
        ("many", "[A0] a [A1] b [A2] c [A3] d [A4]", True),
        ("many", "[A1] a [A0] b [A2] c [A3] d [A4]", False),
    ],
)
def test_a_pattern_asks_for_every_slot_once(which, text, fits):
    assert bool(re.fullmatch(PATTERNS[which].regex(), text)) == fits


def test_a_pattern_for_several_answers_is_numbered():
    pattern = Pattern(("[A1]",), count=2)
    assert re.fullmatch(pattern.regex(), "1. [A1] fell\n2. so [A1]")
    assert not re.fullmatch(pattern.regex(), "1. [A1] fell")
    assert pattern.gbnf() == (
        'root ::= "1. " one "\\n" "2. " one\none ::= [^\\[\\]\\n]* "[A1]" [^\\[\\]\\n]*\n'
    )
