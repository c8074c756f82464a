"""Harder versions of the test set."""

from __future__ import annotations

from random import Random
from typing import Any

from datasets import Dataset
from typo import StrErrer

from textaug import MentionReplacement
from textaug.core.tag_schemes import to_spans

SEED = 77
# Of the package `typo`, because taggers are trained on those of textaug; not those that make two
# words of one.
TYPOS = ("char_swap", "missing_char", "extra_char", "nearby_char", "similar_char", "repeated_char")


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
        "typos in mentions": misspelt(test),
        "unseen names": changed(MentionReplacement(pools, p=1.0, seed=SEED)),
        "longer mentions": changed(MentionReplacement(long, p=1.0, seed=SEED)),
        "joined sentences": joined(test, seed=SEED),
        "all capitals": test.map(
            lambda row: {"tokens": [token.upper() for token in row["tokens"]]},
            load_from_cache_file=False,
            keep_in_memory=True,
        ),
    }


def misspelt(rows: Dataset) -> Dataset:
    """The same sentences with a typing error in every word of their mentions."""
    names = rows.features["ner_tags"].feature.names

    def with_typos(row: dict[str, Any], number: int) -> dict[str, Any]:
        tokens = list(row["tokens"])
        for span in to_spans([names[tag] for tag in row["ner_tags"]]):
            for at in range(span.start, span.end):
                seed = f"{SEED} {number} {at}"
                for typo in Random(seed).sample(TYPOS, len(TYPOS)):  # the first that changes it
                    made = "".join(getattr(StrErrer(tokens[at], seed), typo)().result.split())
                    if made not in ("", tokens[at]):
                        tokens[at] = made
                        break
        return {"tokens": tokens}

    return rows.map(with_typos, with_indices=True, load_from_cache_file=False, keep_in_memory=True)


def joined(rows: Dataset, seed: int) -> Dataset:
    """Sentences in random pairs, each pair one row."""
    order = list(range(len(rows)))
    Random(seed).shuffle(order)
    pairs = zip(order[::2], order[1::2], strict=False)
    tokens, tags = rows["tokens"][:], rows["ner_tags"][:]
    both = [(tokens[i] + tokens[j], tags[i] + tags[j]) for i, j in pairs]
    columns = {"tokens": [words for words, _ in both], "ner_tags": [names for _, names in both]}
    return Dataset.from_dict(columns, features=rows.features)
