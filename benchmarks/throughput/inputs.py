"""The sentences that are augmented, and ``map`` over them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .settings import CONLL

FILES = TemporaryDirectory()  # for the data set, until this process ends


@cache
def corpus() -> Any:
    """The data set, shuffled, in files that are removed with this process."""
    from datasets import load_from_disk

    from textaug.corpora import builtin_corpus, load_conll

    data = load_conll(CONLL) if CONLL.exists() else builtin_corpus()["train"]
    data = data.shuffle(seed=0)  # so that the first sentences have typical lengths
    data.save_to_disk(FILES.name)
    return load_from_disk(FILES.name)


def sentences(number: int) -> Any:
    """CoNLL-2003 if its file exists, else the built-in corpus; repeated if there are too few.

    In files, as ``load_dataset`` returns them: results of a data set in memory stay in memory too.
    """
    return repeated(corpus(), number)


def some_sentences(number: int) -> Any:
    """Ordinary sentences: 8 to 40 words, and not in capitals."""
    wanted = sentences(14_041 if CONLL.exists() else 1_000)
    keep = [
        i
        for i, tokens in enumerate(wanted["tokens"])
        if 8 <= len(tokens) <= 40 and sum(token.islower() for token in tokens) > len(tokens) / 2
    ]
    return wanted.select(keep[:number]).flatten_indices(keep_in_memory=True)


def repeated(data: Any, number: int) -> Any:
    """``number`` rows, repeated if there are too few."""
    from datasets import concatenate_datasets

    return concatenate_datasets([data] * -(-number // len(data))).select(range(number))


def some_text(number: int) -> Any:
    """Ordinary sentences as text: each is translated once out and once back.

    The output of random weights is not used.
    """
    from textaug import Example
    from textaug.augmenters.mention_alignment import Sentence
    from textaug.core.tag_schemes import to_spans

    data = some_sentences(number)
    names = data.features["ner_tags"].feature.names
    texts = []
    for row in data:
        spans = to_spans([names[tag] for tag in row["ner_tags"]])
        texts.append(Sentence.of(Example(tuple(row["tokens"]), spans)).text)
    return data.add_column("text", texts).select_columns(["text"])


def mapped(data: Any, function: Any, **options: Any) -> Any:
    """``map`` without its cache; it still writes a file, as users' calls do."""
    with TemporaryDirectory() as folder:  # a memory-mapped file exists until it is closed
        return data.map(
            function,
            batched=True,
            load_from_cache_file=False,
            cache_file_name=str(Path(folder) / "new.arrow"),
            **options,
        )


def copy_columns(batch: Any) -> dict[str, list[Any]]:
    """The least work of a function for ``map`` that changes every column: copy each row."""
    return {
        name: [list(row) if isinstance(row, list) else row for row in column]
        for name, column in batch.items()
    }


@contextmanager
def recorded(owner: Any, name: str) -> Iterator[list[tuple[tuple[Any, ...], dict[str, Any]]]]:
    """Keep the arguments of all calls of a function, those by position and those by name."""
    calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
    function = getattr(owner, name)

    def wrapper(*arguments: Any, **options: Any) -> Any:
        calls.append((arguments, options))
        return function(*arguments, **options)

    setattr(owner, name, wrapper)
    try:
        yield calls
    finally:
        setattr(owner, name, function)
