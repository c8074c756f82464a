"""Labelled text as people have it: CoNLL, JSON Lines, CSV, Parquet, annotation tools' exports.

What comes out is always a data set with a column of words and one of tags, or with a column of
text. A label goes to exactly the words that were annotated: an offset inside a word is an error
that names row and entity, never a guess.
"""

from __future__ import annotations

import ast
import csv
import json
import logging
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import regex

from textaug import offline
from textaug import tags as tag_schemes
from textaug.columns import TAG_COLUMNS, TEXT_COLUMNS, TOKEN_COLUMNS
from textaug.corpora import OPEN, builtin_corpus, load_conll, read_sentences
from textaug.detokenize import tokenize
from textaug.example import Span

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict, Features

SUFFIXES = {
    ".conll": "conll",
    ".bio": "conll",
    ".iob": "conll",
    ".iob2": "conll",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
}
FORMATS = tuple(dict.fromkeys(SUFFIXES.values()))
OFFSETS = ("characters", "utf-16")
ROWS_AT_A_TIME = 10_000
# Where the entities of a row stand, by the tools' habits; the first that holds offsets counts.
ENTITY_KEYS = ("entities", "spans", "label", "labels", "annotation", "annotations")
# What tools write beside the annotation and what means nothing once the words have changed.
STALE_KEYS = ("text", "tokens", "relations", "predictions", "prediction")
_INSIDE_WORD = regex.compile(r"[\p{L}\p{M}\p{N}_]{2}")
_GRAPHEME = regex.compile(r"\X")

logger = logging.getLogger("textaug")

Row = dict[str, Any]


class SourceError(ValueError):
    """A source that cannot be read, or rows in it that cannot; for the user to mend.

    Attributes:
        faults: row number (from 0) and what is wrong, where rows are to blame.
    """

    def __init__(self, message: str, faults: Sequence[tuple[int, str]] = ()) -> None:
        super().__init__(message)
        self.faults = list(faults)


def read(
    source: str,
    *,
    format: str | None = None,
    split: str = "train",
    labels: Sequence[str] | None = None,
    offsets: str | None = None,
    config: str | None = None,
    revision: str | None = None,
    strict: bool = True,
) -> DatasetDict:
    """Read labelled text from a file, a folder or the hub.

    Args:
        source: a file (CoNLL, JSON, JSON Lines, CSV, Parquet), a folder that ``load_dataset`` or
            ``load_from_disk`` reads, ``"builtin"`` (the corpus that comes with textaug), or the
            name of a data set on the hub.
        format: one of ``conll``, ``json``, ``csv``, ``parquet``; default: by the file's suffix.
        split: what the only split of a file is called.
        labels: names of integer tags, where the data do not bring them along, in their order.
        offsets: what character offsets count: ``"characters"`` (Unicode code points, as in Python)
            or ``"utf-16"`` (as in JavaScript). Default: characters, unless an entity brings its
            own text along, which then decides.
        config: of a data set on the hub.
        revision: of a data set on the hub.
        strict: whether string tags become ``ClassLabel``. Otherwise they stay as they came, so
            that damaged ones can be looked at.

    Returns:
        The splits. String tags come as ``ClassLabel``, with every label of their scheme.

    Raises:
        SourceError: if there is no such source, or if it cannot be read with certainty.
    """
    from datasets import DatasetDict

    if format is not None and format not in FORMATS:
        raise SourceError(f"format {format!r}: choose from {', '.join(FORMATS)}")
    if offsets is not None and offsets not in OFFSETS:
        raise SourceError(f"offsets {offsets!r}: choose from {', '.join(OFFSETS)}")
    path = Path(source)
    if path.is_file():
        kind = format or SUFFIXES.get(path.suffix.lower())
        if kind is None:
            raise SourceError(
                f"{source}: its name does not say what format it has; give --format "
                f"({', '.join(FORMATS)})"
            )
        try:
            data = DatasetDict({split: _read_file(path, kind, offsets, strict)})
        except UnicodeDecodeError as error:
            raise SourceError(f"{source} is not UTF-8 ({error}); convert it first") from error
    elif path.is_dir():
        data = _read_folder(path)
    elif source == "builtin":
        data = builtin_corpus()
    elif format or path.suffix.lower() in SUFFIXES or source.startswith((".", "/", "~")):
        raise SourceError(f"there is no file {source}")
    else:
        data = _read_hub(source, config, revision)
    return DatasetDict({name: _labelled(rows, labels, strict) for name, rows in data.items()})


