"""Expanding data sets of every class."""

import logging

import pytest
from datasets import (
    ClassLabel,
    Dataset,
    DatasetDict,
    Features,
    IterableDatasetDict,
    List,
    Value,
)

from textaug import Augmenter, Compose, Edit, NoiseInjection, OneOf, Rejected, SomeOf, expand

FEATURES = Features(
    {
        "id": Value("string"),
        "tokens": List(Value("string")),
        "ner_tags": List(ClassLabel(names=["O", "B-PER", "I-PER"])),
    }
)


@pytest.fixture
def data():
    return Dataset.from_dict(
        {
            "id": ["a", "b", "c"],
            "tokens": [["Ann", "Lee", "laughed", "loudly"], [], ["Nobody", "else", "did", "."]],
            "ner_tags": [[1, 2, 0, 0], [], [0, 0, 0, 0]],
        },
        features=FEATURES,
    )


class Picky(Augmenter):
    """Shouts, and wants nothing to do with mentions."""

    def transform(self, examples, rngs):
        return [
            Rejected("has a mention") if e.spans else r
            for e, r in zip(examples, super().transform(examples, rngs), strict=True)
        ]

    def edits(self, example, rng):
        return [Edit(i, i + 1, (t.upper(),)) for i, t in enumerate(example.tokens)]


def test_each_row_is_followed_by_its_copies(data):
    bigger = expand(data, NoiseInjection(provenance_column="by"), copies=3)
    assert bigger["id"] == ["a"] * 4 + ["b"] + ["c"] * 4
    assert bigger["by"][:5] == ["original"] + ["NoiseInjection"] * 3 + ["original"]
    assert bigger.features == {**FEATURES, "by": Value("string")}
    assert all(tags == [1, 2, 0, 0] for tags in bigger["ner_tags"][:4])


def test_map_makes_the_first_copy(data):
    noise = NoiseInjection()
    bigger = data.map(noise.expand(copies=2), batched=True, load_from_cache_file=False)
    mapped = data.map(noise, load_from_cache_file=False)
    assert mapped[0] == bigger[1] and mapped[2] == bigger[5]
    only = data.map(noise.expand(2, keep_original=False), batched=True, load_from_cache_file=False)
    assert [only[0], only[2]] == [bigger[1], bigger[5]]


def test_only_the_training_split_grows(data):
    splits = DatasetDict({"train": data, "test": data})
    bigger = expand(splits, NoiseInjection(), copies=2)
    assert (len(bigger["train"]), len(bigger["test"])) == (7, 3)
    with pytest.raises(ValueError, match="no split 'dev'; the splits are train, test"):
        expand(splits, NoiseInjection(), split="dev")


def test_all_splits_keep_the_same_columns(data):
    splits = DatasetDict({"test": data, "train": data})
    bigger = expand(splits, NoiseInjection(provenance_column="by"))
    assert list(bigger) == ["test", "train"] and set(bigger["test"]["by"]) == {"original"}
    assert bigger["test"].features == bigger["train"].features


def test_the_named_split_grows_and_no_other(data):
    first, last = data.select([0]), data.select([2])
    for splits in (
        DatasetDict({"train": first, "validation": last}),
        IterableDatasetDict(
            {"train": first.to_iterable_dataset(), "validation": last.to_iterable_dataset()}
        ),
    ):
        bigger = expand(splits, NoiseInjection(), copies=2, split="validation")
        ids = {name: [row["id"] for row in bigger[name]] for name in bigger}
        assert ids == {"train": ["a"], "validation": ["c", "c", "c"]}


