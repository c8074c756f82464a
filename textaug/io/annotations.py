"""Exports of annotation tools, and rows of JSON."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from textaug.core import tag_schemes
from textaug.io.errors import Row, SourceError
from textaug.io.offsets import Entity, to_tokens

logger = logging.getLogger("textaug")

# Where the entities of a row stand, by the tools' habits; the first that holds offsets counts.
ENTITY_KEYS = ("entities", "spans", "label", "labels", "annotation", "annotations")
# What tools write beside the annotation and what means nothing once the words have changed.
STALE_KEYS = ("text", "tokens", "relations", "predictions", "prediction")


# JSON


def json_rows(path: Path) -> Iterator[Row]:
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


def converted_rows(path: Path, rows: Iterator[Row], offsets: str | None) -> Iterator[Row]:
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
