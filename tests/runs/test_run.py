"""A data set expanded into a folder, shard by shard."""

import json

import pytest
from datasets import Dataset, DatasetDict, Features, List, Value, load_dataset
from filelock import FileLock

import textaug
from textaug import MentionReplacement, NoiseInjection
from textaug.io.read import read
from textaug.runs import card, folder, workers
from textaug.runs import run as shards
from textaug.runs.folder import RunError
from textaug.runs.run import augment


@pytest.fixture
def splits(corpus):
    return DatasetDict({"train": corpus, "test": corpus.select(range(5))})


def run(data, folder, augmenter=None, **settings):
    augmenter = augmenter or NoiseInjection(seed=3, provenance_column="by")
    return augment(data, augmenter, folder, **{"copies": 2, "shard_size": 17, **settings})


def content(folder):
    """Every file by name, to the last byte."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def loaded(folder):
    return load_dataset(str(folder))


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


def test_a_finished_run_is_not_made_again(splits, tmp_path):
    run(splits, tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "data").iterdir()}
    run(splits, tmp_path / "out")
    assert before == {p: p.stat().st_mtime_ns for p in (tmp_path / "out" / "data").iterdir()}


@pytest.mark.parametrize("damage", ["cut", "gone", "other"])
def test_a_damaged_shard_is_made_again(splits, tmp_path, damage):
    run(splits, tmp_path / "out")
    expected = content(tmp_path / "out")
    shard = tmp_path / "out" / "data" / "train-00001-of-00004.parquet"
    if damage == "gone":
        shard.unlink()
    else:
        shard.write_bytes(shard.read_bytes()[:100] if damage == "cut" else b"no")
    run(splits, tmp_path / "out")
    assert content(tmp_path / "out") == expected


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"copies": 3}, "copies was 2 and is now 3"),
        ({"keep_original": False}, "keep_original was True and is now False"),
        ({"format": "jsonl"}, "format was parquet and is now jsonl"),
        ({"shard_size": 9}, "shard_size was 17 and is now 9"),
        ({"split": "test"}, "split was train and is now test"),
        ({"augmenter": NoiseInjection(seed=4)}, r"augmenter was NoiseInjection\(seed=3, prov"),
        ({"settings": {"with": ["noise"]}}, "with was not given and is now noise"),
        ({"source": "b"}, "source was a data set and is now b"),
    ],
)
def test_other_settings_in_the_same_folder_are_refused(splits, tmp_path, settings, message):
    run(splits, tmp_path / "out")
    before = content(tmp_path / "out")
    with pytest.raises(RunError, match=message):
        run(splits, tmp_path / "out", **settings)
    assert content(tmp_path / "out") == before


def test_other_data_in_the_same_folder_are_refused(splits, tmp_path):
    run(splits, tmp_path / "out")
    other = splits["train"].to_list()
    other[9]["tokens"][0] += "x"
    splits["train"] = Dataset.from_list(other, features=splits["train"].features)
    with pytest.raises(RunError, match="the content of a data set has changed since"):
        run(splits, tmp_path / "out")


def test_learnt_words_are_a_setting_too(splits, tmp_path):
    run(splits, tmp_path / "out", MentionReplacement({"PER": ["Ann"]}))
    with pytest.raises(RunError, match="what the augmenter was given or has learnt .* differs"):
        run(splits, tmp_path / "out", MentionReplacement({"PER": ["Bo"]}))


def test_the_content_hash_knows_values_and_not_storage(corpus, tmp_path):
    corpus.to_parquet(tmp_path / "a.parquet")
    stored = Dataset.from_parquet(str(tmp_path / "a.parquet"), cache_dir=str(tmp_path))
    chosen = corpus.select([0, 1, *range(2, len(corpus))])
    hashes = {shards.fingerprint({"train": data}) for data in (corpus, stored, chosen)}
    assert len(hashes) == 1
    assert shards.fingerprint({"train": corpus.select(range(59))}) not in hashes
    assert shards.fingerprint({"test": corpus}) not in hashes


def test_a_folder_of_others_is_refused(splits, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RunError, match="is not empty and holds no run"):
        run(splits, tmp_path)
    assert content(tmp_path) == {"notes.txt": b"mine"}
    (tmp_path / "manifest.json").write_text('{"manifest_version": 3}')
    with pytest.raises(RunError, match="is not a manifest of textaug augment"):
        run(splits, tmp_path)


def test_two_runs_in_one_folder_do_not_mix(splits, tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "LOCK_TIMEOUT", 0.1)
    with FileLock(tmp_path / folder.LOCK), pytest.raises(RunError, match="another run is at work"):
        run(splits, tmp_path)
    run(splits, tmp_path)
    assert not (tmp_path / folder.LOCK).exists()


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


def test_a_damaged_row_is_named(tmp_path):
    features = Features({"tokens": List(Value("string")), "ner_tags": List(Value("string"))})
    rows = {"tokens": [["a"]] * 8, "ner_tags": [["O"]] * 7 + [["O", "O"]]}
    data = DatasetDict({"train": Dataset.from_dict(rows, features=features)})
    with pytest.raises(
        RunError, match=r"in rows 4 to 7 of split 'train'.*row 3 of this batch.*2 t"
    ):
        run(data, tmp_path / "out", shard_size=4)
    assert [name for name in content(tmp_path / "out") if "train" in name] == [
        ".unfinished/train-00000-of-00002.parquet"
    ]


def test_an_unfinished_folder_is_not_taken_for_a_data_set(splits, tmp_path, monkeypatch):
    write_shard = workers._write_shard

    def fail(run, shard, rank):
        if shard.start:
            raise RuntimeError("killed here")
        return write_shard(run, shard, rank)

    monkeypatch.setattr(workers, "_write_shard", fail)
    with pytest.raises(RuntimeError):
        run(splits, tmp_path / "out", command="textaug augment …")
    assert "not finished" in (tmp_path / "out" / "README.md").read_text()
    with pytest.raises(FileNotFoundError):
        loaded(tmp_path / "out")
    monkeypatch.undo()
    run(splits, tmp_path / "out", command="textaug augment …")
    run(splits, tmp_path / "again", command="textaug augment …")
    assert content(tmp_path / "out") == content(tmp_path / "again")


def test_the_card_says_how_it_was_made_and_runs_nothing(splits, tmp_path):
    run(splits, tmp_path / "out", source="<script>*x*", command="textaug augment x -o DIR")
    card = (tmp_path / "out" / "README.md").read_text()
    assert "textaug augment x -o DIR" in card and "NoiseInjection(seed=3" in card
    assert "<script>" not in card and "\\<script\\>" in card
    made = sum(json.loads((tmp_path / "out" / "manifest.json").read_text())["shards"][name]["rows"]
               for name in content(tmp_path / "out" / "data") if "train" in name)  # fmt: skip
    assert f"{made:,} rows, made from 60" in card


def test_a_folder_of_the_same_name_is_not_taken_from_the_cache(splits, tmp_path):
    for parent, copies in (("a", 1), ("b", 2)):
        made = run(splits, tmp_path / parent / "out", copies=copies)
        rows = sum(shard.rows for name, shard in made.items() if name.startswith("train"))
        assert len(loaded(tmp_path / parent / "out")["train"]) == rows
