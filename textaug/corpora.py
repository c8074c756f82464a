"""CoNLL files as data sets, the small corpus that comes with this package, and clean splits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, overload

from textaug.core import tag_schemes
from textaug.core.columns import MISSING_LABEL, TEXT_COLUMNS, TOKEN_COLUMNS

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


# The columns of the usual files, by how many there are.
COLUMN_NAMES = {
    2: ("tokens", "ner_tags"),
    4: ("tokens", "pos_tags", "chunk_tags", "ner_tags"),  # CoNLL-2003
}
CORPUS = Path(__file__).parent / "data" / "corpus"
OPEN = "_"  # stands in CoNLL files for a label that is not known

Sentence = list[list[str]]  # one list of values per column


@overload
def load_conll(
    paths: str | Path | Sequence[str | Path], column_names: Sequence[str] | None = None
) -> Dataset: ...
@overload
def load_conll(
    paths: Mapping[str, str | Path], column_names: Sequence[str] | None = None
) -> DatasetDict: ...
def load_conll(
    paths: str | Path | Sequence[str | Path] | Mapping[str, str | Path],
    column_names: Sequence[str] | None = None,
) -> Dataset | DatasetDict:
    """Read CoNLL files: a token and its tags on each line, a blank line after each sentence.

    Tags become ``ClassLabel`` columns. For mentions the names are ``"O"`` and then every prefix
    with every type, whether or not it occurs, in alphabetical order of the types and the same for
    all splits. Tags stay in the scheme of the file; ``_`` is an open label, -1. ``-DOCSTART-``
    lines are left out.

    (``load_dataset("conll", ...)`` reads such files too, but it cuts or pads a line with the wrong
    number of columns in silence, which puts a wrong label on a word.)

    Args:
        paths: a file, several files to be read as one, or a dict of files by split.
        column_names: one name per column, tokens first; default: by their number, for files with
            two columns or CoNLL-2003's four.

    Returns:
        A ``Dataset``, or for a dict a ``DatasetDict``.

    Raises:
        ValueError: if a line has not as many columns as there are names (file and line are named),
            or if the number of columns tells no names.
    """
    from datasets import ClassLabel, Dataset, DatasetDict, Features, List, Value

    by_split: dict[str, Any] = dict(paths) if isinstance(paths, Mapping) else {"train": paths}
    sentences: dict[str, list[Sentence]] = {}
    names = tuple(column_names or ())
    for split_name, given in by_split.items():
        sentences[split_name] = []
        for path in [given] if isinstance(given, (str, Path)) else given:
            names, found = read_sentences(Path(path), names)
            sentences[split_name] += found
    features = {names[0]: List(Value("string"))}
    for column, name in list(enumerate(names))[1:]:
        values = {tag for found in sentences.values() for sent in found for tag in sent[column]}
        features[name] = List(ClassLabel(names=list(tag_schemes.complete(values - {OPEN}))))
    data = DatasetDict()
    for split_name, found in sentences.items():
        columns: dict[str, list[Any]] = {names[0]: [sentence[0] for sentence in found]}
        for column, name in list(enumerate(names))[1:]:
            ids = {label: i for i, label in enumerate(features[name].feature.names)}
            ids.setdefault(OPEN, MISSING_LABEL)
            columns[name] = [[ids[tag] for tag in sentence[column]] for sentence in found]
        data[split_name] = Dataset.from_dict(columns, features=Features(features))
    return data if isinstance(paths, Mapping) else data["train"]


def read_sentences(
    path: Path, names: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], list[Sentence]]:
    """The columns of a CoNLL file and its sentences, tags as they stand there.

    See :func:`load_conll`.
    """
    sentences: list[Sentence] = []
    current: Sentence = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            values = line.split()
            if not values or values[0] == "-DOCSTART-":
                if current:
                    sentences.append(current)
                    current = []
                continue
            if not names:
                if len(values) not in COLUMN_NAMES:
                    raise ValueError(
                        f"{path}, line {number}: {len(values)} columns; pass column_names= with a "
                        "name for each, tokens first"
                    )
                names = COLUMN_NAMES[len(values)]
            if len(values) != len(names):
                raise ValueError(
                    f"{path}, line {number}: {len(values)} columns where {len(names)} "
                    f"({', '.join(names)}) are expected; mend the line or pass column_names="
                )
            current = current or [[] for _ in names]
            for column, value in zip(current, values, strict=True):
                column.append(value)
    if current:
        sentences.append(current)
    return names, sentences


def builtin_corpus() -> DatasetDict:
    """The small corpus that comes with this package: English, PER, ORG, LOC and MISC, IOB2.

    Returns:
        Splits ``train``, ``validation`` and ``test`` with columns ``tokens`` and ``ner_tags``.
    """
    return load_conll({name: CORPUS / f"{name}.conll" for name in ("train", "validation", "test")})


def split(
    dataset: Dataset, fractions: Sequence[float] = (0.7, 0.15, 0.15), seed: int = 0
) -> DatasetDict:
    """Split a data set so that no sentence lies in two splits.

    Rows with the same words go to the same split, so that nothing a model is judged on was in its
    training set. Within a split rows keep their order.

    Args:
        dataset: data in one piece, with a column of words or of text.
        fractions: share of the rows for train, validation and test, or for train and test.
        seed: same seed, same split.

    Returns:
        Splits ``train``, (``validation``,) ``test``. They have the wanted number of rows, up to
        rounding, as long as there are enough sentences that occur once to even out the others.

    Raises:
        ValueError: if there are not two or three fractions that add up to 1, or no such column.
    """
    from datasets import DatasetDict

    split_names = {2: ("train", "test"), 3: ("train", "validation", "test")}.get(len(fractions))
    if split_names is None or min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-6:
        raise ValueError(f"fractions={fractions}: give two or three, at least 0, that add up to 1")
    key = next((n for n in (*TOKEN_COLUMNS, *TEXT_COLUMNS) if n in dataset.column_names), None)
    if key is None:
        raise ValueError(
            f"no column of words or text among {dataset.column_names}; rename yours to 'tokens'"
        )
    same: dict[Any, list[int]] = {}
    for i, value in enumerate(dataset.with_format(None)[key][:]):
        same.setdefault(value if isinstance(value, str) else tuple(value), []).append(i)
    rng = Random(seed)
    groups = list(same.values())
    rng.shuffle(groups)
    groups.sort(key=len, reverse=True)  # single rows come last and fill what is left exactly
    borders = [round(sum(fractions[:i]) * len(dataset)) for i in range(len(fractions) + 1)]
    room = [end - start for start, end in pairwise(borders)]
    parts: list[list[int]] = [[] for _ in fractions]
    for group in groups:
        fitting = [max(0, r) if r >= len(group) else 0 for r in room]
        target = (
            rng.choices(range(len(parts)), fitting)[0] if any(fitting) else room.index(max(room))
        )
        parts[target] += group
        room[target] -= len(group)
    return DatasetDict(
        {name: dataset.select(sorted(p)) for name, p in zip(split_names, parts, strict=True)}
    )