def test_splits_have_the_same_labels_afterwards(data):
    other = data.cast_column("ner_tags", List(ClassLabel(names=["B-PER", "O", "B-LOC"])))
    bigger = expand(DatasetDict({"train": data, "test": other}), NoiseInjection())
    names = ["O", "B-PER", "I-PER", "B-LOC"]
    assert bigger["train"].features["ner_tags"].feature.names == names
    assert bigger["train"].features == bigger["test"].features
    assert bigger["test"]["ner_tags"][:] == [[0, 3, 1, 1], [], [1, 1, 1, 1]]
    with pytest.raises(ValueError, match="column 'ner_tags', which split 'test' lacks"):
        expand(
            DatasetDict({"train": data, "test": data.remove_columns("ner_tags")}), NoiseInjection()
        )


@pytest.mark.parametrize("rows", [0, 2])
def test_a_provenance_column_without_values_fits_that_of_the_expanded_split(data, rows):
    other = data.select(range(rows)).add_column("by", [None] * rows)
    bigger = expand(
        DatasetDict({"train": data, "test": other}), NoiseInjection(provenance_column="by")
    )
    assert bigger["train"].features == bigger["test"].features == FEATURES | {"by": Value("string")}
    assert bigger["test"]["by"][:] == [None] * rows


def test_streamed_splits_keep_the_same_columns(data):
    noise = NoiseInjection(provenance_column="by")
    stored = DatasetDict({"test": data, "train": data})
    streams = IterableDatasetDict({name: d.to_iterable_dataset() for name, d in stored.items()})
    bigger, expected = expand(streams, noise), expand(stored, noise)
    assert list(bigger) == ["test", "train"]
    for name, stream in bigger.items():
        assert list(stream) == expected[name].to_list()
        assert stream.features == expected[name].features


@pytest.mark.parametrize("empty", ["train", "test"])
def test_empty_splits_keep_the_same_columns(data, empty):
    splits = DatasetDict({"train": data, "test": data})
    splits[empty] = data.select([])
    bigger = expand(splits, NoiseInjection(provenance_column="by"), copies=2)
    assert len(bigger[empty]) == 0
    assert (
        bigger["train"].features == bigger["test"].features == {**FEATURES, "by": Value("string")}
    )


def test_an_empty_stream_has_the_same_columns(data):
    empty = data.to_iterable_dataset().filter(lambda row: False)
    stream = expand(empty, NoiseInjection(provenance_column="by"))
    assert list(stream) == [] and list(stream.features) == [*FEATURES, "by"]


def test_nothing_is_left_where_every_copy_is_rejected(data):
    nothing = expand(data.select([0, 1]), Picky(provenance_column="by"), keep_original=False)
    assert len(nothing) == 0 and nothing.features == {**FEATURES, "by": Value("string")}


def test_every_format_and_dict_grows_the_same(data):
    expected = expand(data, NoiseInjection())[:]
    assert expand(data.with_format("numpy"), NoiseInjection()).with_format(None)[:] == expected
    streams = IterableDatasetDict({"train": data.to_iterable_dataset()})
    assert [r["tokens"] for r in expand(streams, NoiseInjection())["train"]] == expected["tokens"]


def test_streams_grow_the_same(data):
    noise = NoiseInjection(provenance_column="by")
    stream = expand(data.to_iterable_dataset(), noise, copies=2, batch_size=2)
    assert list(stream) == expand(data, noise, copies=2).to_list()
    assert stream.features["ner_tags"] == FEATURES["ner_tags"]


def test_workers_change_nothing(data):
    many = Dataset.from_list(data.to_list() * 5, features=FEATURES)
    noise = NoiseInjection(seed=2)
    assert expand(many, noise, 2, num_proc=2)[:] == expand(many, noise, 2, batch_size=4)[:]


class Rank(Augmenter):
    """Writes which worker it is."""

    def edits(self, example, rng):
        return [Edit(0, 0, (f"worker-{self.rank}",))]


def test_workers_are_told_their_number():
    data = Dataset.from_dict({"text": ["so it is"] * 8})
    for num_proc, ranks in ((None, {"worker-None"}), (2, {"worker-0", "worker-1"})):
        made = expand(data, Rank(), keep_original=False, num_proc=num_proc)
        assert {text.split()[0] for text in made["text"]} == ranks


