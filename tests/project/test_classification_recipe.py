"""The recipe for the classification of texts, on a tiny random BERT."""

import json

import pytest

for _package in ("matplotlib", "sklearn", "accelerate"):
    pytest.importorskip(_package, reason="the recipes need: pip install 'textaug-nlp[recipes]'")

from support.recipes import classification  # noqa: E402

from recipes.classification import report  # noqa: E402
from recipes.classification.experiment import run  # noqa: E402
from recipes.classification.training import load_data  # noqa: E402


@pytest.fixture
def arguments(tmp_path):
    return classification(tmp_path)


def test_every_arm_trains_is_judged_and_is_not_trained_again(arguments, tmp_path, capsys):
    results = run(arguments)
    assert len(results["runs"]) == 2 * 2 * 3
    assert all(each["steps"] == 2 and 0 <= each["accuracy"] <= 1 for each in results["runs"])
    assert all(each["test_rows"] == 6 for each in results["runs"])
    summary = {(e["size"], e["arm"]): e for e in results["summary"]}
    gold, noise = summary[8, "gold"], summary[8, "noise"]
    assert noise["gain"] == pytest.approx(noise["accuracy"] - gold["accuracy"])
    assert gold["gain"] is None
    table = (tmp_path / "out" / "results.md").read_text()
    assert table == report.markdown(results) and "| 8 | joining |" in table
    assert (tmp_path / "out" / "results.png").stat().st_size > 1000
    assert run(arguments)["runs"] == results["runs"]
    assert "12 runs, 12 of them already done" in capsys.readouterr().out


def test_raw_texts_are_labelled_and_added(arguments, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HOME", str(tmp_path))
    (tmp_path / "raw.txt").write_text("Ann works in Rome now\nAnn works in big Rome now\n")
    arguments.raw_file, arguments.seeds, arguments.train_size = str(tmp_path / "raw.txt"), [1], [12]
    rows = {each["arm"]: each["train_rows"] for each in run(arguments)["runs"]}
    assert rows == {
        "gold": 12, "noise": 12, "joining": 12, "noise, raw texts": 14, "joining, raw texts": 14,
    }  # fmt: skip


def part(*labels):
    return [{"text": f"text {i} {label}", "label": label} for i, label in enumerate(labels)]


def test_a_folder_gives_the_split_that_is_asked_for(tmp_path):
    for name, rows in (("train", part("no", "yes")), ("test", part("yes", "yes", "no"))):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    data = load_data(str(tmp_path), str(tmp_path), "text", "label")
    assert data["test"]["label"][:] == [1, 1, 0]
    (tmp_path / "test.jsonl").rename(tmp_path / "validation.jsonl")
    load_data.cache_clear()
    with pytest.raises(ValueError, match="no split 'test' .splits: train, validation.; pass one"):
        load_data(str(tmp_path), str(tmp_path), "text", "label")


def test_the_test_file_may_lack_a_class_and_not_have_another(tmp_path):
    for name, rows in (("a", part("no", "so", "yes")), ("b", part("yes", "so")), ("c", part("x"))):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    a, b, c = (str(tmp_path / f"{name}.jsonl") for name in "abc")
    data = load_data(a, b, "text", "label")
    assert data["test"]["label"][:] == [2, 1]
    assert data["test"].features["label"].names == ["no", "so", "yes"]
    with pytest.raises(ValueError, match="has the label 'x'.*leave these rows out"):
        load_data(a, c, "text", "label")


def test_a_column_that_is_missing_and_a_size_that_is_too_large_are_named(arguments):
    arguments.train_size = [50]
    with pytest.raises(ValueError, match="--train_size 50: there are 12 texts"):
        run(arguments)
    arguments.text_column = "review"
    with pytest.raises(ValueError, match="no column 'review' .columns: text, label.; pass --text"):
        run(arguments)
