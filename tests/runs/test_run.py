"""A data set expanded into a folder, shard by shard."""

import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, List, Value
from support.runs import content, loaded, run

import textaug
from textaug import NoiseInjection
from textaug.io.read import read
from textaug.runs import card, folder
from textaug.runs import run as shards
from textaug.runs.folder import RunError


def test_the_folder_holds_what_expand_makes(splits, tmp_path):
    made = run(splits, tmp_path / "out")
    expected = textaug.expand(splits, NoiseInjection(seed=3, provenance_column="by"), copies=2)
    back = loaded(tmp_path / "out")
    assert list(back) == ["train", "test"]
    for name in back:
        assert back[name].features == expected[name].features
        assert back[name][:] == expected[name][:]
    assert sum(shard.rows for shard in made.values()) == sum(map(len, expected.values()))
    assert sorted(content(tmp_path / "out")) == [
        "README.md",
        "data/test-00000-of-00001.parquet",
        *(f"data/train-{i:05d}-of-00004.parquet" for i in range(4)),
        "manifest.json",
    ]


@pytest.mark.parametrize("settings", [{"batch_size": 5}, {"num_proc": 2}])
def test_workers_and_batches_change_no_byte(splits, tmp_path, settings):
    run(splits, tmp_path / "one")
    run(splits, tmp_path / "two", **settings)
    assert content(tmp_path / "one") == content(tmp_path / "two")


def test_shard_size_changes_no_row(splits, tmp_path):
    run(splits, tmp_path / "one")
    run(splits, tmp_path / "two", shard_size=1000)
    assert loaded(tmp_path / "one")["train"][:] == loaded(tmp_path / "two")["train"][:]


@pytest.mark.parametrize("format", ["parquet", "jsonl"])
@pytest.mark.parametrize("keep", [True, False])
def test_label_names_come_back_whole(splits, tmp_path, format, keep):
    run(splits, tmp_path / "out", format=format, keep_original=keep)
    back = loaded(tmp_path / "out")["train"]
    assert back.features["ner_tags"] == splits["train"].features["ner_tags"]
    assert back.features["by"] == Value("string")
    noise = NoiseInjection(seed=3, provenance_column="by")
    assert back[:] == textaug.expand(splits["train"], noise, 2, keep_original=keep)[:]


def test_csv_holds_text_and_class_labels(tmp_path):
    (tmp_path / "a.csv").write_text('text,label\n"=cmd|calc, NA",1\nThe house was big.,0\nNA,0\n')
    data = read(str(tmp_path / "a.csv"), labels=["neg", "pos"])
    run(data, tmp_path / "out", NoiseInjection(), format="csv")
    back = loaded(tmp_path / "out")["train"]
    assert back.features == data["train"].features
    assert back[:] == textaug.expand(data["train"], NoiseInjection(), 2)[:]
    assert back["text"][0] == "=cmd|calc, NA"
    with pytest.raises(ValueError, match="CSV cannot hold column 'tokens'"):
        run(DatasetDict({"train": Dataset.from_dict({"tokens": [["a"]]})}), tmp_path / "b",
            format="csv")  # fmt: skip


def test_rare_types_get_more_copies(splits, tmp_path):
    copies = textaug.balanced(splits, copies=4)
    noise = NoiseInjection(seed=3)
    run(splits, tmp_path / "out", noise, copies=copies)
    assert loaded(tmp_path / "out")["train"][:] == textaug.expand(splits, noise, copies)["train"][:]
    with pytest.raises(RunError, match=r"copies was Balance\(.* and is now 4"):
        run(splits, tmp_path / "out", noise, copies=4)


def test_shards_without_a_row(tmp_path):
    data = DatasetDict({"train": Dataset.from_dict({"text": ["1", "2", "Shares fell."]})})
    for format in ("parquet", "jsonl", "csv"):
        run(data, tmp_path / format, NoiseInjection(), keep_original=False, shard_size=1,
            format=format)  # fmt: skip
        assert len(loaded(tmp_path / format)["train"]) == 2


def test_counts_are_those_of_all_shards(splits, tmp_path):
    noise = NoiseInjection(seed=3, provenance_column="by")
    made = run(splits, tmp_path / "out")
    textaug.expand(splits, noise, copies=2)
    assert card.totals(made) == {reason: n for reason, n in noise.counts.items() if n}
    settings, read_back = folder.read_manifest(tmp_path / "out")
    assert read_back == made and settings["copies"] == 2


