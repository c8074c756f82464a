"""Data sets as files, and what a format cannot hold."""

import json
import logging

import pytest
from datasets import ClassLabel, Dataset, Features, List, Value
from support.files import tags

from textaug.io.conll import load_conll
from textaug.io.read import read
from textaug.io.write import check_format, write

STRINGS = List(Value("string"))


@pytest.mark.parametrize("format", ["parquet", "jsonl", "conll"])
def test_what_is_written_is_read_again(format, tmp_path, corpus):
    path = tmp_path / f"a.{format}"
    with path.open("wb") as file:
        write(corpus, file, format)
    data = read(str(path))["train"]
    assert data["tokens"][:] == corpus["tokens"][:] and tags(data) == tags(corpus)


def test_nested_entities_are_read_again(tmp_path):
    entities = [{"start": 0, "end": 8, "label": "LOC"}, {"start": 0, "end": 14, "label": "ORG"}]
    data = Dataset.from_dict({"text": ["New York Times"], "entities": [entities]})
    with (tmp_path / "a.jsonl").open("wb") as file:
        write(data, file, "jsonl")
    assert read(str(tmp_path / "a.jsonl"))["train"][:] == data[:]


def test_open_labels_are_written_as_null(tmp_path):
    features = Features({"tokens": STRINGS, "pos_tags": List(ClassLabel(names=["N"]))})
    data = Dataset.from_dict({"tokens": [["a", "b"]], "pos_tags": [[0, -1]]}, features=features)
    with (tmp_path / "a.jsonl").open("wb") as file:
        write(data, file, "jsonl")
    assert json.loads((tmp_path / "a.jsonl").read_text())["pos_tags"] == ["N", None]


def conll(tmp_path, rows, blank=None, **labels):
    """A file of these rows, and its path; ``labels`` are the names of a column's class labels."""
    features = {name: STRINGS if isinstance(values[0], list | None) else Value("string")
                for name, values in rows.items()}  # fmt: skip
    features |= {name: List(ClassLabel(names=found)) for name, found in labels.items()}
    path = tmp_path / "a.conll"
    with path.open("wb") as file:
        write(Dataset.from_dict(rows, features=Features(features)), file, "conll", blank)
    return path


def test_a_label_that_is_open_stays_open_in_conll(tmp_path):
    rows = {"ner_tags": [[1, 2, 0]], "tokens": [["Bo", "Li", "sat"]]}
    rows |= {"pos_tags": [[-1, 0, 1]]}
    path = conll(tmp_path, rows, ner_tags=["O", "B-PER", "I-PER"], pos_tags=["NNP", "VBD"])
    header = "# global.columns = tokens ner_tags pos_tags\n"
    assert path.read_text() == header + "Bo B-PER _\nLi I-PER NNP\nsat O VBD\n\n"
    names = ["tokens", "ner_tags", "pos_tags"]
    again = load_conll(path, names)
    assert again["pos_tags"][:] == rows["pos_tags"] and again["ner_tags"][:] == rows["ner_tags"]
    assert again.features["pos_tags"].feature.names == ["NNP", "VBD"]
    path.write_text("Bo _\nsat O\n")
    assert read(str(path), strict=False)["train"]["ner_tags"][:] == [[None, "O"]]


@pytest.mark.parametrize(
    "order",
    ["tokens ner_tags pos_tags chunk_tags", "tokens pos_tags", "words tags", "tokens",
     "tokens pos_tags chunk_tags ner_tags", "tokens a b c", "tokens ner_tags"],
)  # fmt: skip
def test_columns_in_any_order_are_read_again(order, tmp_path):
    names = order.split()
    rows = {name: [[f"{name}1", "O"], ["x"]] for name in names}
    data = load_conll(conll(tmp_path, rows))
    assert {*data.column_names} == {*names}
    for name in names[1:]:
        assert [[data.features[name].feature.names[i] for i in row] for row in data[name]] == (
            rows[name]
        )
    assert data[names[0]][:] == rows[names[0]]
    if len(names) == 4 and "ner_tags" in names:
        assert data.column_names == ["tokens", "pos_tags", "chunk_tags", "ner_tags"]


