"""Optimiser steps per second with the collator augmenting, compared to without."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from statistics import median
from typing import Any

from .inputs import some_sentences
from .settings import WORK
from .timing import in_turns, ratio


def training(options: argparse.Namespace) -> dict[str, Any]:
    """Optimiser steps per second with the collator augmenting, compared to without."""
    from textaug import (
        MentionReplacement,
        NoiseInjection,
        SomeOf,
        SynonymReplacement,
        default_policy,
    )

    data = some_sentences(400)
    augmenter = SomeOf(
        [
            SynonymReplacement(context=False),
            NoiseInjection(),
            MentionReplacement.from_dataset(data),
        ],
        k=2,
    )
    steps = 3 if options.quick else 25
    sub_tokens: Counter[str] = Counter()
    train = _trainer(data.features["ner_tags"].feature.names, steps, options.device, sub_tokens)
    # The same work for the model, because augmented words make more sub-tokens.
    policy = default_policy(data)
    before, by_policy = (
        data.map(each, batched=True, load_from_cache_file=False, keep_in_memory=True)
        for each in (augmenter, policy)
    )
    seconds = in_turns(
        {
            "plain": lambda: train("plain", None, data),
            "augmented before": lambda: train("augmented before", None, before),
            "augmenting": lambda: train("augmenting", augmenter, data),
            "policy before": lambda: train("policy before", None, by_policy, workers=1),
            "policy": lambda: train("policy", policy, data, workers=1),
        },
        options.rounds,
        "training",
    )
    return {
        "steps": steps,
        "batch_size": 16,
        "augmenter": "SomeOf synonyms, noise, mentions, k=2",
        "kept": ratio(seconds, "plain", "augmenting"),
        "kept_of_augmented_before": ratio(seconds, "augmented before", "augmenting"),
        # By sub-token, because the policy draws other rows in the collator than before.
        "kept_by_policy_in_worker": ratio(seconds, "policy before", "policy")
        * sub_tokens["policy"]
        / sub_tokens["policy before"],
        "sub_tokens": dict(sub_tokens),
        "steps_per_second": {name: steps / median(took) for name, took in seconds.items()},
        "seconds": seconds,
    }


def _trainer(
    names: list[str], steps: int, device: str, sub_tokens: Counter[str]
) -> Callable[..., float]:
    """A function that trains a tagger for some steps, and returns the seconds that it took."""
    from torch import manual_seed
    from transformers import (
        AutoModelForTokenClassification,
        AutoTokenizer,
        Trainer,
        TrainingArguments,
    )

    from textaug import AugmentingDataCollator, offline

    tokenizer = AutoTokenizer.from_pretrained(offline.encoder())
    manual_seed(0)
    model = AutoModelForTokenClassification.from_pretrained(
        offline.encoder(), num_labels=len(names)
    )

    def train(name: str, augmenter: Any, data: Any, workers: int = 0) -> float:
        collate = AugmentingDataCollator(tokenizer, augmenter, label_names=names)
        sub_tokens[name] = 0

        def count(_: Any, __: Any, inputs: dict[str, Any]) -> None:
            sub_tokens[name] += inputs["input_ids"].numel()

        arguments = TrainingArguments(
            str(WORK / "training"), max_steps=steps, per_device_train_batch_size=16,
            remove_unused_columns=False, report_to="none", save_strategy="no", disable_tqdm=True,
            logging_strategy="no", use_cpu=device == "cpu", seed=0, dataloader_num_workers=workers,
        )  # fmt: skip
        trainer = Trainer(model, arguments, train_dataset=data, data_collator=collate)
        counting = model.register_forward_pre_hook(count, with_kwargs=True)
        took = float(trainer.train().metrics["train_runtime"])
        counting.remove()
        return took

    return train