def test_what_is_left_out_is_counted_and_said(data, caplog):
    picky = Picky()
    with caplog.at_level(logging.WARNING, logger="textaug"):
        bigger = expand(data, picky, copies=2)
    assert bigger["id"] == ["a", "b", "c", "c"]
    assert picky.counts == {
        "changed": 2,
        "rejected: has a mention": 2,
        "unchanged": 2,
        "left out: same as an earlier copy": 1,
    }
    assert "Picky: 5 of 6 copies left out" in caplog.text
    assert "rejected: has a mention: 2" in caplog.text
    caplog.clear()
    expand(data.select([0]), picky)
    assert "1 of 1 copies left out (rejected: has a mention: 1)" in caplog.text, "of this call"
    assert data.map(picky, load_from_cache_file=False)["tokens"][0] == data["tokens"][0]


def test_rows_without_copies_are_not_missed(data, caplog):
    with caplog.at_level(logging.WARNING, logger="textaug"):
        expand(data, Picky(), copies=lambda row: 2 * (row["id"] == "a"))
    assert "2 of 2 copies left out" in caplog.text


def test_earlier_provenance_stays(data):
    noise = NoiseInjection(provenance_column="by")
    twice = expand(expand(data, noise), Picky(provenance_column="by"))
    assert twice["by"] == ["original", "NoiseInjection", "original", "original", "Picky",
                           "NoiseInjection", "Picky"]  # fmt: skip


def test_an_earlier_provenance_column_keeps_its_type_and_its_values(data):
    earlier = data.add_column("by", ["me", "you", "them"]).cast_column("by", Value("large_string"))
    bigger = expand(earlier, Picky(provenance_column="by"))
    assert bigger.features == earlier.features
    assert bigger["by"] == ["me", "you", "them", "Picky"]
    mapped = earlier.map(Picky(provenance_column="by"), load_from_cache_file=False)
    assert mapped["by"] == ["me", "you", "Picky"]


def test_compositions_say_who_did_it(data):
    both = Compose([NoiseInjection(), SomeOf([Picky()], k=(0, 1))], provenance_column="by")
    bigger = expand(data, both, copies=8)
    assert set(bigger["by"]) == {"original", "NoiseInjection", "NoiseInjection+Picky"}
    one = OneOf([NoiseInjection(), Picky()], weights=[0, 1], provenance_column="by")
    assert set(expand(data, one)["by"]) == {"original", "Picky"}


@pytest.mark.parametrize("copies", [0, -1])
def test_no_copies_is_an_error(data, copies):
    with pytest.raises(ValueError, match=f"copies={copies}: must be at least 1"):
        expand(data, NoiseInjection(), copies)


def test_one_row_cannot_become_several(data):
    with pytest.raises(ValueError, match=r"batched=True"):
        data.map(NoiseInjection().expand(copies=2))
    with pytest.raises(ValueError, match=r"batched=True"):
        NoiseInjection().expand(copies=2)({"text": "one row"})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Compose([]), "Compose needs at least one augmenter"),
        (lambda: OneOf([NoiseInjection()], weights=[1, 2]), "needs one ≥ 0 for each of 1"),
        (lambda: SomeOf([NoiseInjection()], k=2), "k=2: must lie between 0 and the 1 augmenters"),
    ],
)
def test_compositions_check_their_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_no_rows_come_back_with_the_same_columns_as_many(data):
    noise = NoiseInjection(provenance_column="by")
    none, some = expand(data.select([]), noise), expand(data, noise)
    assert len(none) == 0 and none.features == some.features


@pytest.mark.parametrize("copies", [2.0, "2", None])
def test_copies_are_a_whole_number_or_a_function(copies):
    with pytest.raises(ValueError, match="must be a whole number, or a function"):
        NoiseInjection().expand(copies)
