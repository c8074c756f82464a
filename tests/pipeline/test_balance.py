"""More copies where a type is rare."""

import logging
from collections import Counter
from dataclasses import FrozenInstanceError

import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, List, Value

from textaug import NoiseInjection, balanced, expand
from textaug.core.tag_schemes import from_spans, to_spans


def mentions(data):
    names = data.features["ner_tags"].feature.names
    return Counter(s.label for row in data["ner_tags"] for s in to_spans([names[t] for t in row]))


@pytest.fixture
def data(corpus):
    return corpus


def test_the_rarest_type_gets_all_copies_and_every_row_one(data):
    counts = mentions(data)
    rarest, n = counts.most_common()[-1]
    copies = balanced(data, copies=4)
    names = data.features["ner_tags"].feature.names
    for row in data:
        labels = {s.label for s in to_spans([names[tag] for tag in row["ner_tags"]])}
        wanted = [max(1, round(4 * n / counts[label])) for label in labels]
        assert copies(row) == max(wanted, default=1)
        assert rarest not in labels or copies(row) == 4


def test_four_copies_are_usual_and_the_result_is_a_constant(data):
    copies = balanced(data)
    assert copies == balanced(data, copies=4) != balanced(data, copies=3)
    with pytest.raises(FrozenInstanceError):
        copies.copies = 3


def test_the_named_split_is_counted(data):
    splits = DatasetDict({"train": data.select(range(20)), "validation": data})
    assert balanced(splits, split="validation") == balanced(data) != balanced(splits)


def test_types_come_nearer(data):
    before = mentions(data)
    bigger = expand(data, NoiseInjection(p=0.3), copies=balanced(data, copies=6))
    after = mentions(bigger)
    rarest = before.most_common()[-1][0]
    assert after[rarest] / after.total() > before[rarest] / before.total()


def test_every_kind_of_data_set_and_worker_gives_the_same(data):
    copies = balanced(data, copies=3)
    some = data.select(range(20))
    noise = NoiseInjection(provenance_column="by")
    expected = expand(some, noise, copies).to_list()
    assert expand(some, noise, copies, batch_size=7).to_list() == expected
    assert expand(some, noise, copies, num_proc=2).to_list() == expected
    assert list(expand(some.to_iterable_dataset(), noise, copies)) == expected
    assert expand(some.with_format("numpy"), noise, copies).with_format(None).to_list() == expected
    splits = expand(DatasetDict({"train": some, "test": some}), noise, copies)
    assert splits["train"].to_list() == expected and len(splits["test"]) == 20
    mapped = some.map(noise.expand(copies), batched=True, load_from_cache_file=False)
    assert mapped["tokens"][:] == [row["tokens"] for row in expected]


def test_a_copy_is_the_one_that_it_would_be_with_a_number(data):
    noise = NoiseInjection(p=0.5)
    always = expand(data, noise, 2)
    varying = expand(data, noise, lambda row: 2 * (len(row["tokens"]) > 12))
    long = data.filter(lambda row: len(row["tokens"]) > 12, load_from_cache_file=False)
    assert len(data) < len(varying) < len(always)
    assert {tuple(t) for t in varying["tokens"]} <= {tuple(t) for t in always["tokens"]}
    assert len(varying) <= len(data) + 2 * len(long)


def test_what_is_left_out_is_counted_from_what_was_wanted(data, caplog):
    with caplog.at_level(logging.WARNING, logger="textaug"):
        expand(data, NoiseInjection(p=0.0), lambda row: 3)
    assert "180 of 180 copies left out" in caplog.text


def test_a_damaged_row_is_named_by_its_place():
    rows = {"tokens": [["a"], ["b", "c"], ["d"]], "ner_tags": [["O"], ["O", "O"], ["O", "O"]]}
    data = Dataset.from_dict(rows)
    with pytest.raises(ValueError, match="row 2 of this batch"):
        expand(data, NoiseInjection(), lambda row: len(row["tokens"]))


@pytest.mark.parametrize("scheme", ["IOB1", "IOBES", "BILOU"])
def test_every_scheme_counts_the_same(data, scheme):
    names = data.features["ner_tags"].feature.names
    rows = [[names[tag] for tag in row] for row in data["ner_tags"]]
    tags = [from_spans(to_spans(row), len(row), scheme) for row in rows]
    rewritten = Dataset.from_dict({"tokens": data["tokens"], "ner_tags": tags})
    one, other = balanced(data), balanced(rewritten)
    assert [one(row) for row in data] == [other(row) for row in rewritten]


def test_a_tag_that_did_not_occur_counts_as_its_type():
    names = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
    features = Features({"tokens": List(Value("string")), "tags": List(ClassLabel(names=names))})
    rows = {"tokens": [["Ann"], ["Bo"], ["Oslo"]], "tags": [[2], [2], [4]]}  # IOB1
    copies = balanced(Dataset.from_dict(rows, features=features), copies=4)
    assert [copies({"tags": [tag]}) for tag in range(5)] == [1, 2, 2, 4, 4]


def test_classes_of_texts():
    labels = ClassLabel(names=["bad", "good"])
    features = Features({"text": Value("string"), "label": labels})
    texts = [f"The old man walked slowly to the big house number {i} ." for i in range(5)]
    data = Dataset.from_dict({"text": texts, "label": [1, 1, 1, 1, 0]}, features=features)
    bigger = expand(data, NoiseInjection(p=0.5), balanced(data, copies=4))
    assert Counter(bigger["label"]) == {1: 8, 0: 5}


@pytest.mark.parametrize("kind", ["int64", "float32"])
def test_one_number_for_each_class_counts_by_its_place(kind):
    features = Features({"text": Value("string"), "label": List(Value(kind))})
    labels = [[1, 0, 0]] * 4 + [[0, 1, 0], [0, 0, 0], [1, 1, 0]]
    data = Dataset.from_dict({"text": ["a"] * 7, "label": labels}, features=features)
    copies = balanced(data, copies=4, column="label")
    assert [copies(row) for row in data] == [2] * 4 + [4, 1, 4]


def test_what_cannot_be_counted_is_an_error():
    plain = Dataset.from_dict({"text": ["a"]})
    with pytest.raises(ValueError, match="no column of tags or classes among text; pass column="):
        balanced(plain)
    names = ["O", "B-PER", "I-PER"]
    features = Features({"tokens": List(Value("string")), "tags": List(ClassLabel(names=names))})
    empty = Dataset.from_dict({"tokens": [["a"]], "tags": [[0]]}, features=features)
    with pytest.raises(ValueError, match="column 'tags' has no mention and no class to balance"):
        balanced(empty)
    with pytest.raises(ValueError, match="copies=0: must be at least 1"):
        balanced(empty, copies=0)
    with pytest.raises(TypeError, match="cannot count in IterableDataset.*a part that is on disk"):
        balanced(empty.to_iterable_dataset())
