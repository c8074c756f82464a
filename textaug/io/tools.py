"""From rows as annotation tools export them to annotated rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import accumulate

from textaug.core.columns import TEXT_COLUMNS
from textaug.io import label_studio
from textaug.io.entities import (
    ENTITY_KEYS,
    Annotated,
    given_tokens,
    holds_entities,
    other_keys,
    parse_entity,
)
from textaug.io.errors import Row, SourceError
from textaug.io.json_files import TEXT_KEYS
from textaug.io.offsets import Entity

# Columns that do not fit after the tokens have changed.
_STALE_KEYS = ("text", "tokens", "ner_tags", "relations", "predictions", "prediction", "tags")
# Of these, the ones that are new columns of the result; tags are compared with the entities.
_REPLACED = {"text", "tokens", "ner_tags"}
# Prodigy writes some of these into every row; "answer" alone may be any user's column.
_PRODIGY_KEYS = {"_input_hash", "_task_hash", "_view_id", "_session_id", "spans", "options"}
_REJECTED = ("reject", "ignore")
_RESPONSES = ".responses"
_TOOLS = ("Label Studio", "Argilla")


def annotated(row: Row | Annotated, offsets: str | None, keys: Collection[str] = ()) -> Annotated:
    """A row of any tool, or of none, as an annotated row.

    Args:
        row: the row of the file.
        offsets: unit of the offsets, if the user gives it.
        keys: the columns that hold entities in other rows of the file.

    Raises:
        SourceError: if it is ambiguous what was annotated or which annotation counts.
    """
    if isinstance(row, Annotated):
        return row
    if any(key.endswith(_RESPONSES) for key in row):
        row = _argilla_record(row)
    argilla = isinstance(row.get("fields"), dict) and isinstance(row.get("responses"), dict)
    if argilla or label_studio.is_task(row):
        try:
            return _from_argilla(row) if argilla else label_studio.read_task(row, offsets)
        except (AttributeError, IndexError, KeyError, TypeError) as error:
            raise SourceError(
                f"it does not have the structure of an export of {_TOOLS[argilla]} "
                f"({type(error).__name__}: {error}); export it again"
            ) from error
    if isinstance(row.get("tokenized_text"), list) and isinstance(row.get("ner"), list):
        return _from_gliner(row)
    return _from_columns(row, keys)


def _argilla_record(row: Row) -> Row:
    """A row of Argilla 2's ``records.to_datasets`` as a record of its ``records.to_json``."""
    fields = {key: value for key, value in row.items() if "." not in key and key[0] != "_"}
    record = {"id": fields.pop("id", None), "fields": fields, "responses": {}}
    fields.pop("status", None)
    for key, values in row.items():
        if key.endswith(_RESPONSES):
            states = row.get(f"{key}.status") or ["submitted"] * len(values or ())
            record["responses"][key.removesuffix(_RESPONSES)] = [
                {"value": value, "status": status}
                for value, status in zip(values or (), states, strict=True)
            ]
    return record


def _from_argilla(record: Row) -> Annotated:
    """A record of Argilla 2, as written by ``records.to_json``."""
    texts = [name for name, value in record["fields"].items() if isinstance(value, str)]
    given = {
        question: [one["value"] for one in answers if one.get("status", "submitted") == "submitted"]
        for question, answers in record["responses"].items()
    }
    if not any(given.values()):
        return Annotated({}, skipped="records without a submitted response")
    for question, values in given.items():
        if len(values) > 1:
            raise SourceError(
                f"record {record.get('id')} has {len(values)} submitted responses to "
                f"{question!r}, and it is ambiguous which one counts; export records with one"
            )
    if len(texts) != 1 and "text" not in texts:
        raise SourceError(
            f"record {record.get('id')}: it is ambiguous which of {texts} was annotated; rename it "
            "to 'text'"
        )
    columns = {**record["fields"], **(record.get("metadata") or {}), "id": record.get("id")}
    found = Annotated(columns, columns.pop("text" if "text" in texts else texts[0]))
    for question, values in given.items():
        answer = values[0] if values else None
        if answer and holds_entities(answer, "entities"):
            if found.entities:
                raise SourceError(
                    f"record {record.get('id')} has spans for several questions; export one"
                )
            found.entities = [entity for item in answer for entity in parse_entity(item)]
            found.dropped |= _dropped_keys(answer)
        elif isinstance(answer, dict):
            raise SourceError(
                f"record {record.get('id')}: the answer to {question!r} is not a label or a list "
                "of spans; remove the question from the file"
            )
        else:
            found.labels[question] = answer
    return found


