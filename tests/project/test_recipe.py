"""The fine-tuning recipe, on a tiny random BERT."""

import json
import logging
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import torch

for _package in ("evaluate", "matplotlib", "seqeval", "sklearn", "accelerate"):
    pytest.importorskip(_package, reason="the recipes need: pip install 'textaug-nlp[recipes]'")

from support.recipes import ner  # noqa: E402

import textaug  # noqa: E402
from recipes.ner import report, training  # noqa: E402
from recipes.ner.data import data_of, load_data, mentions, sample  # noqa: E402
from recipes.ner.experiment import run  # noqa: E402
from recipes.ner.packing import Packed  # noqa: E402
from recipes.ner.results import open_results, save  # noqa: E402
from recipes.ner.schedule import Run, schedule  # noqa: E402
from recipes.ner.seqeval_metric import Seqeval  # noqa: E402
from recipes.ner.training import quiet, train_once  # noqa: E402
from textaug.core.tag_schemes import to_spans  # noqa: E402
from textaug.specs import build  # noqa: E402


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """On busy cores, threads wait for each other far longer than they compute."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def arguments(tmp_path_factory):
    return ner(tmp_path_factory.mktemp("recipe"), gold_repeated=True)


@pytest.fixture(scope="module")
def results(arguments):
    return run(arguments)


def test_every_arm_takes_the_same_number_of_steps(results):
    assert Counter(run["arm"] for run in results["runs"]) == {
        "gold": 4,
        "gold repeated": 4,
        "noise": 4,
        "mentions|noise:p=0.3": 4,
    }
    assert {run["steps"] for run in results["runs"]} == {2}
    repeated = [run for run in results["runs"] if run["arm"] == "gold repeated"]
    assert {(run["gold_rows"], run["train_rows"]) for run in repeated} == {(8, 24), (16, 48)}
    noisy = [run for run in results["runs"] if run["arm"] == "noise"]
    assert all(run["train_rows"] > run["gold_rows"] for run in noisy)
    assert all(run["augmentation_counts"]["changed"] > 0 for run in noisy)


def test_everything_is_written(results, arguments):
    folder = Path(arguments.output_dir)
    written = json.loads((folder / "results.json").read_text())
    assert written == json.loads(json.dumps(results))
    assert written["settings"]["max_steps"] == 2
    assert written["environment"]["versions"]["transformers"]
    first = written["runs"][0]
    assert set(first["mentions"]) >= {"LOC", "PER", "overall_f1"}
    assert set(first["tokens"]) >= {"O", "B-LOC", "I-PER", "macro avg", "weighted avg"}
    assert (folder / "results.png").read_bytes().startswith(b"\x89PNG")
    table = (folder / "results.md").read_text()
    assert table.count("\n| ") == 8  # four arms for each of two sizes
    assert "mentions or noise:p=0.3" in table  # a bar would split the cell
    assert "weighted avg" in (folder / "token_tables.md").read_text()


def test_finished_runs_are_not_done_again(results, arguments, capsys):
    again = run(replace(arguments, seeds=[1, 2]))
    assert again["runs"] == json.loads(json.dumps(results["runs"]))
    assert "16 runs, 16 of them already done" in capsys.readouterr().out


def test_other_settings_want_another_folder(results, arguments):
    with pytest.raises(ValueError, match=r"max_steps was 2, is 3\); choose another --output_dir"):
        run(replace(arguments, max_steps=3))


def test_a_file_may_be_moved_and_not_have_other_content(arguments, tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "train.conll").write_text("Ann B-PER\n")
    one, two = (
        replace(arguments, train_file=str(tmp_path / folder / "train.conll"))
        for folder in ("one", "two")
    )
    results = open_results(tmp_path / "results.json", one)
    assert results["settings"]["train_file"] == "train.conll"
    save(tmp_path / "results.json", {**results, "runs": ["done"]})
    assert open_results(tmp_path / "results.json", two)["runs"] == ["done"]
    (tmp_path / "two" / "train.conll").write_text("Ann B-LOC\n")
    with pytest.raises(ValueError, match="train_file, content was '.*', is '.*'"):
        open_results(tmp_path / "results.json", two)


def test_a_run_repeats(arguments):
    first, second = (train_once(arguments, Run(8, 1, "noise", "noise")) for _ in range(2))
    assert first["mentions"] == second["mentions"]
    assert first["tokens"] == second["tokens"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"augment": ["nois"]}, "'nois': did you mean 'noise'"),
        ({"train_size": [9999]}, "9999: there are 300 sentences"),
        ({"eval_split": "dev"}, "'dev': there are train, validation, test"),
    ],
)
def test_mistakes_are_found_before_training(arguments, tmp_path, change, message):
    with pytest.raises(ValueError, match=message):
        run(replace(arguments, **change, output_dir=str(tmp_path)))


def test_arms_are_built_from_their_names(corpus):
    def built(spec):
        return repr(build(spec, corpus, seed=7))

    assert built("noise:p=0.3,target='all'") == "NoiseInjection(p=0.3, seed=7, target='all')"
    assert built("noise:target=all") == "NoiseInjection(seed=7, target='all')"
    assert built("noise+shuffle").startswith("Compose(augmenters=[NoiseInjection(seed=7), Segment")
    assert built("noise|shuffle").startswith("OneOf(")
    usual, robust = built("default"), built("default:robust=true")
    assert "NoiseInjection" in robust and "longer=" in robust
    assert usual == built("default:robust=false") and "NoiseInjection" not in usual
    for wrong, message in (("robust=no", "robust=no"), ("p=1", "'p'; ")):
        with pytest.raises(ValueError, match=message):
            built(f"default:{wrong}")


def test_name_lists_come_from_the_training_sample_alone(corpus):
    rows = sample(corpus, 5, seed=1)
    names = rows.features["ner_tags"].feature.names
    inside = {
        " ".join(row["tokens"][span.start : span.end]).lower()  # in capitals where the sentence is
        for row in rows
        for span in to_spans([names[tag] for tag in row["ner_tags"]])
    }
    expanded = textaug.expand(rows, build("mentions", rows, seed=1), copies=5)
    for row in expanded:
        for span in to_spans([names[tag] for tag in row["ner_tags"]]):
            mention = row["tokens"][span.start : span.end]
            assert " ".join(mention).lower() in inside


def test_samples_are_nested(corpus):
    small, large = (sample(corpus, size, seed=3)["tokens"][:] for size in (10, 20))
    assert small == large[:10]


def test_the_schedule_goes_through_the_sentences_again_and_again():
    order = schedule(range(10), [1] * 10, steps=25, batch_size=4, seed=1)
    assert len(order) == 100
    assert set(Counter(order).values()) <= {8, 9, 10, 11, 12}
    mixed = schedule(range(200), [1, 50] * 100, steps=8, batch_size=16, seed=1)
    batches = [mixed[i : i + 16] for i in range(0, 128, 16)]
    assert sum(len({row % 2 for row in batch}) == 1 for batch in batches) >= 7


def test_the_schedule_shows_every_arm_the_same_sentences():
    lengths = [3, 9, 5, 7]
    gold = schedule(range(4), lengths, steps=20, batch_size=2, seed=1)
    sources = [0, 0, 0, 1, 2, 3, 3]  # sentences 1 and 2 could not be augmented
    rows = [lengths[source] for source in sources]
    augmented = schedule(sources, rows, steps=20, batch_size=2, seed=1)
    assert [sources[row] for row in augmented] == gold
    assert set(augmented) == set(range(7))


def test_balanced_drawing_makes_repeating_pointless(results, arguments):
    by_arm = {
        run["arm"]: run["mentions"]
        for run in results["runs"]
        if (run["size"], run["seed"]) == (8, 1)
    }
    assert by_arm["gold"] == by_arm["gold repeated"]
    shuffled = replace(arguments, balanced=False)
    assert train_once(shuffled, Run(8, 1, "noise", "noise"))["steps"] == 2


def test_gains_are_paired():
    seconds = {"augment": 0, "train": 0}
    runs = [
        {"size": 9, "seed": s, "arm": arm, "f1": f1, "train_rows": 9, "train_mentions": 9}
        | {"seconds": seconds}
        for arm, scores in {"gold": (0.1, 0.9), "x": (0.2, 1.0)}.items()
        for s, f1 in enumerate(scores)
    ]
    gold, x = report.summary(runs)
    assert gold["gain"] is None
    assert x["gain"] == pytest.approx(0.1)
    assert x["gain_interval"] == pytest.approx(0, abs=1e-9)
    assert x["f1_interval"] > 1


def test_the_metric_has_the_interface_of_evaluate():
    metric = Seqeval()
    metric.add_batch(predictions=[["B-PER", "O", "I-LOC"]], references=[["B-PER", "O", "B-LOC"]])
    lenient = metric.compute()
    assert lenient["overall_f1"] == 1
    assert lenient["LOC"]["number"] == 1
    strict = metric.compute(
        predictions=[["B-PER", "O", "I-LOC"]],
        references=[["B-PER", "O", "B-LOC"]],
        mode="strict",
        scheme="IOB2",
    )
    assert strict["overall_recall"] == 0.5


def test_the_token_table_counts_o():
    row = {"precision": 1.0, "recall": 0.5, "f1-score": 0.6667, "support": 4}
    table = report.token_table(
        {"B-PER": row, "O": row, "accuracy": 0.75, "macro avg": row, "weighted avg": row}
    )
    assert [" ".join(line.split()[:1]) for line in table.splitlines() if line.strip()][1:] == [
        "B-PER",
        "O",
        "micro",
        "macro",
        "weighted",
    ]


def test_without_padding_the_loss_is_the_same(arguments):
    import torch
    from transformers import AutoModelForTokenClassification, AutoTokenizer

    from textaug.pipeline.collator import AugmentingDataCollator

    gold = data_of(arguments)["train"].select(range(8))
    names = gold.features["ner_tags"].feature.names
    tokenizer = AutoTokenizer.from_pretrained(arguments.model, add_prefix_space=True)
    padded = AugmentingDataCollator(tokenizer, label_names=names)
    packed = Packed(padded, length=80)
    model = AutoModelForTokenClassification.from_pretrained(
        arguments.model, num_labels=len(names), attn_implementation="eager"
    ).eval()
    batch = packed(gold.to_list())
    assert batch["input_ids"].shape[0] < 8
    with torch.no_grad():
        expected = model(**padded(gold.to_list())).loss
        assert model(**batch).loss == pytest.approx(expected.item(), abs=1e-5)


class Untrained(torch.nn.Module):
    device = torch.device("cpu")


def conll(path, *sentences):
    """A CoNLL file of these sentences, each ``"word/tag word/tag"``."""
    rows = ("\n".join(pair.replace("/", " ") for pair in text.split()) for text in sentences)
    path.write_text("\n\n".join(rows) + "\n")
    return str(path)


def test_a_token_without_a_label_is_neither_trained_nor_evaluated_on(tmp_path, monkeypatch):
    file = conll(tmp_path / "train", *(f"Ann/B-PER x{i}/_ ran/O" for i in range(9)))
    test = load_data("", file, None, None)["test"]
    assert test["ner_tags"][0] == [1, -1, 0]
    assert mentions(test) == len(test)
    wrong_there = [["B-PER", "I-PER", "O"]] * len(test)
    monkeypatch.setattr(training, "predict", lambda *_: wrong_there)
    scores = training.score(Untrained(), None, test)
    assert scores["mentions"]["overall_f1"] == 1
    assert scores["tokens"]["accuracy"] == 1


def test_the_validation_file_stays_where_the_test_set_is_split_off(tmp_path):
    train = conll(tmp_path / "train", *(f"Ann/B-PER x{i}/O" for i in range(20)))
    validation = conll(tmp_path / "validation", "Bo/B-PER slept/O")
    data = load_data("", train, validation, None)
    assert {name: len(rows) for name, rows in data.items()} == {
        "train": 17,
        "validation": 1,
        "test": 3,
    }
    assert data["validation"]["tokens"][:] == [["Bo", "slept"]]


def test_loggers_and_progress_bars_are_as_before_a_run():
    import datasets
    import transformers

    def state():
        return (
            logging.getLogger("textaug").level,
            transformers.logging.get_verbosity(),
            transformers.logging.is_progress_bar_enabled(),
            datasets.are_progress_bars_disabled(),
        )

    before = state()
    with quiet():
        assert logging.getLogger("textaug").level == logging.ERROR
    assert state() == before
