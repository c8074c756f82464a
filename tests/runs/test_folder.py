"""The folder of a run: what a later run takes over from it, and what it refuses."""

import pytest
from datasets import Dataset
from filelock import FileLock
from support.runs import content, run

from textaug import MentionReplacement, NoiseInjection
from textaug.runs import folder
from textaug.runs import run as shards
from textaug.runs.folder import RunError


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
        ({"copies": len}, r"copies was 2 and is now len \([0-9a-f]+\)"),
    ],
)
def test_other_settings_in_the_same_folder_are_refused(splits, tmp_path, settings, message):
    run(splits, tmp_path / "out")
    before = content(tmp_path / "out")
    with pytest.raises(RunError, match=message):
        run(splits, tmp_path / "out", **settings)
    assert content(tmp_path / "out") == before


def test_a_setting_that_is_no_longer_given_is_named(splits, tmp_path):
    run(splits, tmp_path / "out", settings={"with": ["noise"], "tries": 4})
    with pytest.raises(RunError, match=r"tries was 4 and is now not given\. Use those"):
        run(splits, tmp_path / "out", settings={"with": ["noise"]})


def test_another_version_is_named(splits, tmp_path, monkeypatch):
    run(splits, tmp_path / "out")
    monkeypatch.setattr(shards, "VERSION", 0)
    with pytest.raises(RunError, match=r"textaug was .* and is now .*, output version 0"):
        run(splits, tmp_path / "out")


def test_a_function_for_copies_is_known_again(splits, tmp_path):
    def copies(row):
        return len(row["tokens"]) % 3

    run(splits, tmp_path / "out", copies=copies)
    before = content(tmp_path / "out")
    run(splits, tmp_path / "out", copies=copies)
    assert content(tmp_path / "out") == before
    with pytest.raises(RunError, match=r"copies was copies \("):
        run(splits, tmp_path / "out", copies=lambda row: 2)


def test_other_data_in_the_same_folder_are_refused(splits, tmp_path):
    run(splits, tmp_path / "out")
    other = splits["train"].to_list()
    other[9]["tokens"][0] += "x"
    splits["train"] = Dataset.from_list(other, features=splits["train"].features)
    with pytest.raises(RunError, match="the content of a data set has changed since"):
        run(splits, tmp_path / "out")


def test_learnt_words_are_a_setting_too(splits, tmp_path):
    run(splits, tmp_path / "out", MentionReplacement({"PER": ["Ann"]}))
    with pytest.raises(RunError, match="the words, sentences or model of the augmenter differ"):
        run(splits, tmp_path / "out", MentionReplacement({"PER": ["Bo"]}))


def test_a_folder_of_others_is_refused(splits, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RunError, match="is not empty and holds no run"):
        run(splits, tmp_path)
    (tmp_path / "notes.tmp").write_text("mine too")  # as the files of a run that was killed end
    with pytest.raises(RunError, match="is not empty and holds no run"):
        run(splits, tmp_path)
    assert content(tmp_path) == {"notes.txt": b"mine", "notes.tmp": b"mine too"}
    (tmp_path / "manifest.json").write_text('{"manifest_version": 3}')
    with pytest.raises(RunError, match="is not a manifest of textaug augment"):
        run(splits, tmp_path)


def test_half_written_files_of_a_killed_run_are_deleted(splits, tmp_path):
    run(splits, tmp_path / "out")
    expected = content(tmp_path / "out")
    (tmp_path / "out" / "manifest.json.tmp").write_text("{")
    (tmp_path / "out" / "README.md.tmp").write_text("-")
    run(splits, tmp_path / "out")
    assert content(tmp_path / "out") == expected


def test_two_runs_in_one_folder_do_not_mix(splits, tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "LOCK_TIMEOUT", 0.1)
    with FileLock(tmp_path / folder.LOCK), pytest.raises(RunError, match="another run is working"):
        run(splits, tmp_path)
    run(splits, tmp_path)
    assert not (tmp_path / folder.LOCK).exists()
