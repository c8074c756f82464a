"""Splits with the same columns and labels, matched by name."""

import pytest
from datasets import (
    ClassLabel,
    Dataset,
    DatasetDict,
    Features,
    Image,
    IterableDatasetDict,
    List,
    Value,
)

from textaug.core.splits import name_rows, same_features


def tagged(names, tags, **more):
    features = {"tokens": List(Value("string")), "ner_tags": List(ClassLabel(names=names))}
    rows = {"tokens": [["w"] * len(row) for row in tags], "ner_tags": tags}
    for name, values in more.items():
        rows[name] = values
        features[name] = Value("string")
    return Dataset.from_dict(rows, Features(features))


def tag_names(data):
    names = data.features["ner_tags"].feature.names
    return [[None if tag in (None, -1) else names[tag] for tag in row["ner_tags"]] for row in data]


TRAIN = tagged(["O", "B-PER", "B-LOC"], [[1, 0, 2]])
TEST = tagged(["O", "B-ORG", "B-PER"], [[1, 2, -1], [], [None, 0]])


@pytest.mark.parametrize("stream", [False, True])
def test_labels_are_matched_by_name(stream):
    splits = DatasetDict(train=TRAIN, test=TEST)
    if stream:
        splits = IterableDatasetDict({k: v.to_iterable_dataset() for k, v in splits.items()})
    same = same_features(splits)
    assert type(same) is type(splits)
    assert same["train"].features == same["test"].features
    assert same["test"].features["ner_tags"].feature.names == ["O", "B-PER", "B-LOC", "B-ORG"]
    assert tag_names(same["train"]) == [["B-PER", "O", "B-LOC"]]
    assert tag_names(same["test"]) == [["B-ORG", "B-PER", None], [], [None, "O"]]


def test_the_first_split_keeps_its_numbers():
    same = same_features(DatasetDict(train=TRAIN, test=TEST), first="test")
    assert list(same) == ["train", "test"]
    assert same["test"][:] == TEST[:]
    assert same["train"]["ner_tags"][:] == [[2, 0, 3]]


def test_an_empty_split_gets_the_features_of_the_others():
    empty = TEST.select([]).add_column("by", [])
    same = same_features(DatasetDict(train=TRAIN.add_column("by", ["x"]), test=empty))
    assert same["train"].features == same["test"].features
    assert same["train"].features["by"] == Value("string") and len(same["test"]) == 0


def test_equal_splits_are_returned_as_they_are():
    same = same_features(DatasetDict(train=TRAIN, test=TRAIN))
    assert same["train"] is TRAIN and same["test"] is TRAIN


def test_more_names_at_the_end_change_the_features_alone():
    more = tagged(["O", "B-PER", "B-LOC", "B-ORG"], [[3]])
    same = same_features(DatasetDict(train=TRAIN, test=more))
    assert same["train"].features == more.features and same["train"][:] == TRAIN[:]


def test_labels_inside_other_columns():
    def spans(names, values):
        spans = List({"start": Value("int64"), "label": ClassLabel(names=names)})
        nested = {"of": {"kind": ClassLabel(names=names)}, "all": List(List(spans.feature))}
        rows = {
            "spans": [[{"start": 0, "label": v} for v in values], None],
            "nested": [{"of": {"kind": values[0]}, "all": [[{"start": 1, "label": values[0]}]]}]
            * 2,
        }
        return Dataset.from_dict(rows, Features({"spans": spans, "nested": nested}))

    splits = DatasetDict(train=spans(["a", "b"], [0, 1]), test=spans(["b", "c"], [0, 1]))
    same = same_features(splits)["test"]
    assert same.features["spans"].feature["label"].names == ["a", "b", "c"]
    assert same[0]["spans"] == [{"start": 0, "label": 1}, {"start": 0, "label": 2}]
    assert same[1]["spans"] is None
    assert same[0]["nested"] == {"of": {"kind": 1}, "all": [[{"start": 1, "label": 1}]]}


@pytest.mark.parametrize("length", [-1, 2])
def test_lists_keep_their_length(length):
    def data(names):
        features = Features({"tags": List(ClassLabel(names=names), length=length)})
        return Dataset.from_dict({"tags": [[0, 1]]}, features)

    same = same_features(DatasetDict(train=data(["a", "b"]), test=data(["b", "c"])))
    expected = List(ClassLabel(names=["a", "b", "c"]), length=length)
    assert same["train"].features["tags"] == same["test"].features["tags"] == expected
    assert same["test"]["tags"][:] == [[1, 2]]


def test_the_order_of_columns_and_a_split_without_values():
    empty = Dataset.from_dict({"ner_tags": [[]], "tokens": [[]], "text": [None]})
    train = TRAIN.add_column("text", ["w w w"])
    same = same_features(DatasetDict(train=train, test=empty))
    assert same["test"].features == train.features
    assert same["test"].column_names == ["tokens", "ner_tags", "text"]


def test_pictures_are_not_decoded():
    def picture(names):
        broken = {"image": [{"bytes": b"not a picture", "path": None}], "label": [0]}
        return Dataset.from_dict(broken, Features(image=Image(), label=ClassLabel(names=names)))

    same = same_features(DatasetDict(train=picture(["a", "b"]), test=picture(["b", "a"])))
    assert same["test"].with_format("arrow")[:]["label"].to_pylist() == [1]


@pytest.mark.parametrize(
    ("test", "message"),
    [
        (
            tagged(["O"], [[0]], by=["x"]),
            "split 'test' has a column 'by', which split 'train' lacks; add it there, or remove",
        ),
        (
            Dataset.from_dict({"tokens": [["w"]], "ner_tags": [["B-PER"]]}),
            r"column 'ner_tags' is List\(Value\('string'\)\) in split 'test' and List\(ClassLabel",
        ),
    ],
)
def test_what_cannot_be_matched_is_refused(test, message):
    with pytest.raises(ValueError, match=message):
        same_features(DatasetDict(train=TRAIN, test=test))


def test_a_split_may_lack_an_optional_column():
    more = tagged(["O", "B-ORG"], [[1]], by=["original"])
    for splits in ({"train": TRAIN, "test": more}, {"train": more, "test": TRAIN}):
        same = same_features(DatasetDict(splits), optional=["by"])
        assert [("by" in same[name].features) for name in same] == [
            ("by" in data.features) for data in splits.values()
        ]
        assert tag_names(same["test"]) == tag_names(splits["test"])


def test_an_error_names_the_row_of_the_split():
    message = "row 3 of this batch, column 'text': is None"
    assert name_rows(message, "test", 40) == (
        "row 43 of split 'test' (the first is row 0), column 'text': is None"
    )
    assert name_rows(message, None, 0).startswith("row 3 of the data set (the first is row 0)")
    assert name_rows("no column", "test", 40) == "no column"
