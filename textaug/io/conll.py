"""CoNLL files: a token and its tags on each line, a blank line after each sentence."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from textaug.core import tag_schemes
from textaug.core.columns import MISSING_LABEL, TOKEN_COLUMNS
from textaug.io.text_files import open_text

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

logger = logging.getLogger("textaug")

# The columns of the usual files, by their number.
COLUMN_NAMES = {
    2: ("tokens", "ner_tags"),
    4: ("tokens", "pos_tags", "chunk_tags", "ner_tags"),  # CoNLL-2003
}
CORPUS = Path(__file__).parent.parent / "data" / "corpus"
OPEN = "_"  # a missing label, or a column that is left out
HEADER = ["#", "global.columns", "="]  # before the names of the columns, as in CoNLL-U Plus
DOCUMENT = "-DOCSTART-"
_FORMAT_HINTS = {10: "; if this is CoNLL-U, pass format='conllu' (--from conllu)"}

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
    all splits. Tags keep the scheme of the file; ``_`` is a missing label, -1. ``-DOCSTART-`` lines
    and comments are skipped. A line with ``#`` before a sentence is a comment, unless it has all
    columns and ends with a tag of the file.

    (``load_dataset("conll", ...)`` reads such files too, but it silently truncates or pads a line
    with the wrong number of columns, which gives a token a wrong label.)

    Args:
        paths: a file, several files to be read as one, or a dict of files by split.
        column_names: one name per column, ``"_"`` for columns to leave out. Tokens are the column
            ``tokens`` or ``words``, else the first. Default: by their number, for files with two
            columns or CoNLL-2003's four.

    Returns:
        A ``Dataset``, or for a dict a ``DatasetDict``.

    Raises:
        ValueError: if a line has a different number of columns than there are names (the message
            gives file and line), or if the number of columns has no default names.
    """
    from datasets import ClassLabel, Dataset, DatasetDict, Features, List, Value

    by_split: dict[str, Any] = dict(paths) if isinstance(paths, Mapping) else {"train": paths}
    sentences: dict[str, list[Sentence]] = {}
    names: tuple[str, ...] = ()
    for split_name, given in by_split.items():
        sentences[split_name] = []
        for path in [given] if isinstance(given, (str, Path)) else given:
            own, found = read_sentences(Path(path), tuple(column_names or ()))
            names = names or own
            if own != names:
                raise ValueError(
                    f"{path} has the columns {', '.join(own)}, and the files before "
                    f"{', '.join(names)}; name them with column_names= (--columns in the shell)"
                )
            sentences[split_name] += found
    features = {name: List(Value("string")) for name in names}
    ids: dict[str, dict[str, int]] = {}  # of each column of tags: the number of each label
    for column, name in enumerate(names):
        if name != _tokens_column(names):
            tags = {tag for found in sentences.values() for sent in found for tag in sent[column]}
            labels = tag_schemes.complete(tags - {OPEN})
            features[name] = List(ClassLabel(names=list(labels)))
            ids[name] = {OPEN: MISSING_LABEL} | {label: i for i, label in enumerate(labels)}
    data = DatasetDict()
    for split_name, found in sentences.items():
        columns: dict[str, list[Any]] = {}
        for column, name in enumerate(names):
            columns[name] = [sentence[column] for sentence in found]
            if id_of := ids.get(name):
                columns[name] = [[id_of[tag] for tag in values] for values in columns[name]]
        data[split_name] = Dataset.from_dict(columns, features=Features(features))
    return data if isinstance(paths, Mapping) else data["train"]


def load_unchecked(path: Path, column_names: Sequence[str] | None = None) -> Dataset:
    """A CoNLL file with its tags as strings; a missing one is ``None``. See :func:`load_conll`."""
    from datasets import Dataset

    names, sentences = read_sentences(path, tuple(column_names or ()))
    columns: dict[str, list[list[str | None]]] = {}
    for column, name in enumerate(names):
        is_open = None if name == _tokens_column(names) else OPEN
        columns[name] = [[None if v == is_open else v for v in sent[column]] for sent in sentences]
    return Dataset.from_dict(columns)


def _tokens_column(names: Sequence[str]) -> str:
    return next((name for name in names if name in TOKEN_COLUMNS), names[0])


