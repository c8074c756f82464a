"""Taggers that are also trained on new sentences, written by SmolLM2."""

from __future__ import annotations

import argparse
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

from datasets import Dataset, DatasetDict, concatenate_datasets

from benchmarks.label_efficiency import held_out
from recipes.ner.arguments import GOLD, Arguments
from recipes.ner.data import SOURCE, load_data
from recipes.ner.schedule import Run
from recipes.ner.training import fit, gold_of, quiet, score
from textaug import generate

SLOTS = "generate, SmolLM2"
SIZE, SEEDS, HELD_OUT, STEPS = 100, (1, 2, 3), 1_500, 300


def new_rows(given: argparse.Namespace) -> dict[str, Any]:
    """F1 on held-out training sentences, with and without as many new rows as gold ones."""
    number = given.sentences or SIZE
    f1: dict[str, list[float]] = {GOLD: [], SLOTS: []}
    rows: list[int] = []
    with TemporaryDirectory() as folder:
        train, test = Path(folder, "train.conll"), Path(folder, "test.conll")
        held_out.split(given.data, HELD_OUT, train, test)
        arguments = Arguments(
            train_file=str(train), test_file=str(test), model="minilm", max_steps=STEPS, bf16=True,
            packed=True, report_to="none",
        )  # fmt: skip
        data = load_data("", str(train), None, str(test))
        for seed in SEEDS:
            for arm in f1:
                made = _made(arguments, Run(number, seed, arm), given.cache)
                if arm == SLOTS:
                    rows.append(len(made) - number)
                f1[arm].append(_f1(arguments, Run(number, seed, arm), made, data))
                print(arm, seed, f1[arm][-1], flush=True)
    return {
        "gold sentences": number,
        "new sentences": rows,
        "steps": STEPS,
        "F1": f1,
        "mean F1": {arm: round(fmean(values), 4) for arm, values in f1.items()},
    }


def _made(arguments: Arguments, run: Run, cache: str | None) -> Dataset:
    gold = gold_of(arguments, run)
    if run.arm == GOLD:
        return gold
    rows = gold.remove_columns(SOURCE)
    new = generate(rows, run.size, "offline", seed=run.seed, cache=cache or True)
    new = new.add_column(SOURCE, list(range(run.size, run.size + len(new))))
    return concatenate_datasets([gold, new.cast(gold.features)])


@quiet()
def _f1(arguments: Arguments, run: Run, made: Dataset, data: DatasetDict) -> float:
    model, tokenizer, _ = fit(arguments, run, made)
    return float(score(model, tokenizer, data["test"], bf16=True)["mentions"]["overall_f1"])
