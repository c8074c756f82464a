"""Exports of annotation tools, and other rows of JSON, as rows of a data set.

What the rows hold is decided once for the whole file: whether it has entities or labels of
sentences, what its offsets count, and whether its entities are nested.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from textaug.core.tag_schemes import from_spans
from textaug.io.entities import ENTITY_KEYS, FlatRow, are_entities, given_tokens, parsed_entity
from textaug.io.errors import Row, SourceError
from textaug.io.label_studio import from_label_studio, not_text
from textaug.io.offsets import CHARACTERS, Entity, check_units, cut, locate, overlap, unit_of

logger = logging.getLogger("textaug")

# What tools write beside the annotation, and what is wrong once the words have changed.
STALE_KEYS = ("text", "tokens", "relations", "predictions", "prediction")
SILENT_KEYS = {"text", "tokens"}

# Prodigy: the hashes of a text, the answers, and the keys of which one is beside an answer.
HASHES = ("_input_hash", "_task_hash")
ANSWERS = ("accept", "reject", "ignore")
PRODIGY_KEYS = (*HASHES, "spans", "options", "accept")


def converted_rows(path: Path, rows: Iterable[Row], offsets: str | None) -> list[Row]:
    """Rows with character offsets as tokens and tags; other rows as they are.

    Every row is looked at before the faults are reported, so that all can be fixed at once. A row
    without entities among rows with entities has no mentions; a row without a label among rows
    with labels has an open label. If any entities are nested or overlap, all rows keep their text,
    with a column ``entities`` of character offsets.

    Raises:
        SourceError: if rows cannot be read with certainty, with the number of each.
    """
    flat, faults, notes = _flattened(rows)
    keys = _entity_keys([one.row for _, one in flat])
    labels = {name for _, one in flat for name in one.labels}
    if not keys and not labels:
        faults += [(n, not_text(one.row.get("id"), one.ignored)) for n, one in flat if one.ignored]
    ignored = sorted({kind for _, one in flat for kind in one.ignored})
    if ignored:
        notes.append(f"results of type {', '.join(ignored)} left out, which label no span of text")
    for name in labels | (set() if keys else {"label"}):
        _unwrap_labels([one.row for _, one in flat], name)
    if keys:
        made = _with_entities(flat, keys, offsets, faults, notes)
    else:
        made = [one.row for _, one in flat]
        if len(labels) == 1 and not any("label" in row for row in made):
            name = labels.pop()
            made = [{("label" if k == name else k): v for k, v in row.items()} for row in made]
    if faults:
        raise SourceError.of_rows(path, sorted(faults))
    for note in notes:
        logger.warning("%s: %s", path, note)
    return made


Numbered = list[tuple[int, FlatRow]]  # row numbers of a file, with the rows


def _flattened(rows: Iterable[Row]) -> tuple[Numbered, list[tuple[int, str]], list[str]]:
    """The rows of a file with flat columns, the faults, and what the user should know."""
    flat: Numbered = []
    faults: list[tuple[int, str]] = []
    refused = 0
    for number, row in enumerate(rows):
        if _is_prodigy(row) and row["answer"] != "accept":
            refused += 1
            continue
        try:
            flat += [(number, one) for one in _flat(row)]
        except SourceError as error:
            faults.append((number, str(error)))
    notes = [f"{refused} rows left out that were not accepted in Prodigy"] if refused else []
    return flat, faults, notes


def _with_entities(
    flat: Numbered,
    keys: Sequence[str],
    offsets: str | None,
    faults: list[tuple[int, str]],
    notes: list[str],
) -> list[Row]:
    """The rows of a file with entities; adds to the faults and notes."""
    parsed: list[tuple[int, FlatRow, str, list[Entity]]] = []
    for number, one in flat:
        try:
            text, entities = _entities_of(one.row, keys)
            parsed.append((number, one, text, [parsed_entity(entity) for entity in entities]))
        except SourceError as error:
            faults.append((number, str(error)))
    unit = offsets
    try:
        unit = unit or unit_of((text, entities) for _, _, text, entities in parsed)
    except SourceError as error:
        faults.append((parsed[0][0], str(error)))
    made = []
    is_nested = False
    for number, one, text, entities in parsed:
        try:
            if unit is None and one.is_javascript:
                check_units(text, entities)
            located = locate(text, entities, unit or CHARACTERS)
            made.append((one.row, text, located, *cut(text, located, given_tokens(one.row, text))))
            is_nested = is_nested or overlap(located)
        except SourceError as error:
            faults.append((number, str(error)))
    stale = {key for _, one in flat for key in STALE_KEYS if one.row.get(key)} - SILENT_KEYS
    if stale:
        shown = ", ".join(sorted(stale))
        notes.append(f"{shown} left out, which would not fit the words once they change")
    if is_nested:
        notes.append("entities are nested or overlap: kept as columns 'text' and 'entities'")
    dropped = (*keys, *STALE_KEYS, "ner_tags")
    return [
        {
            **{name: value for name, value in row.items() if name not in dropped},
            **(
                {"text": text, "entities": [entity._asdict() for entity in located]}
                if is_nested
                else {"tokens": tokens, "ner_tags": from_spans(spans, len(tokens), "IOB2")}
            ),
        }
        for row, text, located, tokens, spans in made
    ]


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


def _flat(row: Row) -> list[FlatRow]:
    if "data" in row and isinstance(row.get("annotations"), list):
        return from_label_studio(row)
    if isinstance(row.get("fields"), dict) and isinstance(row.get("responses"), dict):
        return [FlatRow(_from_argilla(row))]
    return [FlatRow(_from_prodigy(row) if _is_prodigy(row) else dict(row))]


def _is_prodigy(row: Row) -> bool:
    if row.get("answer") not in ANSWERS:
        return False
    tokens = row.get("tokens")
    has_tokens = isinstance(tokens, list) and any(isinstance(token, dict) for token in tokens)
    return has_tokens or any(key in row for key in PRODIGY_KEYS)


def _from_prodigy(row: Row) -> Row:
    """An accepted row of Prodigy; the options that were chosen are the label."""
    flat = {name: value for name, value in row.items() if name not in ("answer", *HASHES)}
    if "options" in flat:
        chosen = flat.pop("accept", [])
        del flat["options"]
        flat.setdefault("label", chosen)
    return flat


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
