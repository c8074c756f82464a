"""What is made from a data set is made from the split that is named, and from no other."""

import pytest
from datasets import DatasetDict
from support import models as tiny

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


def test_models_learn_from_the_named_split(splits, tmp_path):
    options = {"epochs": 0.1, "cache_dir": tmp_path / "made", "show_progress_bar": False}
    bert = tiny.tiny_bert(tmp_path / "bert")

    def folders(data, **more):
        melm = textaug.LabelConditionedMLM.from_dataset(data, bert, **options, **more)
        return melm.model, textaug.SentenceGenerator.fit(data, **options, **more).model

    named, alone, other = (
        folders(splits, split="validation"),
        folders(splits["validation"]),
        folders(splits),
    )
    assert named == alone
    assert not set(other) & set(alone)
