"""Data sets as files: what each format holds, leaves out and refuses."""

import json
import logging

import pytest
from datasets import ClassLabel, Dataset, Features, List, Value

from textaug.corpora import load_conll
from textaug.io.read import read
from textaug.io.write import check_format, write


def test_open_labels_are_written_as_null(tmp_path):
    features = Features(
        {"tokens": List(Value("string")), "pos_tags": List(ClassLabel(names=["N"]))}
    )
    data = Dataset.from_dict({"tokens": [["a", "b"]], "pos_tags": [[0, -1]]}, features=features)
    with (tmp_path / "a.jsonl").open("wb") as file:
        write(data, file, "jsonl")
    assert json.loads((tmp_path / "a.jsonl").read_text())["pos_tags"] == ["N", None]


def conll(tmp_path, rows, **labels):
    """A file of these rows, and its path; ``labels`` are the names of a column's class labels."""
    features = {name: List(Value("string")) for name in rows}
    features |= {name: List(ClassLabel(names=found)) for name, found in labels.items()}
    path = tmp_path / "a.conll"
    with path.open("wb") as file:
        write(Dataset.from_dict(rows, features=Features(features)), file, "conll")
    return path


def test_a_label_that_is_open_stays_open_in_conll(tmp_path):
    rows = {"ner_tags": [[1, 2, 0]], "tokens": [["Bo", "Li", "sat"]]}
    rows |= {"pos_tags": [[-1, 0, 1]]}
    path = conll(tmp_path, rows, ner_tags=["O", "B-PER", "I-PER"], pos_tags=["NNP", "VBD"])
    assert path.read_text() == "Bo B-PER _\nLi I-PER NNP\nsat O VBD\n\n"
    names = ["tokens", "ner_tags", "pos_tags"]
    again = load_conll(path, names)
    assert again["pos_tags"][:] == rows["pos_tags"] and again["ner_tags"][:] == rows["ner_tags"]
    assert again.features["pos_tags"].feature.names == ["NNP", "VBD"]
    path.write_text("Bo _\nsat O\n")
    assert read(str(path), strict=False)["train"]["ner_tags"][:] == [[None, "O"]]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"tokens": [["a"], []]}, "row 1 has 0 values in column 'tokens' and 0 words"),
        ({"tokens": [["a"]], "t": [["O", "O"]]}, "row 0 has 2 values in column 't' and 1 words"),
        ({"tokens": [["a"]], "t": [None]}, "row 0 has 0 values in column 't' and 1 words"),
        ({"tokens": [["New York"]]}, "row 0, column 'tokens' holds 'New York', which is empty or"),
        ({"tokens": [["a"], [""]]}, "row 1, column 'tokens' holds '', which is empty or"),
        ({"tokens": [[None]]}, "row 0, column 'tokens' holds None, which is empty or"),
    ],
)
def test_rows_that_conll_cannot_hold(tmp_path, rows, message):
    with pytest.raises(ValueError, match=message):
        conll(tmp_path, rows)


def test_columns_that_conll_cannot_hold_are_left_out_aloud(tmp_path, caplog):
    rows = {"id": [1], "spans": [[{"start": 0}]], "tokens": [["Bo"]], "ner_tags": [["B-PER"]]}
    with caplog.at_level(logging.WARNING, logger="textaug"), (tmp_path / "a").open("wb") as file:
        write(Dataset.from_dict(rows), file, "conll")
    assert (tmp_path / "a").read_text() == "Bo B-PER\n\n"
    assert [record.message.split(":")[0] for record in caplog.records] == ["id, spans left out"]


def test_columns_that_a_format_cannot_hold():
    text = Features({"text": Value("string"), "topics": List(Value("string"))})
    blank = Features({"tokens": List(Value("string")),
                      "tags": List(ClassLabel(names=["O", "B-Person name"]))})  # fmt: skip
    for features, format, message in (
        (text, "csv", "CSV cannot hold column 'topics'"),
        (text, "conll", "no column among .* holds words"),
        (blank, "conll", "label 'B-Person name', .* rename it to 'B-Person_name'"),
        (text, "xml", "format 'xml': choose from parquet"),
    ):
        with pytest.raises(ValueError, match=message):
            check_format(features, format)
