"""CoNLL files: a token and its tags on each line, a blank line after each sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from textaug.core.columns import MISSING_LABEL
from textaug.core.tag_schemes import complete
from textaug.core.tag_spelling import prefixed
from textaug.io.errors import SourceError
from textaug.io.text_files import open_text

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

# The columns of the usual files, by how many there are.
COLUMN_NAMES = {
    2: ("tokens", "ner_tags"),
    4: ("tokens", "pos_tags", "chunk_tags", "ner_tags"),  # CoNLL-2003
}
OPEN = "_"  # is written in CoNLL files for a label that is not known
LEFT_OUT = "_"  # the name of a column that is not read
DOCUMENT = "-DOCSTART-"
PROBED_LINES = 1000

# "# sent_id = 12", "# newdoc", "# id 5239d808", but not "# NN O", a token.
_COMMENT = re.compile(r"#\s*(?:[\w.:-]+\s*=|(?:newdoc|newpar|id)\b)")

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
    lines and comments (``#`` before a sentence) are left out.

    (``load_dataset("conll", ...)`` reads such files too, but it cuts or pads a line with the wrong
    number of columns in silence, which puts a wrong label on a word.)

    Args:
        paths: a file, several files to be read as one, or a dict of files by split.
        column_names: one name per column, tokens first, ``"_"`` for a column that is left out;
            default: by their number, for files with two columns or CoNLL-2003's four.

    Returns:
        A ``Dataset``, or for a dict a ``DatasetDict``.

    Raises:
        SourceError: if a line has not as many columns as there are names (file and line are
            named), if the number of columns tells no names, or if a file is not UTF-8.
    """
    from datasets import ClassLabel, Dataset, DatasetDict, Features, List, Value

    by_split: dict[str, Any] = dict(paths) if isinstance(paths, Mapping) else {"train": paths}
    sentences: dict[str, list[Sentence]] = {}
    names = checked_names(column_names)
    for split_name, given in by_split.items():
        sentences[split_name] = []
        for path in [given] if isinstance(given, (str, Path)) else given:
            names, found = read_sentences(Path(path), names)
            sentences[split_name] += found
    kept = [(column, name) for column, name in enumerate(names) if name != LEFT_OUT]
    features = {kept[0][1]: List(Value("string"))}
    for column, name in kept[1:]:
        values = {tag for found in sentences.values() for sent in found for tag in sent[column]}
        try:
            features[name] = List(ClassLabel(names=list(complete(values - {OPEN}))))
        except ValueError as error:
            raise SourceError(f"column {name!r}: {error}; run textaug check") from error
    data = DatasetDict()
    for split_name, found in sentences.items():
        columns: dict[str, list[Any]] = {kept[0][1]: [sentence[0] for sentence in found]}
        for column, name in kept[1:]:
            ids = {label: i for i, label in enumerate(features[name].feature.names)}
            ids.setdefault(OPEN, MISSING_LABEL)
            columns[name] = [[ids[tag] for tag in sentence[column]] for sentence in found]
        data[split_name] = Dataset.from_dict(columns, features=Features(features))
    return data if isinstance(paths, Mapping) else data["train"]


def load_plain(path: Path, column_names: Sequence[str] | None = None) -> Dataset:
    """A CoNLL file with its tags as strings, sound or not, and ``None`` for open ones."""
    from datasets import Dataset

    names, sentences = read_sentences(path, checked_names(column_names))
    return Dataset.from_dict(
        {
            name: [[None if i and tag == OPEN else tag for tag in sent[i]] for sent in sentences]
            for i, name in enumerate(names)
            if name != LEFT_OUT
        }
    )


def checked_names(names: Sequence[str] | None) -> tuple[str, ...]:
    """The names of columns, if they are usable; none if none are given."""
    names = tuple(names or ())
    kept = [name for name in names if name != LEFT_OUT]
    if names and (names[0] == LEFT_OUT or len(set(kept)) != len(kept) or "" in kept):
        raise SourceError(
            f"column_names={','.join(names)}: give each column another name, tokens first, and "
            f"{LEFT_OUT} for a column that is left out"
        )
    return names


def read_sentences(
    path: Path, names: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], list[Sentence]]:
    """The columns of a CoNLL file and its sentences, tags as written.

    See :func:`load_conll`.
    """
    sentences: list[Sentence] = []
    current: Sentence = []
    has_tabs: bool | None = None
    with open_text(path) as lines:
        for number, line in enumerate(lines, start=1):
            values = line.split()
            if not values or values[0] == DOCUMENT:
                if current:
                    sentences.append(current)
                    current = []
                continue
            if not current and _is_comment(line, len(values), len(names), has_tabs):
                continue
            where = f"{path}, line {number}"
            if not names:
                if len(values) not in COLUMN_NAMES:
                    raise SourceError(
                        f"{where}: {len(values)} columns; pass column_names= with a name for "
                        f"each, tokens first ({LEFT_OUT} leaves a column out)"
                    )
                names = COLUMN_NAMES[len(values)]
            has_tabs = "\t" in line.strip() if has_tabs is None else has_tabs
            if len(values) != len(names):
                raise SourceError(f"{where}: {_wrong_width(line, values, names)}")
            current = current or [[] for _ in names]
            for column, value in zip(current, values, strict=True):
                column.append(value)
    if current:
        sentences.append(current)
    if not sentences:
        raise SourceError(f"{path} holds no sentences")
    return names, sentences


def _is_comment(line: str, width: int, expected: int, has_tabs: bool | None) -> bool:
    """Whether a line before a sentence is a comment, and not the token ``#`` or ``#topic``."""
    if not line.startswith("#"):
        return False
    if _COMMENT.match(line) or (has_tabs and "\t" not in line.strip()):
        return True
    return width != expected if expected else width not in COLUMN_NAMES


def _wrong_width(line: str, values: Sequence[str], names: Sequence[str]) -> str:
    cells = line.strip("\r\n").split("\t")
    blank = next((cell for cell in cells if len(cell.split()) > 1), None)
    if len(cells) == len(names) and blank is not None:
        return (
            f"{blank!r} has a blank inside, and a blank ends a column in CoNLL; write "
            f"{'_'.join(blank.split())!r}"
        )
    return (
        f"{len(values)} columns where {len(names)} ({', '.join(names)}) are expected; fix the line "
        "or pass column_names="
    )


def looks_like_conll(path: Path) -> bool:
    """Whether the first lines of a file can be nothing but CoNLL.

    They have the same number of columns, at least two, and one of these holds tags of mentions
    and nothing else.
    """
    columns: list[set[str]] = []
    with open_text(path) as lines:
        for line in islice(lines, PROBED_LINES):
            values = line.split()
            if not values or (line.startswith("#") and _COMMENT.match(line)):
                continue
            if values[0] == DOCUMENT:
                return True
            columns = columns or [set() for _ in values]
            if len(values) != len(columns):
                return False
            for column, value in zip(columns, values, strict=True):
                column.add(value)
    return any(
        any(map(prefixed, column)) and all(tag in ("O", OPEN) or prefixed(tag) for tag in column)
        for column in columns[1:]
    )
