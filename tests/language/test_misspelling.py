"""Misspellings change whole characters, as readers count them."""

from random import Random

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from textaug import NoiseInjection
from textaug.language.misspelling import MISSPELLINGS, graphemes, key_neighbours, misspelt

HINDI = "मैं दिल्ली में रहता हूँ"
# Letters with marks, emoji sequences, jamo, flags, a joiner, a mark alone.
CHARACTERS = ["a", "B", "rn", "e\u0301", "दि", "ल्ली", "शा\u0901", "שָׁ", "ן", "각", "ᆨ", "가"]
CHARACTERS += ["\U0001f469\u200d\U0001f680", "\U0001f1e9\U0001f1ea"]
CHARACTERS += ["\u0301", "\u200d", "ß", "İ", "1", "1\ufe0f\u20e3"]

words = st.lists(st.sampled_from(CHARACTERS), min_size=1, max_size=8).map("".join)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("text", [HINDI, "שָׁלוֹם עוֹלָם", "cafe\u0301 ete\u0301 de\u0301ja\u0300"])
def test_no_word_begins_with_a_mark(text, seed):
    operations = [*MISSPELLINGS, "split"]
    new = NoiseInjection(p=1.0, char_p=0.5, operations=operations, seed=seed)(text)
    assert not any(regex.match(r"\p{M}", word) for word in new.split())


@given(words, st.sampled_from(sorted(set(MISSPELLINGS) - {"case"})), st.integers(0, 99))
def test_no_grapheme_is_torn(word, operation, seed):
    new = misspelt(word, operation, key_neighbours("qwerty"), Random(seed), char_p=0.3)
    lower = {character.lower() for character in graphemes(word)}
    for character in graphemes(new):
        assert len(character) == 1 or character.lower() in lower


@given(st.text(min_size=1), st.sampled_from(sorted(MISSPELLINGS)), st.integers(0, 99))
def test_a_word_stays_a_word(word, operation, seed):
    new = misspelt(word, operation, key_neighbours("qwerty"), Random(seed))
    assert new
    assert regex.match(r"\p{M}", new) is None or regex.match(r"\p{M}", word)


def test_letters_with_marks_are_doubled_swapped_and_deleted_whole():
    near = key_neighbours("qwerty")
    made = {misspelt("ete\u0301", "insert", near, Random(seed)) for seed in range(40)}
    assert "ete\u0301e\u0301" in made
    assert misspelt("दिल", "swap", near, Random(1)) == "लदि"
    assert {misspelt("दिल", "delete", near, Random(seed)) for seed in range(9)} == {"दि", "ल"}
