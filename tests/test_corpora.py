"""The built-in corpus, and splitting."""

import pytest
from datasets import Dataset

from textaug.corpora import builtin_corpus, split


def test_the_built_in_corpus():
    data = builtin_corpus()
    assert {name: len(rows) for name, rows in data.items()} == {
        "train": 300,
        "validation": 100,
        "test": 200,
    }
    for rows in data.values():
        names = rows.features["ner_tags"].feature.names
        assert names[0] == "O" and len(names) == 9
    sentences = [{tuple(tokens) for tokens in rows["tokens"]} for rows in data.values()]
    assert not set.intersection(*sentences)


def rows_of(*groups):
    """Rows that occur as often as each number says."""
    texts = [[f"s{i}", "."] for i, times in enumerate(groups) for _ in range(times)]
    return Dataset.from_dict({"tokens": texts, "row": list(range(len(texts)))})


def test_split_keeps_equal_sentences_together():
    data = rows_of(*[1] * 60, *[2] * 10, *[3] * 5, 5)
    parts = split(data)
    assert {name: len(rows) for name, rows in parts.items()} == {
        "train": 70,
        "validation": 15,
        "test": 15,
    }
    found = [{tuple(tokens) for tokens in rows["tokens"]} for rows in parts.values()]
    assert sum(map(len, found)) == len(set.union(*found)) == 76
    assert sorted(row for rows in parts.values() for row in rows["row"]) == list(range(100))


def test_split_depends_on_the_seed_alone():
    data = rows_of(*[1] * 50)
    assert split(data, seed=1)["test"]["row"][:] == split(data, seed=1)["test"]["row"][:]
    assert split(data, seed=1)["test"]["row"][:] != split(data, seed=2)["test"]["row"][:]
    assert list(split(data, (0.8, 0.2))) == ["train", "test"]


def test_split_reads_text_too():
    data = Dataset.from_dict({"text": ["a", "b", "a", "c"]})
    parts = split(data, (0.5, 0.5))
    assert not set(parts["train"]["text"]) & set(parts["test"]["text"])


def test_split_says_what_is_wrong():
    with pytest.raises(ValueError, match="add up to 1"):
        split(rows_of(1, 1), (0.5, 0.2))
    with pytest.raises(ValueError, match="no column of tokens or text"):
        split(Dataset.from_dict({"x": [1]}))
