"""The data set as words and IOB2 tags, and samples of it."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

from datasets import ClassLabel, Dataset, DatasetDict, Features, List, Value, load_dataset

from textaug import offline
from textaug.core import tag_schemes
from textaug.core.columns import MISSING_LABEL, ColumnNames
from textaug.core.finding import dataset_schema
from textaug.corpora import builtin_corpus, load_conll, split

from .arguments import Arguments

SOURCE = "source"  # column: the gold sentence that a row was made from


def data_of(arguments: Arguments) -> DatasetDict:
    """The data set that these arguments name."""
    return load_data(
        arguments.dataset, arguments.train_file, arguments.validation_file, arguments.test_file
    )


@cache
def load_data(
    dataset: str, train_file: str | None, validation_file: str | None, test_file: str | None
) -> DatasetDict:
    """The data as ``tokens`` and ``ner_tags`` in IOB2, with labels for every type of mention.

    A token whose label is not known keeps ``-1``: it is not trained on and not evaluated.

    Raises:
        ValueError: if no column holds tokens, or tags that are a ``ClassLabel``.
    """
    if train_file:
        files = {"train": train_file, "validation": validation_file, "test": test_file}
        data = load_conll({name: path for name, path in files.items() if path})
    elif dataset == "builtin":
        data = builtin_corpus()
    else:
        offline.go_offline_without_hub()
        data = load_dataset(dataset)
    if "test" not in data:
        validation = {"validation": data["validation"]} if "validation" in data else {}
        parts = split(data["train"], (0.85, 0.15) if validation else (0.7, 0.15, 0.15))
        data = DatasetDict({**parts, **validation})
    return _as_iob2(data)


def _as_iob2(data: DatasetDict) -> DatasetDict:
    schema = dataset_schema(data["train"], ColumnNames())
    tokens_column, tags_column, old = schema.tokens, schema.tags, schema.names
    if tokens_column is None or tags_column is None or old is None:
        raise ValueError(
            f"no column of tokens, or none of tags with names, among {', '.join(schema.columns)}: "
            "make the tags a ClassLabel and name the columns 'tokens' and 'ner_tags'"
        )
    types = {span.label for name in old for span in tag_schemes.to_spans([name])}
    new = list(tag_schemes.complete([f"I-{label}" for label in types]))

    def convert(row: dict[str, Any]) -> dict[str, Any]:
        tags = row[tags_column]
        known = [old[tag] if tag != MISSING_LABEL else "O" for tag in tags]
        names = tag_schemes.from_spans(tag_schemes.to_spans(known), len(tags), "IOB2")
        ids = [
            new.index(name) if tag != MISSING_LABEL else MISSING_LABEL
            for tag, name in zip(tags, names, strict=True)
        ]
        return {"tokens": row[tokens_column], "ner_tags": ids}

    features = Features({"tokens": List(Value("string")), "ner_tags": List(ClassLabel(names=new))})
    return data.map(
        convert,
        remove_columns=data["train"].column_names,
        features=features,
        keep_in_memory=True,
        load_from_cache_file=False,
    )


def sample(train: Dataset, size: int, seed: int) -> Dataset:
    """``size`` random sentences; for one seed, the smaller sample is part of the larger."""
    order = list(range(len(train)))
    Random(seed).shuffle(order)
    return train.select(order[:size])


def mentions(dataset: Dataset) -> int:
    """The number of mentions in a data set in IOB2."""
    names = dataset.features["ner_tags"].feature.names
    begins = {i for i, name in enumerate(names) if name.startswith("B-")}
    return sum(tag in begins for row in dataset["ner_tags"] for tag in row)
