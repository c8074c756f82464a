"""Harder versions of the test set."""

from __future__ import annotations

from random import Random
from typing import Any

from datasets import Dataset

from textaug import MentionReplacement, NoiseInjection

SEED = 77


def harder(test: Dataset, train: Dataset, sample: Dataset) -> dict[str, Dataset]:
    """The test set, changed in five ways that TextFlint (Wang et al. 2021) also tries.

    New names are real ones from the other sentences of the training file: they are neither in the
    sample nor in the lists that the policy uses.
    """
    own = MentionReplacement.from_dataset(sample).pools
    pools = {
        label: [name for name in names if name not in set(own.get(label, ()))]
        for label, names in MentionReplacement.from_dataset(train).pools.items()
    }
    long = {
        label: [name for name in names if name.count(" ") >= 2] for label, names in pools.items()
    }

    def changed(augmenter: Any) -> Dataset:
        return test.map(augmenter, batched=True, load_from_cache_file=False, keep_in_memory=True)

    return {
        "typos in mentions": changed(NoiseInjection(p=1.0, target="mentions", seed=SEED)),
        "unseen names": changed(MentionReplacement(pools, p=1.0, seed=SEED)),
        "longer mentions": changed(MentionReplacement(long, p=1.0, seed=SEED)),
        "joined sentences": joined(test, seed=SEED),
        "all capitals": test.map(
            lambda row: {"tokens": [token.upper() for token in row["tokens"]]},
            load_from_cache_file=False,
            keep_in_memory=True,
        ),
    }


def joined(rows: Dataset, seed: int) -> Dataset:
    """Sentences in random pairs, each pair one row."""
    order = list(range(len(rows)))
    Random(seed).shuffle(order)
    pairs = zip(order[::2], order[1::2], strict=False)
    tokens, tags = rows["tokens"][:], rows["ner_tags"][:]
    both = [(tokens[i] + tokens[j], tags[i] + tags[j]) for i, j in pairs]
    columns = {"tokens": [words for words, _ in both], "ner_tags": [names for _, names in both]}
    return Dataset.from_dict(columns, features=rows.features)
