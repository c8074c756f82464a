"""A label goes to exactly the characters that were annotated, or to none."""

import pytest

from textaug.core.example import Span
from textaug.io.errors import SourceError
from textaug.io.offsets import fitting_units, locate, overlap, to_tokens


def tokens(text, *entities):
    return to_tokens(text, [locate(text, (*entity, "PER", None)) for entity in entities])


def test_white_space_at_the_edge_of_an_entity_is_dropped():
    assert tokens("In New York .", (2, 12))[1] == [Span(1, 3, "PER")]


@pytest.mark.parametrize(
    ("text", "entity", "message"),
    [
        ("Anna sang", (0, 3), r"0:3 PER \('Ann'\) ends inside the word 'Anna'; move it"),
        ("Hanna sang", (1, 5), "begins inside the word 'Hanna'"),
        ("cafe\u0301 Wu", (0, 4), "ends inside the word"),
        ("👩‍👩‍👧 Wu", (0, 1), "ends inside the word"),
        ("हिन्दी में", (0, 2), "ends inside the word"),
        ("Anna", (0, 9), "lies outside the text of 4 characters"),
        ("Anna", (-2, 2), "lies outside"),
        ("Anna", (2, 2), "is empty"),
        ("Anna  sang", (4, 6), "is empty"),
    ],
)
def test_a_label_that_fits_no_words_is_an_error(text, entity, message):
    with pytest.raises(SourceError, match=message):
        tokens(text, entity)


@pytest.mark.parametrize(
    ("text", "entity", "found"),
    [
        ("我爱北京", (2, 4), ["我爱", "北京"]),
        ("我爱北京天安门。", (2, 4), ["我爱", "北京", "天安门", "。"]),
        ("東京タワーへ", (0, 5), ["東京タワー", "へ"]),
        ("서울에서", (0, 2), ["서울", "에서"]),
        ("ผมรักกรุงเทพ", (5, 12), ["ผมรัก", "กรุงเทพ"]),
        ("我叫Anna", (2, 6), ["我叫", "Anna"]),
    ],
)
def test_scripts_without_blanks_are_cut_at_the_offsets(text, entity, found):
    words, spans = tokens(text, entity)
    assert words == found and "".join(words[slice(*spans[0][:2])]) == text[slice(*entity)]


def test_the_text_of_an_entity_is_compared():
    text = "🙂🙂 Ann sang"
    assert locate(text, (5, 8, "PER", "Ann"), "utf-16") == (3, 6, "PER")
    with pytest.raises(SourceError, match="should read 'Ann', but the text there is 'nn '"):
        locate(text, (4, 7, "PER", "Ann"))


def test_the_text_of_an_entity_may_be_composed_otherwise():
    assert locate("Jose\u0301 sang", (0, 5, "PER", "Jos\xe9")) == (0, 5, "PER")


def test_offsets_that_split_a_character_are_outside():
    with pytest.raises(SourceError, match="lies outside"):
        locate("🙂🙂", (1, 2, "X", None), "utf-16")


@pytest.mark.parametrize(
    ("entity", "units"),
    [
        ((3, 6, "PER", "Ann"), ["characters"]),
        ((5, 8, "PER", "Ann"), ["utf-16"]),
        ((4, 7, "PER", "Ann"), []),
        ((4, 7, "PER", None), ["characters", "utf-16"]),
        ((9, 13, "PER", None), ["utf-16"]),
        ((0, 1, "X", None), ["characters"]),
    ],
)
def test_which_units_an_entity_fits(entity, units):
    assert fitting_units("🙂🙂 Ann sang", entity) == units


def test_without_large_characters_the_units_are_the_same():
    assert fitting_units("Ann sang 🙂", (0, 3, "PER", None)) is None


def test_nested_spans_overlap_and_touching_ones_do_not():
    assert overlap([(4, 8, "B"), (0, 8, "A")]) and not overlap([(4, 8, "B"), (0, 4, "A")])
