"""Reading CoNLL files, the built-in corpus, splitting."""

import pytest
from datasets import Dataset

from textaug.core.tag_schemes import to_spans
from textaug.corpora import builtin_corpus, load_conll, split

FOUR_COLUMNS = """-DOCSTART- -X- O O

Ann NNP I-NP I-PER
Bo NNP I-NP B-PER
sang VBD I-VP O

Rome NNP I-NP I-LOC
"""


@pytest.fixture
def four(tmp_path):
    (tmp_path / "four.conll").write_text(FOUR_COLUMNS)
    return tmp_path / "four.conll"


def names(dataset, column="ner_tags"):
    return dataset.features[column].feature.names


def test_four_columns(four):
    data = load_conll(four)
    assert data.column_names == ["tokens", "pos_tags", "chunk_tags", "ner_tags"]
    assert data["tokens"][:] == [["Ann", "Bo", "sang"], ["Rome"]]
    assert names(data) == ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"]
    assert [names(data)[tag] for tag in data[0]["ner_tags"]] == ["I-PER", "B-PER", "O"]  # IOB1
    assert names(data, "pos_tags") == ["NNP", "VBD"]
    assert names(data, "chunk_tags") == ["O", "B-NP", "I-NP", "B-VP", "I-VP"]


def test_two_columns_and_a_missing_last_line(tmp_path):
    (tmp_path / "two.conll").write_text("Ann\tS-PER\n\n\nin O\nRome S-LOC")
    data = load_conll(str(tmp_path / "two.conll"))
    assert data["tokens"][:] == [["Ann"], ["in", "Rome"]]
    assert names(data) == ["O", *(f"{p}-{k}" for k in ("LOC", "PER") for p in "BIES")]


def test_all_splits_have_the_same_names(four, tmp_path):
    (tmp_path / "test.conll").write_text("Unesco NNP I-NP I-ORG\n")
    data = load_conll({"train": four, "test": tmp_path / "test.conll"})
    assert list(data) == ["train", "test"]
    assert data["train"].features == data["test"].features
    assert "B-ORG" in names(data["train"])


def test_several_files_are_read_as_one(four):
    assert len(load_conll([four, four])) == 4


def test_a_line_with_the_wrong_number_of_columns(tmp_path):
    path = tmp_path / "bad.conll"
    path.write_text("Ann B-PER\nsang\n")
    with pytest.raises(ValueError, match=r"bad\.conll, line 2: 1 columns where 2 "):
        load_conll(path)
    path.write_text("Ann x B-PER\n")
    with pytest.raises(ValueError, match="line 1: 3 columns; pass column_names="):
        load_conll(path)
    data = load_conll(path, column_names=["words", "lemma", "tags"])
    assert data[0]["words"] == ["Ann"]


def test_the_original_files(conll_files):
    data = load_conll({"train": conll_files / "eng.train", "test": conll_files / "eng.testa"})
    assert {name: len(rows) for name, rows in data.items()} == {"train": 14_041, "test": 3_250}
    labels = names(data["train"])
    assert labels == ["O", *(f"{p}-{k}" for k in ("LOC", "MISC", "ORG", "PER") for p in "BI")]
    mentions = sum(len(to_spans([labels[t] for t in tags])) for tags in data["train"]["ner_tags"])
    assert mentions == 23_499


def test_the_built_in_corpus():
    data = builtin_corpus()
    assert {name: len(rows) for name, rows in data.items()} == {
        "train": 300,
        "validation": 100,
        "test": 200,
    }
    for rows in data.values():
        assert names(rows)[0] == "O"
        assert len(names(rows)) == 9
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
    with pytest.raises(ValueError, match="no column of words or text"):
        split(Dataset.from_dict({"x": [1]}))
