"""What all translators share, and plain functions as translators."""

import pytest

from textaug.translation.base import CallableTranslator
from textaug.translation.seq2seq import HFTranslator

pytestmark = pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")


def test_equal_texts_are_translated_once(marian):
    seen = []

    def function(texts):
        seen.extend(texts)
        return [text.upper() for text in texts]

    found = CallableTranslator(function).translate(["b", "a", "b"])
    assert found == [["B"], ["A"], ["B"]] and seen == ["b", "a"]
    assert CallableTranslator(function).translate([]) == HFTranslator(marian).translate([]) == []


@pytest.mark.parametrize("wrong", [lambda t: t[:1], lambda t: [1] * len(t), lambda t: []])
def test_a_function_must_give_a_string_for_each_text(wrong):
    with pytest.raises(ValueError, match="was given 2 texts .* one string for each text"):
        CallableTranslator(wrong).translate(["a", "b"])