def read_sentences(
    path: Path, names: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], list[Sentence]]:
    """Column names and sentences of a CoNLL file, tags unchanged. See :func:`load_conll`."""
    first: tuple[int, list[str]] | None = None
    only: tuple[int, list[str]] | None = None  # the first token of a file in which all have "#"
    header: tuple[str, ...] = ()
    last: set[str] = set()  # values of the last column
    tags_first = True  # whether the first column holds tags of mentions
    for number, line, values in _lines(path):
        if values and line[0] != "#":
            first = first or (number, values)
            last.add(values[-1])
            tags_first = tags_first and _is_tag(values[0])
        elif values[:3] == HEADER and first is None:
            header = header or tuple(values[3:])
        elif first is None and len(values) > 1 and not is_comment(values, len(values), last):
            only = only or (number, values)
    first = first or only
    if not names and header and not {*header} & {*TOKEN_COLUMNS}:
        raise ValueError(
            f"{path}: its first line names the columns {', '.join(header)}, and none is called "
            "tokens; pass the names as column_names= (--columns in the shell)"
        )
    names = names or header
    if not names and first is not None:
        names = _default_names(path, *first, tags_first and not all(map(_is_tag, last)))
    named = [name for name in names if name != OPEN]
    if first is not None and (not named or len({*named}) < len(named)):
        raise ValueError(f"columns {', '.join(names)}: name the tokens, and each column once")
    used = [column for column, name in enumerate(names) if name != OPEN]
    sentences: list[Sentence] = []
    current: Sentence = []
    unclear: list[int] = []  # lines of comments that have as many values as a token
    for number, line, values in _lines(path):
        if not values:
            if current:
                sentences.append(current)
                current = []
        elif line[0] == "#" and not current and is_comment(values, len(names), last):
            if len(values) == len(names) and "=" not in values:
                unclear.append(number)
        elif len(values) != len(names):
            raise ValueError(
                f"{path}, line {number}: {len(values)} columns where {len(names)} "
                f"({', '.join(names)}) are expected; fix the line, or pass the names of the "
                "columns as column_names= (--columns in the shell)"
            )
        else:
            current = current or [[] for _ in used]
            for values_of_column, column in zip(current, used, strict=True):
                values_of_column.append(values[column])
    if not sentences and not current:
        raise ValueError(f"{path} holds no sentences")
    sentences += [current] if current else []
    if unclear:
        logger.warning(
            "%s: left out %s lines with # as comments, because no other token has their last value "
            "(the first is line %s)",
            path,
            len(unclear),
            unclear[0],
        )
    return tuple(names[column] for column in used), sentences


def _default_names(path: Path, number: int, values: list[str], tags_first: bool) -> tuple[str, ...]:
    names = () if tags_first else COLUMN_NAMES.get(len(values), ())
    if not names:
        raise ValueError(
            f"{path}, line {number}: {len(values)} columns{', tags first' if tags_first else ''}; "
            f"pass a name for each (tokens, ner_tags, …; {OPEN!r} leaves one out) as column_names= "
            f"(--columns in the shell){_FORMAT_HINTS.get(len(values), '')}"
        )
    return names


def _lines(path: Path) -> Iterator[tuple[int, str, list[str]]]:
    """Number, text and values of each line; a line between documents has no values."""
    with open_text(path) as file:
        for number, line in enumerate(file, start=1):
            values = line.split()
            yield number, line, [] if values[:1] == [DOCUMENT] else values


def looks_like_conll(path: Path) -> bool:
    """Whether the last of several columns holds tags of mentions, unlike the header of a table."""
    first: list[str] = next((v for _, line, v in _lines(path) if v and line[0] != "#"), [])
    return len(first) > 1 and _is_tag(first[-1])


def _is_tag(value: str) -> bool:
    return value in ("O", OPEN) or tag_schemes.prefixed(value)


def is_comment(values: Sequence[str], width: int, last: Collection[str]) -> bool:
    """Whether a line with ``#`` before a sentence is a comment, and not a token such as ``#topic``.

    Args:
        values: of the line.
        width: the number of columns.
        last: the values that the last column has in lines without ``#``.
    """
    if len(values) != width or "=" in values[1:-1]:  # "# sent_id = O"
        return True
    return values[-1] not in last and not (_is_tag(values[-1]) and all(map(_is_tag, last)))


def builtin_corpus() -> DatasetDict:
    """The small corpus that comes with this package: English, PER, ORG, LOC and MISC, IOB2.

    Returns:
        Splits ``train``, ``validation`` and ``test`` with columns ``tokens`` and ``ner_tags``.
    """
    return load_conll({name: CORPUS / f"{name}.conll" for name in ("train", "validation", "test")})
