"""Sentences are joined with others of the same labels only."""

import pytest
from datasets import Dataset

from textaug import SentenceJoining, expand


@pytest.mark.parametrize("name", ["verdict", "gold", "y", "label_id", "covid", "is_spam"])
def test_texts_with_other_labels_are_not_joined_whatever_the_column_is_called(name):
    texts = ["Warm and witty .", "A great evening .", "Dull and tedious .", "An awful evening ."]
    for values in (["pos", "pos", "neg", "neg"], [1, 1, 0, 0]):
        data = Dataset.from_dict({"text": texts, name: values})
        join = SentenceJoining.from_dataset(data)
        made = data.map(join, batched=True, load_from_cache_file=False)["text"][:]
        assert [all(t in both for t in texts[:2]) for both in made] == [True, True, False, False]


def test_columns_that_tell_all_rows_apart_are_named_in_a_warning(caplog):
    data = Dataset.from_dict({"text": ["Good .", "Bad ."], "votes": [3, 4]})
    SentenceJoining.from_dataset(data)
    assert "no two sentences have the same labels" in caplog.text and "roles=" in caplog.text
    caplog.clear()
    join = SentenceJoining.from_dataset(data, roles={"votes": "keep"})
    assert join(data[0])["text"] in ("Good . Bad .", "Bad . Good .") and not caplog.text


def test_columns_whose_values_all_differ_are_not_labels():
    texts = [f"Text number {n} ." for n in range(12)]
    data = Dataset.from_dict(
        {"text": texts, "votes": list(range(12)), "slug_of": [f"s{n}" for n in range(12)]}
    )
    join = SentenceJoining.from_dataset(data, seed=1)
    mapped = data.map(join, batched=True, load_from_cache_file=False)["text"][:]
    expanded = expand(data, join, keep_original=False)["text"][:]
    assert mapped == expanded and all(text.count(".") == 2 for text in mapped)
    assert join({"text": "Without them ."})["text"].count(".") == 2
