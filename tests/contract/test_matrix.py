"""Every augmenter × every tag scheme × every container: the labels come out right everywhere."""

from functools import cache

import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, List, Value
from support.augmenters import (
    ADDS_MENTIONS,
    AUGMENTERS,
    DROPS_MENTIONS,
    KEEPS_MENTIONS,
    NEEDS_LABELS,
    NEEDS_MENTIONS,
    model_folder,
    tiny_bert,
    types_fit,
)
from support.judge import MARKS, mentions, names_of, surfaces, written
from support.models import tiny_bert_encoder

from textaug import AugmentingDataCollator, expand
from textaug.core.columns import IGNORED
from textaug.corpora import builtin_corpus

TYPES = ("LOC", "MISC", "ORG", "PER")
ROWS, LONGEST = 8, 25  # so that no row is cut by the tiny model's tokenizer
SHARED = {"load_from_cache_file": False, "batched": True}


@cache
def data(scheme):
    """Some sentences with tags in a scheme; for ``plain`` the number of each word."""
    plain = [f"word {i}" for i in range(LONGEST)]
    names = plain if scheme == "plain" else names_of(scheme, TYPES)
    features = {"tokens": List(Value("string")), "ner_tags": List(ClassLabel(names=names))}
    corpus = builtin_corpus()["train"]
    before = corpus.features["ner_tags"].feature.names
    rows = []
    for row in corpus:
        found = mentions([before[tag] for tag in row["ner_tags"]], "IOB2")
        if len(found) < 2 or len(row["tokens"]) > LONGEST:
            continue
        if scheme == "plain":
            tags = list(range(len(row["tokens"])))
        else:
            tags = [names.index(tag) for tag in written(found, len(row["tokens"]), scheme)]
        rows.append({"tokens": row["tokens"], "ner_tags": tags})
        if len(rows) == ROWS:
            return Dataset.from_list(rows, features=Features(features))


def in_dataset(augmenter, rows):
    return rows.map(augmenter, **SHARED).to_list()


def in_iterable_dataset(augmenter, rows):
    return list(rows.to_iterable_dataset().map(augmenter, batched=True, batch_size=3))


def in_dataset_dict(augmenter, rows):
    splits = DatasetDict({"train": rows, "test": rows})
    assert len(expand(splits, augmenter, copies=2)["test"]) == len(rows)
    return splits.map(augmenter, **SHARED)["train"].to_list()


def in_data_frame(augmenter, rows):
    frame = rows.to_pandas()
    made = Dataset.from_pandas(frame, features=rows.features).map(augmenter, **SHARED).to_pandas()
    assert list(made.columns) == list(frame.columns)
    return [{name: list(row[name]) for name in frame} for row in made.to_dict("records")]


CONTAINERS = {
    "Dataset": in_dataset,
    "IterableDataset": in_iterable_dataset,
    "DatasetDict": in_dataset_dict,
    "DataFrame": in_data_frame,
}


@cache
def made_in(container, name, scheme):
    rows = data(scheme)
    names = rows.features["ner_tags"].feature.names
    return CONTAINERS[container](AUGMENTERS[name](label_names=names), rows)


AUGMENTER = pytest.mark.parametrize("name", AUGMENTERS)
SCHEME = pytest.mark.parametrize("scheme", [*MARKS, "plain"])


@AUGMENTER
@SCHEME
@pytest.mark.parametrize("container", CONTAINERS)
def test_the_labels_are_right(name, scheme, container):
    rows = data(scheme)
    names = rows.features["ner_tags"].feature.names
    made = made_in(container, name, scheme)
    assert len(made) == len(rows)
    if name not in NEEDS_LABELS and (name not in NEEDS_MENTIONS or scheme != "plain"):
        # A plain scheme has no spans.
        assert [row["tokens"] for row in made] != rows["tokens"]
    kept = []  # words with a label: is it that of the same word?
    for old, new in zip(rows, made, strict=True):
        assert len(new["tokens"]) == len(new["ner_tags"])
        if scheme == "plain":
            known = [tag for tag in new["ner_tags"] if tag != -1]
            assert len(set(known)) == len(known) and set(known) <= set(old["ner_tags"])
            pairs = zip(new["tokens"], new["ner_tags"], strict=True)
            words = [(token, old["tokens"][tag]) for token, tag in pairs if tag != -1]
            kept += [token.lower() == word.lower() for token, word in words]
            continue
        before, after = (
            surfaces(row["tokens"], [names[tag] for tag in row["ner_tags"]], scheme)
            for row in (old, new)
        )
        if name in KEEPS_MENTIONS:
            assert after == before
        assert types_fit(name, [kind for kind, _ in before], [kind for kind, _ in after])
    assert sum(kept) >= len(kept) / 2


@AUGMENTER
@SCHEME
def test_all_containers_give_the_same(name, scheme):
    expected, *others = (made_in(container, name, scheme) for container in CONTAINERS)
    assert all(made == expected for made in others)


@cache
def trained_on():
    from transformers import AutoModelForTokenClassification, AutoTokenizer

    model = AutoModelForTokenClassification.from_pretrained(
        tiny_bert_encoder(model_folder() / "encoder"), num_labels=20
    )
    return model, AutoTokenizer.from_pretrained(tiny_bert())


@AUGMENTER
@SCHEME
def test_the_trainer_gets_right_labels(name, scheme, tmp_path):
    from transformers import Trainer, TrainingArguments

    rows = data(scheme)
    names = rows.features["ner_tags"].feature.names
    model, tokenizer = trained_on()
    trainer = Trainer(
        model,
        TrainingArguments(
            str(tmp_path),
            per_device_train_batch_size=ROWS,
            remove_unused_columns=False,
            dataloader_pin_memory=False,
            report_to="none",
        ),
        train_dataset=rows,
        data_collator=AugmentingDataCollator(
            tokenizer, AUGMENTERS[name](), label_names=names, max_length=512
        ),
    )
    (batch,) = trainer.get_train_dataloader()
    labels = [[i for i in row if i != IGNORED] for row in batch["labels"].tolist()]
    assert len(labels) == ROWS
    if scheme == "plain":
        assert all(len(set(row)) == len(row) for row in labels)
        return
    kinds = [
        [[kind for kind, *_ in mentions([names[i] for i in row], scheme)] for row in table]
        for table in (rows["ner_tags"], labels)
    ]
    if name in ADDS_MENTIONS | DROPS_MENTIONS:
        assert sum(map(len, kinds[1])) > 0
    else:
        assert sorted(kinds[1]) == sorted(kinds[0])  # the Trainer shuffles
