"""What may replace a word, before any sentence is looked at."""

import pytest

from textaug.language.senses import antonyms_of, senses_of
from textaug.language.substitutes import (
    Slot,
    readings_in,
    slot_after,
    slot_of,
    substitutes_of,
)


def readings(word, before="", may_be_base=True):
    return [reading for reading, _ in readings_in(Slot(word, before, False, may_be_base))]


def substitutes(word, before="", near=()):
    return substitutes_of(word, readings(word, before), near)


def forms(word, before="", near=()):
    return {substitute.form for substitute in substitutes(word, before, near)}


def test_synonyms_hypernyms_and_similar_adjectives_in_the_form_of_the_word():
    assert "automobiles" in forms("cars") and "boat" in forms("barge")
    assert "motor vehicles" not in forms("cars"), "a definition"
    assert "bought" in forms("purchased")
    assert "moist" in forms("wet") and "humid" in forms("wet")


@pytest.mark.parametrize("word", ["", "the", "x", "U.S.", "China", "iPhone", "zzyzx", "Polish"])
def test_names_function_words_and_unknown_words_have_none(word):
    assert forms(word) == set()


def test_antonyms_and_variants_of_the_word_are_none():
    assert "dry" in antonyms_of("wet") and "dry" in antonyms_of("moist")
    assert not forms("good") & antonyms_of("good")
    assert all("car" not in form.split() for form in forms("car"))


def test_near_words_need_the_same_form_and_are_no_other_sort_of_the_same():
    assert "huge" in forms("serious", near=["huge"])
    assert "automobile" not in forms("cars", near=["automobile"]), "not in the plural"
    assert "truck" not in forms("car", near=["truck"]), "both are motor vehicles"
    assert not forms("wet", near=["dry"]) & {"dry"}
    assert not forms("workers", near=["worker", "workers", "quickly"]) & {"workers", "quickly"}


def test_the_word_before_tells_nouns_from_verbs():
    assert slot_after("the") == "nominal" and slot_after("will") == "verbal"
    assert [reading.letter for reading in readings("strikes", "nominal")] == ["n"]
    assert [reading.letter for reading in readings("strike", "verbal")] == ["v"]


def test_a_base_form_needs_a_word_that_asks_for_it():
    assert readings("beat", "verbal")[0].tags == ("VB", "VBP", "VBD")
    assert readings("beat", "verbal", may_be_base=False)[0].tags == ("VBP", "VBD")


def test_words_of_terms_have_no_slot():
    tokens = ["They", "ended", "up", "as", "the", "same", "big", "security", "forces"]
    assert slot_of(tokens, 1) is None and slot_of(tokens, 7) is None
    assert slot_of(tokens, 5) == Slot("same", "nominal", False, False)


def test_each_substitute_says_for_which_inflections_of_the_word_it_stands():
    tags = {s.form: s.tags for s in substitutes("beat", "verbal")}
    assert tags["defeat"] == ("VB", "VBP") and tags["defeated"] == ("VBD",)


def test_a_plural_that_looks_like_the_singular_counts_only_if_it_is_the_usual_one():
    box = readings("box", "nominal")[0]
    assert box.tags == ("NN",) and "container" in forms("box", "nominal")
    assert forms("cattle") == set()


def test_relations_come_from_the_list():
    senses = senses_of("car", "n")
    assert "motor vehicle" in senses[0].hypernyms
    assert senses_of("wet", "a")[0].similar
