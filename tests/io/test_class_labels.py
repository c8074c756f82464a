"""The same labels have the same numbers in all splits."""

import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, List, Value
from support.files import lines, tags

from textaug.io.class_labels import with_class_labels
from textaug.io.errors import SourceError
from textaug.io.read import read


def test_splits_of_a_folder_share_their_labels(tmp_path):
    train = {"tokens": ["Ann", "Rome"], "ner_tags": ["B-PER", "B-LOC"]}
    test = {"tokens": ["UN", "Ann"], "ner_tags": ["B-ORG", "B-PER"]}
    lines(tmp_path / "train.jsonl", train)
    lines(tmp_path / "test.jsonl", test)
    data = read(str(tmp_path))
    assert data["train"].features == data["test"].features
    assert tags(data["train"]) + tags(data["test"]) == [train["ner_tags"], test["ner_tags"]]


def labelled(tokens, numbers, names):
    features = Features({"ner_tags": List(ClassLabel(names=names)),
                         "tokens": List(Value("string"))})  # fmt: skip
    return Dataset.from_dict({"ner_tags": [numbers], "tokens": [tokens]}, features=features)


def test_labels_in_another_order_are_mapped_by_name():
    train = labelled(["Ann"], [1], ["O", "B-PER"])
    test = labelled(["Ann", "UN", "x"], [0, 1, -1], ["B-PER", "B-ORG", "O"])
    data = with_class_labels(DatasetDict(train=train, test=test), None, strict=True)
    assert data["test"].features["ner_tags"].feature.names == ["O", "B-PER", "B-ORG"]
    assert data["test"]["ner_tags"][:] == [[1, 2, -1]] and data["train"]["ner_tags"][:] == [[1]]
    assert data["test"].column_names == ["ner_tags", "tokens"]
    assert data["train"].features == data["test"].features


def test_labels_of_the_whole_text_are_mapped_too():
    features = [Features({"label": ClassLabel(names=n)}) for n in (["a", "b"], ["b", "a"])]
    one, two = (Dataset.from_dict({"label": [0, 1, None]}, features=each) for each in features)
    data = with_class_labels(DatasetDict(train=one, test=two), None, strict=True)
    assert data["test"]["label"][:] == [1, 0, None]


def test_named_labels_and_numbers_do_not_mix():
    numbers = Dataset.from_dict({"tokens": [["a"]], "ner_tags": [[1]]})
    data = DatasetDict(train=labelled(["Ann"], [1], ["O", "B-PER"]), test=numbers)
    with pytest.raises(SourceError, match="named labels in one split and numbers in another"):
        with_class_labels(data, None, strict=True)


def test_given_names(tmp_path):
    row = {"tokens": ["Ann", "sat"], "ner_tags": [1, 0]}
    path = lines(tmp_path / "a.jsonl", row)
    assert tags(read(path, labels=["O", "B-PER"])["train"]) == [["B-PER", "O"]]
    with pytest.raises(SourceError, match="holds 1, which is not in"):
        read(path, labels=["O"])
    assert read(path)["train"]["ner_tags"][:] == [[1, 0]]
    with pytest.raises(SourceError, match="labels are given, but no column"):
        read(lines(tmp_path / "b.jsonl", {"text": "a"}), labels=["O"])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"tokens": ["a"] * 2, "ner_tags": [None, "O"]}, "holds empty tags"),
        ({"tokens": ["a"] * 2, "ner_tags": ["S-A", "U-B"]}, "textaug check"),
    ],
)
def test_damaged_tags_are_named(row, message, tmp_path):
    path = lines(tmp_path / "a.jsonl", row)
    with pytest.raises(SourceError, match=message):
        read(path)
    assert read(path, strict=False)["train"]["ner_tags"][:] == [row["ner_tags"]]
