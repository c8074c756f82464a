"""What may replace a word, before any sentence is looked at."""

import pytest

from textaug.language.senses import antonyms_of, senses_of
from textaug.language.substitutes import slot_after, substitutes_of


def forms(word, slot=""):
    return {substitute.form for substitute in substitutes_of(word, slot)}


def test_synonyms_hypernyms_and_similar_adjectives_in_the_form_of_the_word():
    assert {"automobiles", "motor vehicles"} <= forms("cars")
    assert "bought" in forms("purchased")
    assert "moist" in forms("wet") and "humid" in forms("wet")


@pytest.mark.parametrize("word", ["", "the", "x", "U.S.", "China", "iPhone", "zzyzx", "Polish"])
def test_names_function_words_and_unknown_words_have_none(word):
    assert forms(word) == set()


def test_antonyms_and_variants_of_the_word_are_none():
    assert "dry" in antonyms_of("wet") and "dry" in antonyms_of("moist")
    assert not forms("good") & antonyms_of("good")
    assert all("car" not in form.split() for form in forms("car"))


def test_the_word_before_tells_nouns_from_verbs():
    assert slot_after("the") == "nominal" and slot_after("will") == "verbal"
    letters = {s.letter for s in substitutes_of("strikes", "nominal")}
    assert letters == {"n"}
    assert {s.letter for s in substitutes_of("strike", "verbal")} == {"v"}
    assert sum({s.letter: s.share for s in substitutes_of("strikes", "nominal")}.values()) <= 1


def test_a_form_that_could_be_several_inflections_has_none_where_the_substitutes_differ():
    assert "defeat" not in forms("beat") and "defeated" not in forms("beat")


def test_relations_come_from_the_list():
    senses = senses_of("car", "n")
    assert "motor vehicle" in senses[0].hypernyms
    assert senses_of("wet", "a")[0].similar
