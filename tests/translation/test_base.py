"""What all translators share, and plain functions as translators."""

import numpy as np
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


@pytest.mark.parametrize(
    "function",
    [
        set,
        dict.fromkeys,
        "".join,
        lambda texts: (text for text in texts),
        lambda texts: texts[:1],
        lambda texts: [1 for _ in texts],
        lambda texts: texts.sort() or [text.upper() for text in texts],
    ],
)
def test_a_function_must_return_a_list_in_the_order_of_its_texts(function):
    with pytest.raises(ValueError, match="must return a list|changed the list"):
        CallableTranslator(function).translate(["b", "a"])


def test_an_array_is_a_list():
    assert CallableTranslator(np.array).translate(["b", "a"]) == [["b"], ["a"]]