def _read_folder(path: Path) -> DatasetDict:
    from datasets import Dataset, DatasetDict, load_dataset, load_from_disk

    saved = (path / "dataset_dict.json").exists() or (path / "dataset_info.json").exists()
    try:
        data: Any = load_from_disk(str(path)) if saved else load_dataset(str(path))
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} cannot be read as a data set: {_first_line(error)}") from error
    return DatasetDict({"train": data}) if isinstance(data, Dataset) else data


def _read_hub(name: str, config: str | None, revision: str | None) -> DatasetDict:
    from datasets import config as settings
    from datasets import load_dataset

    # Told to stay offline, `datasets` looks into its cache alone and is quick to say no.
    if not settings.HF_HUB_OFFLINE and not offline.hub_is_reachable():
        raise SourceError(
            f"there is no file or folder {name!r}, and no model hub can be reached where a data "
            "set of that name could be (HF_ENDPOINT); give a file"
        )
    try:
        return load_dataset(name, config, revision=revision)
    except (OSError, ValueError, RuntimeError) as error:
        raise SourceError(
            f"{name!r} is no file or folder here, and cannot be read from the hub: "
            f"{_first_line(error)}"
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


def _read_file(path: Path, kind: str, offsets: str | None, strict: bool) -> Dataset:
    import pyarrow as pa
    from datasets import Dataset

    if kind == "parquet":
        try:
            return Dataset.from_parquet(str(path))
        except Exception as error:  # datasets wraps pyarrow's errors in its own
            cause = error.__cause__ or error
            raise SourceError(
                f"{path} is no Parquet file: {_first_line(cause)}"  # type: ignore[arg-type]
            ) from error
    if kind == "conll":
        try:
            return load_conll(path) if strict else _plain_conll(path)
        except ValueError as error:
            raise SourceError(str(error)) from error
    rows = _csv_rows(path) if kind == "csv" else _converted(path, _json_rows(path), offsets)
    tables = []
    number = 0
    while chunk := list(islice(rows, ROWS_AT_A_TIME)):
        try:
            tables.append(pa.Table.from_pylist(_same_columns(chunk)))
        except _unstorable() as error:
            raise SourceError(f"{path}: {_culprit(_same_columns(chunk), number)}") from error
        number += len(chunk)
    if not tables:
        raise SourceError(f"{path} holds no rows")
    try:
        return Dataset(pa.concat_tables(tables, promote_options="permissive").combine_chunks())
    except pa.ArrowException as error:
        raise SourceError(f"{path}: a column has values of several kinds: {error}") from error


def _plain_conll(path: Path) -> Dataset:
    from datasets import Dataset

    names, sentences = read_sentences(path)
    return Dataset.from_dict(
        {
            name: [[None if i and tag == OPEN else tag for tag in sent[i]] for sent in sentences]
            for i, name in enumerate(names)
        }
    )


def _same_columns(rows: list[Row]) -> list[Row]:
    names = dict.fromkeys(name for row in rows for name in row)
    return [{name: row.get(name) for name in names} for row in rows]


def _culprit(rows: list[Row], first: int) -> str:
    """Which row and column cannot be stored, and why."""
    import pyarrow as pa

    def fits(values: list[Any]) -> bool:
        try:
            pa.array(values)
        except _unstorable():
            return False
        return True

    for name in rows[0]:
        values = [row[name] for row in rows]
        if fits(values):
            continue
        good = bisect(range(1, len(rows)), False, key=lambda n: not fits(values[:n]))
        where = f"row {first + good}, column {name!r}"
        if "\\ud" in repr(values[good]).lower():
            return (
                f"{where} holds half a character (a lone surrogate, from a broken \\u escape); "
                "mend it in the file"
            )
        return (
            f"{where} holds {values[good]!r:.60}, which is of another kind than the rows before "
            "have; give all rows the same kind of value, or drop the column"
        )
    raise AssertionError("every column can be stored")


def _unstorable() -> tuple[type[Exception], ...]:
    import pyarrow as pa

    return (pa.ArrowException, UnicodeEncodeError, OverflowError)


# JSON


def _json_rows(path: Path) -> Iterator[Row]:
    """The objects of a file: one on each line, or a list of them."""
    with path.open(encoding="utf-8-sig") as lines:
        start = lines.read(1)
        while start.isspace():
            start = lines.read(1)
        lines.seek(0)
        if start == "[":
            try:
                rows = json.load(lines)
            except json.JSONDecodeError as error:
                raise SourceError(f"{path} is no JSON: {error}") from error
        else:
            rows = _json_lines(path, lines)
        for number, row in enumerate(rows):
            if not isinstance(row, dict):
                raise SourceError(f"{path}: row {number} is {row!r:.60}, not an object")
            yield row


def _json_lines(path: Path, lines: IO[str]) -> Iterator[Any]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                raise SourceError(f"{path}, line {number} is no JSON: {error}") from error


def _converted(path: Path, rows: Iterator[Row], offsets: str | None) -> Iterator[Row]:
    """Rows with character offsets as words and tags; other rows as they are.

    Every row is looked at before the faults are reported, so that they can be mended in one go.
    """
    faults: list[tuple[int, str]] = []
    refused = 0
    stale: set[str] = set()
    first_kind = None
    for number, row in enumerate(rows):
        if row.get("answer", "accept") != "accept":  # Prodigy: "reject" or "ignore"
            refused += 1
            continue
        try:
            converted = _convert(row, offsets)
            kind = "ner_tags" in converted and "ner_tags" not in row
            if kind != (first_kind := kind if first_kind is None else first_kind):
                raise SourceError(
                    "it has no annotated entities, and other rows have; annotate it or leave it out"
                    if first_kind
                    else "it has annotated entities, and the rows before have not; leave one out"
                )
        except SourceError as error:
            faults.append((number, str(error)))
            continue
        stale |= {key for key in STALE_KEYS if row.get(key) and key not in converted}
        if not faults:
            yield converted
    if faults:
        shown = "\n".join(f"  row {number}: {fault}" for number, fault in faults[:10])
        more = f"\n  and {len(faults) - 10} more" if len(faults) > 10 else ""
        raise SourceError(f"{path}: {len(faults)} rows cannot be read:\n{shown}{more}", faults)
    if refused:
        logger.warning("%s: %s rows left out that were not accepted in Prodigy", path, refused)
    if stale - {"text", "tokens"}:
        logger.warning(
            "%s: %s left out, which would not fit the words once they change",
            path,
            ", ".join(sorted(stale - {"text", "tokens"})),
        )


def _convert(row: Row, offsets: str | None) -> Row:
    if "data" in row and isinstance(row.get("annotations"), list):
        row = _from_label_studio(row, offsets)
    elif isinstance(row.get("fields"), dict) and isinstance(row.get("responses"), dict):
        row = _from_argilla(row)
    text = row.get("text")
    key = next((key for key in ENTITY_KEYS if _holds_entities(row.get(key))), None)
    if not isinstance(text, str) or key is None:
        label = row.get("label")
        if isinstance(text, str) and isinstance(label, list) and len(label) == 1:
            return {**row, "label": label[0]}  # one class, as a list of one
        return row
    tokens, spans = to_tokens(
        text, [_entity(entity) for entity in row[key]], _given_tokens(row, text), offsets
    )
    dropped = (key, *STALE_KEYS, "answer", "tokens", "ner_tags")
    return {
        **{name: value for name, value in row.items() if name not in dropped},
        "tokens": tokens,
        "ner_tags": tag_schemes.from_spans(spans, len(tokens), "IOB2"),
    }


def _holds_entities(value: Any) -> bool:
    """``[[0, 5, "PER"]]``, ``[{"start": 0, …}]``, or no entities at all."""
    if not isinstance(value, list):
        return False
    return all(
        (isinstance(item, dict) and ("start" in item or "start_offset" in item))
        or (isinstance(item, (list, tuple)) and len(item) == 3)
        for item in value
    )


Entity = tuple[int, int, str, str | None]  # start, end, label and, if given, the text itself


def _entity(item: Any) -> Entity:
    """An entity in any of the usual shapes."""
    surface = None
    start: Any
    end: Any
    if isinstance(item, dict):
        start, end = item.get("start", item.get("start_offset")), item.get("end")
        end = item.get("end_offset") if end is None else end
        label, surface = item.get("label", item.get("labels")), item.get("text")
        if isinstance(label, list):
            if len(label) != 1:
                raise SourceError(f"entity {item!r:.80} has {len(label)} labels; it needs one")
            label = label[0]
    else:
        label = next((part for part in item if isinstance(part, str)), None)
        start, end = [part for part in item if part is not label] if label else (None, None)
    numbers = type(start) is int and type(end) is int
    if not numbers or not isinstance(label, str) or not label or label.split() != [label]:
        raise SourceError(
            f"entity {item!r:.80} needs a start, an end (whole numbers) and a label without blanks"
        )
    return start, end, label, surface if isinstance(surface, str) else None


def _given_tokens(row: Row, text: str) -> list[tuple[int, int]] | None:
    """Where the row's own words stand (Prodigy, Argilla), if it has them."""
    given = row.get("tokens")
    if not isinstance(given, list) or not given:
        return None
    places, at = [], 0
    for token in given:
        word = token.get("text") if isinstance(token, dict) else token
        start = token.get("start") if isinstance(token, dict) else None
        if not isinstance(word, str):
            raise SourceError(f"token {token!r:.60} has no text")
        if not word.strip():
            continue  # spaCy counts white space as tokens
        start = text.find(word, at) if start is None else start
        if start < at or text[start : start + len(word)] != word or text[at:start].strip():
            raise SourceError(f"its tokens do not spell its text: {word!r} is not at {start}")
        if word.split() != [word]:
            return None  # a token with a blank inside: cut the text anew
        places.append((start, start + len(word)))
        at = start + len(word)
    return None if text[at:].strip() else places


def to_tokens(
    text: str,
    entities: Sequence[Entity],
    places: Sequence[tuple[int, int]] | None = None,
    offsets: str | None = None,
) -> tuple[list[str], list[Span]]:
    """A text with character offsets as words with mentions.

    Args:
        text: the text.
        entities: start, end (half-open) and label of each, and its text or ``None``.
        places: where the words stand; default: cut as in CoNLL (``textaug.detokenize``), and
            also where an entity begins or ends beside a sign that is no letter or digit.
        offsets: see :func:`read`.

    Returns:
        The words, and the mentions in terms of words.

    Raises:
        SourceError: if an entity lies outside the text, is empty, begins or ends inside a word,
            overlaps another, or has another text than the one that it brings along.

    >>> to_tokens("Oslo-based firm", [(0, 4, "LOC", None)])
    (['Oslo', '-based', 'firm'], [Span(start=0, end=1, label='LOC')])
    >>> to_tokens("Anna sang", [(0, 3, "PER", None)])
    Traceback (most recent call last):
    textaug.formats.SourceError: entity 0:3 PER ('Ann') ends inside the word 'Anna'; move it to \
the word's edge (if all offsets are shifted, try --offsets)
    """
    found = [_located(text, entity, offsets) for entity in entities]
    borders = {border for start, end, _ in found for border in (start, end)}
    words: list[tuple[int, int]] = []
    for start, end in places if places is not None else _places(text):
        inner = sorted(border for border in borders if start < border < end)
        whole = {start + match.end() for match in _GRAPHEME.finditer(text[start:end])}
        for border in inner:
            if border not in whole or _INSIDE_WORD.match(text, border - 1):
                _inside_word(text, found, border, text[start:end])
        words += zip([start, *inner], [*inner, end], strict=True)
    starts = {start: i for i, (start, _) in enumerate(words)}
    ends = {end: i for i, (_, end) in enumerate(words, start=1)}
    spans = sorted(
        (Span(starts[a], ends[b], label) for a, b, label in found), key=lambda s: (s.start, s.end)
    )
    for one, two in pairwise(spans):
        if two.start < one.end:
            names = [
                f"{' '.join(text[a:b] for a, b in words[s.start : s.end])!r}" for s in (one, two)
            ]
            raise SourceError(
                f"entities {names[0]} ({one.label}) and {names[1]} ({two.label}) overlap, and a "
                "word can bear one tag only; keep one of them"
            )
    return [text[start:end] for start, end in words], spans


def _places(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for token in tokenize(text):
        at = text.index(token, at)
        yield at, at + len(token)
        at += len(token)


def _located(text: str, entity: Entity, offsets: str | None) -> tuple[int, int, str]:
    """Start and end in characters, without white space at the edges."""
    start, end, label, surface = entity
    shown = f"entity {start}:{end} {label}"
    in_utf16 = (_from_utf16(text, start), _from_utf16(text, end))
    in_characters = (start, end) if 0 <= start < end <= len(text) else None
    options = [in_characters if offsets != "utf-16" else None]
    if offsets == "utf-16" or (offsets is None and surface is not None):
        options.append(in_utf16 if None not in in_utf16 and start < end else None)  # type: ignore[arg-type]
    fitting = [
        place
        for place in options
        if place and (surface is None or text[slice(*place)].strip() == surface.strip())
    ]
    if not fitting and surface is not None and any(options):
        raise SourceError(
            f"{shown} should read {surface!r:.60}, but the text there is "
            f"{text[start:end]!r:.60}; mend the offsets, or give --offsets"
        )
    if not fitting or not text[slice(*fitting[0])].strip():
        raise SourceError(
            f"{shown} lies outside the text of {len(text)} characters, or is empty; mend the "
            "offsets, or give --offsets"
        )
    start, end = fitting[0]
    inner = text[start:end]
    return (
        start + len(inner) - len(inner.lstrip()),
        end - len(inner) + len(inner.rstrip()),
        label,
    )


def _from_utf16(text: str, offset: int) -> int | None:
    """A number of UTF-16 units as a number of characters; ``None`` if it splits one."""
    units = text.encode("utf-16-le", "surrogatepass")
    if not 0 <= 2 * offset <= len(units):
        return None
    try:
        return len(units[: 2 * offset].decode("utf-16-le"))
    except UnicodeDecodeError:
        return None


def _inside_word(text: str, found: Sequence[tuple[int, int, str]], border: int, word: str) -> None:
    start, end, label = next(entity for entity in found if border in entity[:2])
    verb = "begins" if border == start else "ends"
    raise SourceError(
        f"entity {start}:{end} {label} ({text[start:end]!r:.60}) {verb} inside the word {word!r}; "
        "move it to the word's edge (if all offsets are shifted, try --offsets)"
    )


def _from_label_studio(task: Row, offsets: str | None) -> Row:
    """A task of Label Studio's full JSON export."""
    done = [one for one in task["annotations"] if not one.get("was_cancelled")]
    if len(done) != 1:
        raise SourceError(
            f"task {task.get('id')} has {len(done)} annotations, and which one counts cannot be "
            "told; export one for each task"
        )
    data = dict(task["data"])
    entities, choices, origins = [], [], set()
    for result in done[0].get("result", []):
        value = result.get("value", {})
        if result.get("type") == "labels":
            entities.append(value)
            origins.add(result.get("to_name"))
        elif result.get("type") == "choices":
            choices += value["choices"]
    texts = [name for name, value in data.items() if isinstance(value, str)]
    if "text" not in data and len(texts) == 1:
        data["text"] = data.pop(texts[0])
    if "text" not in data or len(origins) > 1:
        raise SourceError(f"task {task.get('id')}: which of {texts} was annotated cannot be told")
    row = {"id": task.get("id"), **data}
    if choices and not entities:
        return {**row, "label": choices[0] if len(choices) == 1 else choices}
    uncertain = offsets is None and any(ord(c) > 0xFFFF for c in data["text"])
    if uncertain and any("text" not in entity for entity in entities):
        raise SourceError(
            f"task {task.get('id')} holds characters such as emoji, which some versions of Label "
            "Studio count as two; give --offsets characters or --offsets utf-16"
        )
    return {**row, "entities": entities}


def _from_argilla(record: Row) -> Row:
    """A record of Argilla 2, as its ``records.to_json`` writes it."""
    texts = [name for name, value in record["fields"].items() if isinstance(value, str)]
    given = {
        question: [one["value"] for one in answers if one.get("status", "submitted") == "submitted"]
        for question, answers in record["responses"].items()
    }
    given = {question: answers for question, answers in given.items() if answers}
    if len(given) != 1 or len(next(iter(given.values()))) != 1:
        raise SourceError(
            f"record {record.get('id')} has {sum(map(len, given.values()))} submitted responses, "
            "and which one counts cannot be told; export records with one"
        )
    answer = next(iter(given.values()))[0]
    if len(texts) != 1 and "text" not in texts:
        raise SourceError(f"record {record.get('id')}: which of {texts} was annotated?")
    row = {**record["fields"], **(record.get("metadata") or {}), "id": record.get("id")}
    row["text"] = row.pop("text" if "text" in texts else texts[0])
    return {**row, "entities" if isinstance(answer, list) else "label": answer}


# CSV


def _csv_rows(path: Path) -> Iterator[Row]:
    """Rows of text; numbers only where writing them gives the same cells again.

    Nothing is taken for missing ("NA" is a word, and so is "null"), and a cell that a spreadsheet
    would run as a formula is text like any other.
    """
    csv.field_size_limit(2**31 - 1)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
        table = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            names = next(table, [])
            rows = [(table.line_num, cells) for cells in table if cells]
        except csv.Error as error:
            raise SourceError(f"{path}, line {table.line_num}: {error}") from error
    if len(set(names)) != len(names):
        raise SourceError(f"{path}: two columns have the same name: {names}")
    for line, cells in rows:
        if len(cells) != len(names):
            raise SourceError(f"{path}, line {line}: {len(cells)} cells for {len(names)} columns")
    columns: dict[str, list[Any]] = {}
    for i, name in enumerate(names):
        cells = [cells[i] for _, cells in rows]
        columns[name] = cells if name in TEXT_COLUMNS else _cells(cells)
    words = any(name in columns for name in TOKEN_COLUMNS)
    for name in (*TOKEN_COLUMNS, *TAG_COLUMNS) if words else ():
        if name in columns:
            columns[name] = _lists(path, name, [cells[names.index(name)] for _, cells in rows])
    for values in zip(*columns.values(), strict=True):
        yield dict(zip(columns, values, strict=True))


def _cells(cells: list[str]) -> list[Any]:
    for kind in (int, float):
        try:
            values = [kind(cell) for cell in cells]
        except ValueError:
            continue
        pairs = zip(values, cells, strict=True)
        if all(str(value) == cell and cell[-1].isdigit() for value, cell in pairs):  # no "nan"
            return values
    return cells


def _lists(path: Path, name: str, cells: list[str]) -> list[Any]:
    """Cells that hold a list: ``["Ann", "sat"]`` as JSON or Python, or words between blanks."""
    values: list[Any] = []
    for cell in cells:
        value: Any = None
        try:
            value = json.loads(cell)
        except ValueError:
            if cell.startswith("['"):  # as pandas writes lists
                value = _python_list(cell)
        values.append(value if isinstance(value, list) else None)
    if None not in values:
        return values
    for i, (cell, value) in enumerate(zip(cells, values, strict=True)):
        if value is not None or cell.startswith(("['", '["')):
            raise SourceError(
                f"{path}: some cells of column {name!r} are lists and some are not (row {i}: "
                f"{cell!r:.60}); write all as JSON lists, or all as words between blanks"
            )
    return [cell.split() for cell in cells]


def _python_list(cell: str) -> Any:
    try:
        value = ast.literal_eval(cell)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if str(value) == cell else None  # "['Ann' 'sat']", from numpy, is ['Annsat']


# Labels


def _labelled(data: Dataset, labels: Sequence[str] | None, strict: bool) -> Dataset:
    """Tags as ``ClassLabel``: by the names given, or from the strings that are there."""
    from datasets import ClassLabel, List

    features = data.features
    words = any(name in features for name in TOKEN_COLUMNS)
    names = TAG_COLUMNS if words else ("label",)
    found = [name for name in names if name in features]
    if labels is not None:
        if not found:
            raise SourceError(f"labels are given, but no column of them is there: {list(features)}")
        name = found[0]
        kind: Any = ClassLabel(names=list(labels))
        values = _distinct(data, name)
        unknown = [value for value in values if _unknown(value, labels)]
        if unknown and strict:
            raise SourceError(
                f"column {name!r} holds {unknown[0]!r}, which is none of {list(labels)}"
            )
        return data if unknown else data.cast_column(name, List(kind) if words else kind)
    for name in found if words and strict else ():
        if getattr(getattr(features[name], "feature", None), "dtype", None) != "string":
            continue
        tags = _distinct(data, name)
        if None in tags:
            raise SourceError(f"column {name!r} holds empty tags; run textaug check")
        try:
            kind = ClassLabel(names=list(tag_schemes.complete({"O", *tags})))
        except ValueError as error:
            raise SourceError(f"column {name!r}: {error}; run textaug check") from error
        data = data.cast_column(name, List(kind))
    return data


def _distinct(data: Dataset, name: str) -> list[Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    column = data.data.column(name)
    is_list = pa.types.is_list(column.type) or pa.types.is_large_list(column.type)
    values: list[Any] = pc.unique(pc.list_flatten(column) if is_list else column).to_pylist()
    return values


def _unknown(tag: Any, names: Sequence[str]) -> bool:
    return not -1 <= tag < len(names) if isinstance(tag, int) else tag not in (*names, None)


# Writing

WRITTEN = ("parquet", "jsonl", "csv", "conll")


def check_format(features: Features, format: str) -> None:
    """Say so if a format cannot hold these columns.

    Args:
        features: of a data set.
        format: see :func:`write`.

    Raises:
        ValueError: if there is no such format, or a column that it cannot hold, with its name.
    """
    lists = [name for name, kind in features.items() if not hasattr(kind, "dtype")]
    others = [name for name in features if name not in lists]
    if format not in WRITTEN:
        raise ValueError(f"format {format!r}: choose from {', '.join(WRITTEN)}")
    if format == "csv" and lists:
        raise ValueError(f"CSV cannot hold column {lists[0]!r}; use parquet or jsonl")
    if format == "conll" and others:
        raise ValueError(
            f"CoNLL has a line for each word and cannot hold column {others[0]!r}; use parquet or "
            "jsonl"
        )


def write(data: Dataset, file: IO[bytes], format: str) -> None:
    """Write a data set into an open file; the same data, the same bytes.

    Args:
        data: any data set.
        file: opened for writing bytes.
        format: ``parquet``, ``jsonl``, ``csv``, or ``conll``. All but Parquet hold the names of
            class labels, not their numbers. CoNLL has ``_`` for an open label.

    Raises:
        ValueError: if the format cannot hold a column, or a row.
    """
    features = data.features
    check_format(features, format)
    if format == "parquet":
        data.to_parquet(file, batch_size=ROWS_AT_A_TIME)
        return
    names = list(features)
    if format == "conll":
        names.sort(key=lambda name: name not in TOKEN_COLUMNS)  # the words come first
    if format == "csv":
        file.write(_csv_line(names))
    for number, row in enumerate(data.with_format(None)):
        named = {name: named_labels(row[name], features[name]) for name in names}
        if format == "jsonl":
            file.write(json.dumps(named, ensure_ascii=False).encode() + b"\n")
        elif format == "csv":
            file.write(_csv_line(["" if value is None else value for value in named.values()]))
        else:
            file.write(_conll(named, number))


def _csv_line(cells: Sequence[Any]) -> bytes:
    from io import StringIO

    line = StringIO(newline="")
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode()


def _conll(row: Row, number: int) -> bytes:
    (_, tokens), *others = row.items()
    for name, values in row.items():
        if not values or len(values) != len(tokens):
            raise ValueError(
                f"row {number} has {len(values or ())} values in column {name!r} and "
                f"{len(tokens or ())} words; CoNLL cannot hold that, use parquet or jsonl"
            )
    columns = [tokens, *([OPEN if v is None else str(v) for v in values] for _, values in others)]
    for name, values in zip(row, columns, strict=True):
        for value in values:
            if not isinstance(value, str) or value.split() != [value]:
                raise ValueError(
                    f"row {number}, column {name!r} holds {value!r}, which is empty or has white "
                    "space inside; CoNLL cannot hold it, use parquet or jsonl"
                )
    lines = [" ".join(values) for values in zip(*columns, strict=True)]
    return "\n".join([*lines, "", ""]).encode()


def named_labels(value: Any, feature: Any) -> Any:
    """A value with the names of class labels in place of their numbers; open ones are ``None``."""
    names = getattr(feature, "names", None)
    if names is not None:
        return names[value] if isinstance(value, int) and value >= 0 else None
    inner = feature[0] if isinstance(feature, list) else getattr(feature, "feature", None)
    if inner is not None and isinstance(value, list):
        return [named_labels(item, inner) for item in value]
    if isinstance(feature, Mapping) and isinstance(value, dict):
        return {key: named_labels(item, feature[key]) for key, item in value.items()}
    return value
