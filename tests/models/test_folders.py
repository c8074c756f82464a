"""Folders that are made once."""

import os
from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest

from textaug.models.folders import made_once


def write(folder):
    (folder / "weights").write_text("whole")


def test_it_is_made_once_and_nothing_else_is_left(tmp_path):
    folder = made_once(tmp_path / "new" / "model", write)
    assert made_once(folder, lambda _: pytest.fail("again")) == folder
    assert [path.name for path in folder.parent.iterdir()] == ["model"]
    assert (folder / "weights").read_text() == "whole"


def test_a_killed_process_does_not_matter_whatever_its_id_was(tmp_path):
    for name in (".model", f".model-{os.getpid()}"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "weights").write_text("hal")
    (tmp_path / ".model.lock").touch()
    assert (made_once(tmp_path / "model", write) / "weights").read_text() == "whole"


def test_an_error_leaves_nothing_unfinished(tmp_path):
    def fail(folder):
        write(folder)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made_once(tmp_path / "model", fail)
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]
    assert made_once(tmp_path / "model", write).is_dir()


def test_others_wait_for_the_one_that_makes_it(tmp_path):
    made = []

    def slowly(folder):
        made.append(folder)
        sleep(0.2)
        write(folder)

    with ThreadPoolExecutor(4) as pool:
        folders = list(pool.map(lambda _: made_once(tmp_path / "model", slowly), range(4)))
    assert len(made) == 1 and all((folder / "weights").exists() for folder in folders)
