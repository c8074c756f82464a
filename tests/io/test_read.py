"""Files, folders and names of data sets."""

import pytest
from support.files import lines, mentions, text_file

from textaug.io.conll import builtin_corpus
from textaug.io.errors import SourceError
from textaug.io.read import read


def test_parquet_keeps_its_features(tmp_path, corpus):
    corpus.to_parquet(tmp_path / "a.parquet")
    data = read(str(tmp_path / "a.parquet"))["train"]
    assert data.features == corpus.features and data[:] == corpus[:]
    with pytest.raises(SourceError, match=r"b\.parquet is not a Parquet file"):
        read(text_file(tmp_path / "b.parquet", "no"))


def test_saved_folders(tmp_path, corpus):
    corpus.save_to_disk(tmp_path / "one")
    builtin_corpus().save_to_disk(tmp_path / "splits")
    assert read(str(tmp_path / "one"))["train"][:] == corpus[:]
    assert set(read(str(tmp_path / "splits"))) == {"train", "validation", "test"}
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match="cannot be read as a data set"):
        read(str(tmp_path / "empty"))


def test_a_folder_of_files_named_after_splits(tmp_path):
    row = {"text": "Ann sat", "label": [[0, 3, "PER"]]}
    lines(tmp_path / "dev.jsonl", row)
    lines(tmp_path / "train.jsonl", row, row)
    text_file(tmp_path / "test.txt", "Bo B-PER\n")
    text_file(tmp_path / "LICENSE.txt", "MIT")
    data = read(str(tmp_path))
    assert {name: len(rows) for name, rows in data.items()} == {
        "train": 2,
        "validation": 1,
        "test": 1,
    }
    assert mentions(data["validation"]) == [[("PER", "Ann")]]
    assert data["train"].features == data["test"].features


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("absent.jsonl", "there is no file absent.jsonl"),
        ("./absent", "there is no file ./absent"),
        ("someone/corpus", "'someone/corpus' is not a file or folder, and cannot be read"),
        (__file__, r"pass format= \(--from in the shell\)"),
    ],
)
def test_sources_that_are_not_there(source, message):
    with pytest.raises(SourceError, match=message):
        read(source)


def test_unknown_options():
    with pytest.raises(SourceError, match="format 'xml': choose from conll, conllu, json"):
        read("builtin", format="xml")
    with pytest.raises(SourceError, match="offsets 'bytes': choose from characters, utf-16"):
        read("builtin", offsets="bytes")
    with pytest.raises(SourceError, match="is a file; format 'brat' reads a folder"):
        read(__file__, format="brat")


def test_without_a_hub_the_error_comes_at_once(monkeypatch):
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", False)
    monkeypatch.setattr("textaug.offline.hub_is_reachable", lambda: False)
    with pytest.raises(SourceError, match="no hub can be reached"):
        read("someone/corpus")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"text": "a"}\n{"text": \n', "line 2 is not JSON"),
        ('{"text": \n\n', "is not JSON: Expecting value: line 3"),
        ('[{"text": "a"}', "is not JSON"),
        ("", "holds no rows"),
        ("[]", "holds no rows"),
        ("\n\n", "holds no rows"),
        ('{"text": "Jos\xe9"}'.encode("latin-1"), r"line 1: byte 14 .*\(0xe9\) is not UTF-8"),
    ],
)
def test_broken_json(content, message, tmp_path):
    with pytest.raises(SourceError, match=message):
        read(text_file(tmp_path / "a.json", content))


def test_plain_text_is_read_where_the_user_says_so(tmp_path):
    (tmp_path / "raw.txt").write_text("It rained.\n\n  Ann sat. \n")
    with pytest.raises(SourceError, match="pass format=.*text"):
        read(str(tmp_path / "raw.txt"))
    assert read(str(tmp_path / "raw.txt"), format="text")["train"]["text"] == [
        "It rained.", "Ann sat.",
    ]  # fmt: skip


def test_a_key_that_is_given_twice_is_an_error(tmp_path):
    row = '{"text": "Ann", "label": "a", "label": "b"}'
    for content, where in ((f'{{"text": "x"}}\n{row}\n', "a.json, line 2"),
                           (f"[\n{row}\n]", "a.json")):  # fmt: skip
        with pytest.raises(SourceError, match=f"{where}: the object .*'Ann'.* key 'label' twice"):
            read(text_file(tmp_path / "a.json", content))
    nested = '{"text": "Ann", "meta": {"a": 1, "a": 2}}'
    with pytest.raises(SourceError, match="line 1: the object {'a': 2} has the key 'a' twice"):
        read(text_file(tmp_path / "a.json", nested))