def _from_gliner(row: Row) -> Annotated:
    """A row of GLiNER's training data: token spans with inclusive ends."""
    words = row["tokenized_text"]
    if not all(isinstance(word, str) and word for word in words):
        raise SourceError("'tokenized_text' holds something that is not a word")
    starts = list(accumulate((len(word) + 1 for word in words), initial=0))
    tokens = [(start, start + len(word)) for start, word in zip(starts, words, strict=False)]
    entities: list[Entity] = []
    for item in row["ner"]:
        ok = isinstance(item, list) and len(item) == 3 and isinstance(item[2], str)
        first, last = item[:2] if ok else (None, None)
        if type(first) is not int or type(last) is not int or not 0 <= first <= last < len(words):
            raise SourceError(
                f"'ner' holds {item!r:.60}; it needs the first token, the last token and a label"
            )
        entities.append((tokens[first][0], tokens[last][1], item[2], None))
    columns = {key: value for key, value in row.items() if key not in ("tokenized_text", "ner")}
    return Annotated(columns, " ".join(words), entities, tokens, unit="characters")


def _from_columns(row: Row, keys: Collection[str]) -> Annotated:
    """A row whose columns hold text and annotations (Doccano, Prodigy, Argilla 1, and others)."""
    prodigy = bool(_PRODIGY_KEYS & row.keys()) and row.get("answer") in ("accept", *_REJECTED)
    if prodigy and row["answer"] in _REJECTED:
        return Annotated({}, skipped="rows that were not accepted in Prodigy")
    if row.get("status") in ("Default", "Discarded") and {"annotation", "prediction"} <= {*row}:
        return Annotated({}, skipped="records that were not validated in Argilla")
    found = Annotated(dict(row))
    if prodigy:
        del found.columns["answer"]
    if isinstance(row.get("text"), list | dict):
        raise SourceError(
            "column 'text' holds several texts; write one object per row (in pandas, "
            "to_json(orient='records', lines=True))"
        )
    own = list(dict.fromkeys(k for k in (*ENTITY_KEYS, *row) if holds_entities(row.get(k), k)))
    names = TEXT_KEYS if own or keys else TEXT_COLUMNS
    name = next((name for name in names if isinstance(row.get(name), str)), None)
    if name is None:
        if own and "tokens" not in row:
            raise SourceError(f"column {own[0]!r} holds entities, but no column 'text' their text")
        return found
    if prodigy and isinstance(row.get("accept"), list):
        found.labels["label"] = found.columns.pop("accept")
        found.columns.pop("options", None)
    elif isinstance(row.get("cats"), dict):
        found.labels["label"] = _categories(found.columns.pop("cats"))
    elif "label" in row and "tokens" not in row and "label" not in (*own, *keys):
        found.labels["label"] = row["label"]
    if not own and not keys:
        return found
    for key in keys:
        if key not in own and row.get(key) not in (None, [], ""):
            raise SourceError(
                f"column {key!r} holds {row[key]!r:.60}, and entities in other rows; fix it, "
                "or leave one of them out"
            )
    items = row[own[0]] if own else []
    found.text = row[name]
    found.entities = [entity for item in items for entity in parse_entity(item)]
    found.javascript = any(isinstance(item, dict) and "labels" in item for item in items)
    found.tokens = None if "tokens" in own[:1] else given_tokens(row.get("tokens"), found.text)
    stale = {*own[1:], *_STALE_KEYS} - {*own[:1], name}
    found.tags = row["ner_tags"] if isinstance(row.get("ner_tags"), list) else None
    found.dropped = {key for key in stale - _REPLACED if row.get(key)} | _dropped_keys(items)
    for key in (*stale, *own, *keys, name):
        found.columns.pop(key, None)
    return found


def _dropped_keys(items: Sequence[object]) -> set[str]:
    return {f"{key} of entities" for item in items for key in other_keys(item)}


def _categories(cats: Row) -> list[str]:
    """The categories of spaCy's format that apply."""
    if unclear := [name for name, value in cats.items() if value not in (0, 1)]:
        raise SourceError(f"category {unclear[0]!r} is {cats[unclear[0]]!r}; write 0 or 1")
    return [name for name, value in cats.items() if value]
