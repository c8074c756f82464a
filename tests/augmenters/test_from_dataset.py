"""What is made from a data set is made from the split that is named, and from no other."""

import pytest
from datasets import DatasetDict

import textaug
from textaug.corpora import builtin_corpus

MADE = {
    "MentionReplacement": textaug.MentionReplacement.from_dataset,
    "LabelWiseReplacement": textaug.LabelWiseReplacement.from_dataset,
    "SegmentExchange": textaug.SegmentExchange.from_dataset,
    "SentenceJoining": textaug.SentenceJoining.from_dataset,
    "NoUnlabelledNames": textaug.NoUnlabelledNames.from_dataset,
    "Novelty": textaug.Novelty.from_dataset,
    "default_policy": textaug.default_policy,
}


@pytest.fixture(scope="module")
def splits():
    train = builtin_corpus()["train"]
    return DatasetDict(
        {"train": train.select(range(20)), "validation": train.select(range(20, 45))}
    )


@pytest.mark.parametrize("name", MADE)
def test_the_named_split_is_read(name, splits):
    make = MADE[name]
    assert make(splits, split="validation") == make(splits["validation"])
    assert make(splits) == make(splits["train"]) != make(splits["validation"])


STOPPED = (["It", "rained", "."], ["O", "O", "O"])


@pytest.mark.parametrize(
    ("words", "others", "joined"),
    [
        (["Oslo", "1996"], [STOPPED], ["It", "rained", ".", "Oslo", "1996"]),
        (["It", "fell", ".", '"'], [(["Oslo"], ["O"])], ["It", "fell", ".", '"', "Oslo"]),
        (["Oslo", "1996"], [(["Rome"], ["O"])], ["Oslo", "1996"]),  # neither is a sentence
    ],
)
def test_a_fragment_comes_after_a_full_stop(words, others, joined):
    for seed in range(4):
        join = textaug.SentenceJoining(others, after_stops=True, seed=seed)
        assert join({"tokens": words, "ner_tags": ["O"] * len(words)})["tokens"] == joined


def test_only_the_named_types_of_mentions_are_replaced():
    swap = textaug.MentionReplacement({"PER": ["Eve"], "LOC": ["Rome"]}, p=1, types=["LOC"])
    row = {"tokens": ["Ann", "saw", "Oslo"], "ner_tags": ["B-PER", "O", "B-LOC"]}
    assert swap(row)["tokens"] == ["Ann", "saw", "Rome"]
