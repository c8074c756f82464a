"""Words as sub-tokens, and long examples in windows."""

import pytest
from support.models import tiny_bert, tiny_roberta, tiny_xlm_roberta

from textaug import Example
from textaug.models.encoding import Encoder, encode_words
from textaug.models.loading import load, load_as

MLM = "AutoModelForMaskedLM"


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return load_as(Encoder, MLM, tiny_bert(tmp_path_factory.mktemp("bert")))


@pytest.mark.parametrize("make", [tiny_bert, tiny_roberta, tiny_xlm_roberta])
def test_words_have_the_sub_tokens_of_running_text(tmp_path, make):
    _, tokenizer = load(MLM, make(tmp_path))
    words = ["prices", "fell", "unphenomenal", "in", "Rome", "!"]
    text = tokenizer(" " + " ".join(words), add_special_tokens=False)["input_ids"]
    assert [i for ids in encode_words(tokenizer, words) for i in ids] == text


def test_a_short_example_is_one_window(encoder):
    (row,) = encoder.encode([Example(("prices", "unphen", "fell"))])
    assert row.ids == encoder.tokenizer("prices unphen fell")["input_ids"]
    assert row.words[0] == row.words[-1] == -1
    assert sorted(set(row.words)) == [-1, 0, 1, 2]
    (empty,) = encoder.encode([Example(())])
    assert set(empty.words) == {-1}


@pytest.mark.parametrize("length", [62, 63, 100, 1000])
def test_each_word_of_a_long_example_is_in_one_window(encoder, length):
    assert encoder.size == 62
    rows = encoder.encode([Example(("the",)), Example(("the",) * length)])[1:]
    words = [word for row in rows for word in row.words if word >= 0]
    assert words == list(range(length))
    assert all(len(row.ids) <= 64 and row.example == 1 for row in rows)
    assert len(rows) == 1 or all(len(row.ids) == 64 for row in rows), "filled up with context"


def test_a_word_longer_than_the_window_is_cut_and_not_left_out(encoder):
    rows = encoder.encode([Example(("prices", "z" * 500, "fell"))])
    assert all(len(row.ids) <= 64 for row in rows)
    assert {word for row in rows for word in row.words} == {-1, 0, 1, 2}
