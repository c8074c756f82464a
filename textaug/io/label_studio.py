"""Tasks of Label Studio's JSON export, and of the tools that share its format."""

from __future__ import annotations

from typing import Any

import regex

from textaug.io.entities import Annotated, parse_entity
from textaug.io.errors import Row, SourceError
from textaug.io.offsets import OFFSETS, Entity, locate

_SPANS = ("labels", "hypertextlabels", "paragraphlabels")
_SENTENCE_LABELS = ("choices", "taxonomy", "rating", "number")
_MARKUP = regex.compile(r"<[a-zA-Z/!]|&#?\w+;")
_WHOLE_TEXT = ("/text()[1]", "", None)  # path of the container that is the text itself


def is_task(row: Row) -> bool:
    """Whether a row is a task of Label Studio's full JSON export."""
    return isinstance(row.get("data"), dict) and isinstance(_annotations(row), list)


def read_task(task: Row, offsets: str | None) -> Annotated:
    """A task as an annotated row.

    Raises:
        SourceError: if it has several annotations, or a result that labels no span of text.
    """
    done = [one for one in _annotations(task) if not one.get("was_cancelled")]
    if not done:
        return Annotated({}, skipped="tasks that are not annotated")
    if len(done) > 1:
        raise SourceError(
            f"task {task.get('id')} has {len(done)} annotations, and it is ambiguous which one "
            "counts; export one for each task"
        )
    found = Annotated({"id": task.get("id"), **task["data"]}, javascript=True)
    spans: list[tuple[str, Row]] = []
    objects = set()  # the annotated ones
    for result in done[0].get("result", []):
        form, value = result.get("type"), result.get("value", {})
        if form == "relation":
            found.dropped.add("relations")
        elif form in _SPANS:
            spans.append((form, value))
            objects.add(result.get("to_name"))
        elif form in _SENTENCE_LABELS and "start" not in value:
            answers = value[form] if isinstance(value[form], list) else [value[form]]
            answers = ["/".join(one) if isinstance(one, list) else one for one in answers]
            found.labels.setdefault(str(result.get("from_name", form)), []).extend(answers)
        else:
            raise SourceError(
                f"task {task.get('id')} has a result of type {form!r}, which is not a label of a "
                "span of text or of the whole text; delete such results in Label Studio, or remove "
                "them from the file"
            )
    if len(objects) > 1:
        raise SourceError(
            f"task {task.get('id')}: spans of {len(objects)} objects are labelled "
            f"({', '.join(map(str, objects))}); a row holds one text, so export them separately"
        )
    paragraphs = _take_text(task, found)
    entities: list[Entity] = []
    for form, value in spans:
        if not value.get(form):
            raise SourceError(
                f"task {task.get('id')} has a span without a label; give it one, or delete it"
            )
        for label in value[form]:
            if paragraphs is not None:
                entities.append(_in_paragraph(task, paragraphs, value, label, offsets))
                found.unit = "characters"
            else:
                start, end = _plain_offsets(task, form, value, found.text or "")
                entities += parse_entity(_item(start, end, label, value))
    found.entities = entities or None  # without spans, other tasks show what the project labels
    return found


def _annotations(task: Row) -> Any:
    return task.get("annotations", task.get("completions"))  # "completions" before version 1.0


def _take_text(task: Row, found: Annotated) -> list[str] | None:
    """Move the annotated text out of the columns; the paragraphs if it is a dialogue."""
    data = task["data"]
    dialogues = [name for name, value in data.items() if _is_dialogue(value)]
    if len(dialogues) == 1 and not isinstance(data.get("text"), str):
        paragraphs = [paragraph["text"] for paragraph in found.columns.pop(dialogues[0])]
        found.text = "\n".join(paragraphs)
        return paragraphs
    texts = [name for name, value in data.items() if isinstance(value, str)]
    name = "text" if "text" in texts else texts[0] if len(texts) == 1 else None
    if name is None:
        raise SourceError(
            f"task {task.get('id')}: it is ambiguous which of {texts} was annotated; remove the "
            "others from the file, or rename it to 'text'"
        )
    found.text = found.columns.pop(name)
    return None


def _is_dialogue(value: Any) -> bool:
    return (
        isinstance(value, list)
        and value != []
        and all(isinstance(one, dict) and isinstance(one.get("text"), str) for one in value)
    )


def _plain_offsets(task: Row, form: str, value: Row, text: str) -> tuple[Any, Any]:
    if form == "labels":
        return _number(value.get("start")), _number(value.get("end"))
    whole = value.get("globalOffsets", {"start": None, "end": None})
    if whole["start"] is None and {value.get("start"), value.get("end")} <= {*_WHOLE_TEXT}:
        whole = {"start": value.get("startOffset"), "end": value.get("endOffset")}
    if _MARKUP.search(text) or whole["start"] is None:
        raise SourceError(
            f"task {task.get('id')} labels HTML ({form}), whose offsets do not count the markup; "
            "annotate plain text with <Text> and <Labels>, or remove the markup from the text"
        )
    return whole["start"], whole["end"]


def _item(start: Any, end: Any, label: Any, value: Row) -> Row:
    return {"start": start, "end": end, "label": label, "text": value.get("text")}


def _number(offset: Any) -> Any:
    return int(offset) if isinstance(offset, str) and offset.isdecimal() else offset


def _in_paragraph(
    task: Row, paragraphs: list[str], value: Row, label: Any, offsets: str | None
) -> Entity:
    """An entity in a dialogue, with offsets in characters of the joined paragraphs."""
    index = int(value["start"])
    if int(value["end"]) != index:
        raise SourceError(
            f"task {task.get('id')}: a span labelled {label!r} covers several paragraphs; split it"
        )
    [entity] = parse_entity(_item(value["startOffset"], value["endOffset"], label, value))
    found = set()
    for unit in (offsets,) if offsets else OFFSETS:
        try:
            found.add(locate(paragraphs[index], entity, unit))
        except SourceError:
            if offsets or (unit == OFFSETS[-1] and not found):
                raise
    if len(found) > 1:
        raise SourceError(
            f"task {task.get('id')} holds characters such as emoji, which some versions of Label "
            "Studio count as two; pass offsets='characters' or 'utf-16' (--offsets in the shell)"
        )
    start, end, _ = found.pop()
    before = sum(len(paragraph) + 1 for paragraph in paragraphs[:index])
    return before + start, before + end, label, None