def test_tokens_that_look_like_comments_are_read_again_or_refused(tmp_path):
    rows = {"tokens": [["#a=b"], ["#", "#x"], ["Bo"], ["#", "="]],
            "ner_tags": [["O"], ["B-X", "O"], ["B-Y"], ["O", "O"]]}  # fmt: skip
    assert load_conll(conll(tmp_path, rows))["tokens"][:] == rows["tokens"]
    assert load_conll(conll(tmp_path, {"tokens": [["#a"]], "ner_tags": [["O"]]}))[0]["tokens"]
    rows = {"tokens": [["Bo"], ["#a", "b"]], "pos_tags": [["NNP"], ["NN", "NNP"]]}
    with pytest.raises(ValueError, match="row 1 begins with the token '#a', .* as a comment; rem"):
        conll(tmp_path, rows)
    rows["pos_tags"][1][1] = "NN"
    assert load_conll(conll(tmp_path, rows))["tokens"][:] == rows["tokens"]
    with pytest.raises(ValueError, match="row 0 begins with the token '#'"):
        conll(tmp_path, {"tokens": [["#"]], "pos_tags": [["="]], "ner_tags": [["O"]]})
    with pytest.raises(ValueError, match="row 0 begins with the token '#a'"):
        conll(tmp_path, {"tokens": [["#a"], ["b"]]})
    for tokens in (["-DOCSTART-"], ["a", "-DOCSTART-"]):
        with pytest.raises(ValueError, match="row 0 has the token -DOCSTART-"):
            conll(tmp_path, {"tokens": [tokens], "ner_tags": [["O"] * len(tokens)]})
    for name in ("a b", "_"):
        with pytest.raises(ValueError, match=f"cannot hold a column called '{name}'"):
            conll(tmp_path, {"tokens": [["a"]], name: [["O"]]})


def test_columns_that_are_not_per_token_are_left_out_of_conll(tmp_path, caplog):
    rows = {"id": ["7"], "tokens": [["Bo"]], "text": ["Bo"], "ner_tags": [["B-PER"]]}
    assert conll(tmp_path, rows).read_text() == "Bo B-PER\n\n"
    with caplog.at_level(logging.WARNING, logger="textaug"):
        check_format(Dataset.from_dict(rows).features, "conll")
    assert "left out columns id, text" in caplog.text


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"tokens": [["a"], []]}, "row 1 has 0 values in column 'tokens' and 0 tokens"),
        ({"tokens": [["a"]], "t": [["O", "O"]]}, "row 0 has 2 values in column 't' and 1 tokens"),
        ({"tokens": [["a"]], "t": [None]}, "row 0 has 0 values in column 't' and 1 tokens"),
        ({"tokens": [["New York"]]}, "row 0, column 'tokens' holds 'New York', which is empty or"),
        ({"tokens": [["a"], [""]]}, "row 1, column 'tokens' holds '', which is empty or"),
        ({"tokens": [[None]]}, "row 0, column 'tokens' holds None, which is empty or"),
        (
            {"tokens": [["a"]], "t": [["B-a b"]]},
            "holds 'B-a b'.*rename it .write.…, blank='_'.., or use",
        ),
    ],
)
def test_rows_that_conll_cannot_hold(tmp_path, rows, message):
    with pytest.raises(ValueError, match=message):
        conll(tmp_path, rows)


def test_labels_with_blanks_in_conll(tmp_path):
    rows = {"tokens": [["Bo", "sat"]], "ner_tags": [["B-Person name", "O"]]}
    assert conll(tmp_path, rows, blank="_").read_text() == "Bo B-Person_name\nsat O\n\n"
    rows["ner_tags"] = [["B-Person name", "B-Person_name"]]
    with pytest.raises(ValueError, match="would both be written as 'B-Person_name'"):
        conll(tmp_path, rows, blank="_")
    with pytest.raises(ValueError, match="column 'tokens' holds 'New York'"):
        conll(tmp_path, {"tokens": [["New York"]]}, blank="_")


def test_columns_that_a_format_cannot_hold():
    features = Features({"text": Value("string"), "tokens": STRINGS})
    with pytest.raises(ValueError, match="CSV cannot hold column 'tokens'"):
        check_format(features, "csv")
    with pytest.raises(ValueError, match="none of text is a column of tokens"):
        check_format(Features({"text": Value("string")}), "conll")
    with pytest.raises(ValueError, match="format 'xml': choose from parquet"):
        check_format(features, "xml")


def test_a_label_that_no_name_has_is_named(tmp_path):
    import pyarrow as pa
    from datasets.table import InMemoryTable

    features = Features({"tokens": STRINGS, "tags": List(ClassLabel(names=["O", "B-PER"]))})
    table = pa.table({"tokens": [["a"], ["b"]], "tags": [[0], [2]]})
    data = Dataset(InMemoryTable(table.cast(features.arrow_schema)))
    message = r"row 1, column 'tags': label 2 is unknown: there are 2 labels, from 0 \('O'\)"
    with (tmp_path / "a.jsonl").open("wb") as file, pytest.raises(ValueError, match=message):
        write(data, file, "jsonl")