def test_the_content_hash_knows_values_and_not_storage(corpus, tmp_path):
    corpus.to_parquet(tmp_path / "a.parquet")
    stored = Dataset.from_parquet(str(tmp_path / "a.parquet"), cache_dir=str(tmp_path))
    chosen = corpus.select([0, 1, *range(2, len(corpus))])
    hashes = {shards.fingerprint({"train": data}) for data in (corpus, stored, chosen)}
    assert len(hashes) == 1
    assert shards.fingerprint({"train": corpus.select(range(59))}) not in hashes
    assert shards.fingerprint({"test": corpus}) not in hashes


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"split": "dev"}, "no split 'dev'; the splits are train, test"),
        ({"format": "xlsx"}, "choose from parquet, jsonl, csv"),
        ({"num_proc": 0}, "num_proc=0: must be at least 1"),
        ({"shard_size": -1}, "shard_size=-1"),
        ({"copies": 0}, "copies=0"),
    ],
)
def test_settings_are_checked_before_anything_is_written(splits, tmp_path, settings, message):
    with pytest.raises(ValueError, match=message):
        run(splits, tmp_path / "out", **settings)
    assert not (tmp_path / "out").exists()


def test_a_name_from_the_data_is_no_path(splits, tmp_path):
    with pytest.raises(RunError, match="letters, digits"):
        run({"../../x": splits["train"]}, tmp_path / "out", split="../../x")


def with_labels(names, tags):
    features = Features(
        {"tokens": List(Value("string")), "ner_tags": List(ClassLabel(names=names))}
    )
    return Dataset.from_dict({"tokens": [["w"] * len(tags)], "ner_tags": [tags]}, features)


@pytest.mark.parametrize("split", ["train", "test"])
def test_splits_with_other_labels_are_matched_by_name(tmp_path, split):
    data = DatasetDict(
        train=with_labels(["O", "B-PER", "B-LOC"], [1, 0, 2]),
        test=with_labels(["O", "B-ORG", "B-PER"], [1, 0, 2]),
    )
    run(data, tmp_path / "out", split=split)
    back = loaded(tmp_path / "out")
    names = back["train"].features["ner_tags"].feature.names
    assert back["test"].features["ner_tags"].feature.names == names
    assert [names[tag] for tag in back["train"]["ner_tags"][0]] == ["B-PER", "O", "B-LOC"]
    assert [names[tag] for tag in back["test"]["ner_tags"][0]] == ["B-ORG", "O", "B-PER"]
    assert names[:3] == data[split].features["ner_tags"].feature.names


def test_splits_with_other_columns_are_refused(splits, tmp_path):
    splits["test"] = splits["test"].remove_columns("ner_tags")
    with pytest.raises(
        ValueError, match="split 'train' has a column 'ner_tags', which split 'test'"
    ):
        run(splits, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("format", ["parquet", "jsonl"])
def test_a_split_without_rows_is_left_out(splits, tmp_path, format, caplog):
    whole = run(splits, tmp_path / "whole", format=format)
    splits["validation"] = splits["test"].select([])
    made = run(splits, tmp_path / "out", format=format)
    assert made == whole
    back = loaded(tmp_path / "out")
    assert list(back) == ["train", "test"]
    assert back["test"][:] == loaded(tmp_path / "whole")["test"][:]
    assert "split 'validation' has no rows and is left out" in caplog.text
    card = (tmp_path / "out" / "README.md").read_text()
    assert "Left out, without rows: `validation`." in card
    with pytest.raises(RunError, match="split 'validation' has no rows"):
        run(splits, tmp_path / "none", split="validation")


def test_a_split_of_which_no_copy_could_be_made_is_left_out(splits, tmp_path):
    run(splits, tmp_path / "out", NoiseInjection(p=0.0), keep_original=False)
    assert list(loaded(tmp_path / "out")) == ["test"]
    assert "Left out, without rows: `train`." in (tmp_path / "out" / "README.md").read_text()


def test_a_column_of_provenance_that_is_there_already(splits, tmp_path):
    splits["train"] = splits["train"].add_column("by", ["Ann's hand"] * 60)
    run(splits, tmp_path / "out")
    back = loaded(tmp_path / "out")
    assert set(back["train"]["by"]) == {"Ann's hand", "NoiseInjection"}
    assert set(back["test"]["by"]) == {"original"}
    only_test = DatasetDict(
        train=splits["train"].remove_columns("by"),
        test=splits["test"].add_column("by", ["Bo's hand"] * 5),
    )
    run(only_test, tmp_path / "other")
    back = loaded(tmp_path / "other")
    assert set(back["train"]["by"]) == {"original", "NoiseInjection"}
    assert set(back["test"]["by"]) == {"Bo's hand"}


def test_a_column_of_provenance_that_is_not_text_is_refused(splits, tmp_path):
    splits["test"] = splits["test"].add_column("by", [1] * 5)
    with pytest.raises(RunError, match="column 'by' of split 'test' is .*another name"):
        run(splits, tmp_path / "out")


def test_streams_are_refused(splits, tmp_path):
    splits = {"train": splits["train"].to_iterable_dataset()}
    with pytest.raises(TypeError, match="must be a datasets.Dataset, not IterableDataset"):
        run(splits, tmp_path / "out")
