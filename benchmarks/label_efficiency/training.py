"""One run of the benchmark, with the code of the recipe."""

from __future__ import annotations

from dataclasses import replace
from tempfile import TemporaryDirectory
from typing import Any

from datasets import Dataset

from recipes.ner.arguments import GOLD, Arguments
from recipes.ner.data import data_of, sample
from recipes.ner.schedule import Run
from recipes.ner.training import fit, gold_of, quiet, score
from textaug import TeacherAgreement, balanced, default_policy, expand

from .harder import harder
from .options import BALANCED, CHOICES, CONTROLS, ROBUST_SIZE, SHUFFLED, TEACHER
from .report import POLICY, ROBUST


@quiet()
def train(arguments: Arguments, run: Run) -> dict[str, Any]:
    """One run; at 800 sentences it is also evaluated on the harder test sets."""
    made = training_set(arguments, run) if run.arm in CHOICES else None
    at_random = run.arm in (SHUFFLED, BALANCED)
    how = replace(arguments, balanced=not at_random, **CONTROLS.get(run.arm, {}))
    model, tokenizer, record = fit(how, run, made)
    record["steps"] = arguments.max_steps  # by which runs are compared; see CONTROLS
    data = data_of(arguments)
    test_sets = {"test": data["test"]}
    if run.size == ROBUST_SIZE and run.arm in (GOLD, POLICY, ROBUST):
        test_sets |= harder(data["test"], data["train"], sample(data["train"], run.size, run.seed))
    f1 = {}
    for name, rows in test_sets.items():
        scores = score(model, tokenizer, rows, bf16=True)
        f1[name] = scores["mentions"]["overall_f1"]
        if name == "test":
            record["types"] = {
                label: value["f1"]
                for label, value in scores["mentions"].items()
                if isinstance(value, dict)
            }
    return {**record, "f1": f1.pop("test"), "robustness": f1}


@quiet()
def training_set(arguments: Arguments, run: Run) -> Dataset:
    """The gold sentences and the rows that an arm of ``choices`` adds."""
    gold, copies = gold_of(arguments, run), arguments.copies
    policy = default_policy(gold, seed=run.seed)
    if run.arm == BALANCED:
        return expand(gold, policy, balanced(gold, copies))
    if run.arm == TEACHER:
        with TemporaryDirectory() as folder:
            for part in fit(arguments, replace(run, arm=GOLD))[:2]:
                part.save_pretrained(folder)
            return expand(gold, policy.where(TeacherAgreement(folder), tries=4), copies)
    return expand(gold, policy, copies)
