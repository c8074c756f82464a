"""Data sets on the hub: pushed to one that the test serves itself, and loaded by their names."""

import json

import pytest
from datasets import Dataset
from support.forked import Imported
from support.hub import Hub

import textaug
from textaug.corpora import builtin_corpus
from textaug.runs.run import augment

_SCRIPT = """
import json, sys
import textaug
from textaug.cli.app import app

try:
    if sys.argv[1] == "push":
        print(textaug.push(sys.argv[2], sys.argv[3]))
    elif sys.argv[1] == "load":
        data = textaug.load(sys.argv[2])
        print(json.dumps({name: rows.to_list() for name, rows in data.items()}))
    else:
        app(sys.argv[2:])
except Exception as error:
    print(f"{type(error).__name__}: {error}")
"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with Hub({}, home=tmp_path_factory.mktemp("hub"), token="hf_good").serving() as server:
        yield server


@pytest.fixture(scope="module")
def imported(hub, tmp_path_factory):
    """With this hub, whose address ``huggingface_hub`` reads when it is imported."""
    names = {"HF_ENDPOINT": hub.url, "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_XET": "1",
             "HF_HOME": str(tmp_path_factory.mktemp("home"))}  # fmt: skip
    process = Imported("import datasets, textaug.cli.app, textaug.runs.push", **names)
    yield process
    process.close()


@pytest.fixture
def do(imported, tmp_path):
    """Run the script with this hub."""

    def run(*words, token="hf_good"):
        shown, errors = imported.start(_SCRIPT, *words, cwd=tmp_path, HF_TOKEN=token).communicate()
        return shown.strip().splitlines()[-1] if shown.strip() else errors

    return run


def test_the_folder_of_a_run(hub, do, tmp_path):
    data = builtin_corpus()
    augment(data, textaug.NoiseInjection(seed=1), tmp_path / "out", split="test")
    assert do("push", tmp_path / "out", "ann/bigger") == f"{hub.url}/datasets/ann/bigger"
    loaded = json.loads(do("load", "ann/bigger"))
    expected = textaug.expand(data, textaug.NoiseInjection(seed=1), split="test")
    assert loaded == {name: rows.to_list() for name, rows in expected.items()}
    card = (hub.home / "ann" / "bigger" / "README.md").read_text()
    assert card == (tmp_path / "out" / "README.md").read_text() and "NoiseInjection(seed=1)" in card
    assert not (hub.home / "ann" / "bigger" / ".lock").exists()


def test_any_data(hub, do, tmp_path):
    rows = [{"text": "Good", "label": 1}, {"text": "Bad", "label": 0}]
    Dataset.from_list(rows).to_json(tmp_path / "a.jsonl")
    assert do("push", tmp_path / "a.jsonl", "ann/small") == f"{hub.url}/datasets/ann/small"
    assert json.loads(do("load", "ann/small")) == {"train": rows}
    assert "`train` 2 rows" in (hub.home / "ann" / "small" / "README.md").read_text()


def test_from_the_shell(hub, do, tmp_path):
    words = ("augment", "builtin", "-o", tmp_path / "out", "--with", "noise")
    assert do("shell", *words, "--push-to-hub", "ann/shell").endswith("/datasets/ann/shell")
    assert len(json.loads(do("load", "ann/shell"))["train"]) > 300
    card = (tmp_path / "out" / "README.md").read_text()
    assert "--push-to-hub" not in card


def test_who_may_not_write_is_told_how(do, tmp_path):
    Dataset.from_list([{"text": "Good"}]).to_json(tmp_path / "a.jsonl")
    said = do("push", tmp_path / "a.jsonl", "ann/small", token="hf_bad")
    assert "RunError: the hub refuses 'ann/small'" in said and "hf auth login" in said


def test_an_unfinished_run_is_not_pushed(tmp_path):
    (tmp_path / "out" / ".unfinished").mkdir(parents=True)
    (tmp_path / "out" / "README.md").write_text("")
    with pytest.raises(ValueError, match="is not finished; start its command again first"):
        textaug.push(tmp_path / "out", "ann/small")
    with pytest.raises(ValueError, match="the hub is switched off: unset HF_HUB_OFFLINE"):
        textaug.push([{"text": "Good"}], "ann/small")
