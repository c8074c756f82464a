"""Exports of annotation tools, and other rows of JSON, as rows of a data set.

What the rows hold is decided once for the whole file: whether it has entities or labels of
sentences, what its offsets count, and whether its entities are nested.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from textaug.core import tag_schemes
from textaug.io.entities import ENTITY_KEYS, are_entities, given_tokens, parsed_entity
from textaug.io.errors import Row, SourceError
from textaug.io.offsets import to_tokens

logger = logging.getLogger("textaug")

# What tools write beside the annotation and what means nothing once the words have changed.
STALE_KEYS = (
    "text", "tokens", "relations", "predictions", "prediction", "_input_hash", "_task_hash"
)  # fmt: skip
SILENT_KEYS = {"text", "tokens", "_input_hash", "_task_hash"}

# Prodigy: the answers, and the keys of which at least one is beside them.
ANSWERS = ("accept", "reject", "ignore")
PRODIGY_KEYS = ("_input_hash", "_task_hash", "spans", "options", "accept")


def converted_rows(path: Path, rows: Iterable[Row], offsets: str | None) -> list[Row]:
    """Rows with character offsets as tokens and tags; other rows as they are.

    Every row is looked at before the faults are reported, so that all can be fixed at once. A row
    without entities among rows with entities has no mentions; a row without a label among rows
    with labels has an open label.

    Raises:
        SourceError: if rows cannot be read with certainty, with the number of each.
    """
    flat: list[tuple[int, Row]] = []
    faults: list[tuple[int, str]] = []
    refused = 0
    for number, row in enumerate(rows):
        is_prodigy = _is_prodigy(row)
        if is_prodigy and row["answer"] != "accept":
            refused += 1
            continue
        try:
            flat.append((number, _from_prodigy(row) if is_prodigy else _flat(row, offsets)))
        except SourceError as error:
            faults.append((number, str(error)))
    keys = _entity_keys([row for _, row in flat])
    if not keys:
        if faults:
            raise SourceError.of_rows(path, faults)
        made = [row for _, row in flat]
        _unwrap_labels(made, "label")
        _say_refused(path, refused)
        return made
    made = []
    stale: set[str] = set()
    for number, row in flat:
        try:
            made.append(_with_tags(row, keys, offsets))
        except SourceError as error:
            faults.append((number, str(error)))
        stale |= {key for key in STALE_KEYS if row.get(key)} - SILENT_KEYS
    if faults:
        raise SourceError.of_rows(path, sorted(faults))
    _say_refused(path, refused)
    if stale:
        logger.warning(
            "%s: %s left out, which would not fit the words once they change",
            path,
            ", ".join(sorted(stale)),
        )
    return made


def _say_refused(path: Path, refused: int) -> None:
    if refused:
        logger.warning("%s: %s rows left out that were not accepted in Prodigy", path, refused)


def _entity_keys(rows: Sequence[Row]) -> list[str]:
    """The columns of the entities in a file; none if it has no entities."""
    annotated = [row for row in rows if isinstance(row.get("text"), str)]
    filled = [
        key
        for key in ENTITY_KEYS
        if any(row.get(key) and are_entities(row[key]) for row in annotated)
    ]
    if filled or any("ner_tags" in row for row in annotated):
        return filled
    return [  # a file in which nothing was found
        key
        for key in ENTITY_KEYS
        if any(row.get(key) == [] for row in annotated)
        and all(row.get(key) in ([], None) for row in rows)
    ][:1]


def _entities_of(row: Row, keys: Sequence[str]) -> tuple[str, list[Any]]:
    """The text of a row and its entities, empty if it has none."""
    text = row.get("text")
    if not isinstance(text, str):
        raise SourceError("it has no text, and other rows have a text with entities")
    for key in keys:
        if row.get(key) and are_entities(row[key]):
            return text, row[key]
    key = keys[0]
    if row.get(key) not in (None, []):
        raise SourceError(f"its {key!r} is {row[key]!r:.60}, where other rows have entities")
    return text, []


def _with_tags(row: Row, keys: Sequence[str], offsets: str | None) -> Row:
    text, entities = _entities_of(row, keys)
    parsed = [parsed_entity(entity) for entity in entities]
    tokens, spans = to_tokens(text, parsed, given_tokens(row, text), offsets)
    dropped = (*keys, *STALE_KEYS, "ner_tags")
    return {
        **{name: value for name, value in row.items() if name not in dropped},
        "tokens": tokens,
        "ner_tags": tag_schemes.from_spans(spans, len(tokens), "IOB2"),
    }


def _unwrap_labels(rows: Sequence[Row], name: str) -> None:
    """Labels in lists of one as single labels, if no row of the file has more than one."""
    values = [row.get(name) for row in rows]
    lists = [value for value in values if isinstance(value, list)]
    if not lists or not any(isinstance(row.get("text"), str) for row in rows):
        return
    are_single = all(len(value) <= 1 for value in lists)
    for row, value in zip(rows, values, strict=True):
        if are_single and isinstance(value, list):
            row[name] = value[0] if value else None
        elif not are_single and value is not None and not isinstance(value, list):
            row[name] = [value]


# Single tools


def _flat(row: Row, offsets: str | None) -> Row:
    if "data" in row and isinstance(row.get("annotations"), list):
        return _from_label_studio(row, offsets)
    if isinstance(row.get("fields"), dict) and isinstance(row.get("responses"), dict):
        return _from_argilla(row)
    return dict(row)


def _is_prodigy(row: Row) -> bool:
    if row.get("answer") not in ANSWERS:
        return False
    tokens = row.get("tokens")
    has_tokens = isinstance(tokens, list) and any(isinstance(token, dict) for token in tokens)
    return has_tokens or any(key in row for key in PRODIGY_KEYS)


def _from_prodigy(row: Row) -> Row:
    """An accepted row of Prodigy; the options that were chosen are the label."""
    flat = {name: value for name, value in row.items() if name != "answer"}
    if "options" in flat:
        chosen = flat.pop("accept", [])
        del flat["options"]
        flat.setdefault("label", chosen)
    return flat


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
    return {**row, "entities" if are_entities(answer) else "label": answer}
