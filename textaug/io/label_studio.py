"""Tasks of Label Studio's JSON export as rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from typing import Any

from textaug.io.entities import FlatRow
from textaug.io.errors import Row, SourceError

# Types of results: labels of text spans, and what is said of the whole text.
TEXT_LABELS, HTML_LABELS, DIALOGUE_LABELS = "labels", "hypertextlabels", "paragraphlabels"
SPAN_TYPES = (TEXT_LABELS, HTML_LABELS, DIALOGUE_LABELS)
SENTENCE_TYPES = ("choices", "rating")


def from_label_studio(task: Row) -> list[FlatRow]:
    """The rows of a task: one, or one for each paragraph of a dialogue.

    Results of other types are named in ``FlatRow.ignored``.

    Raises:
        SourceError: if it is not certain which text the labels belong to, or which annotation
            counts.
    """
    done = [one for one in task["annotations"] if not one.get("was_cancelled")]
    if len(done) != 1:
        raise SourceError(
            f"task {task.get('id')} has {len(done)} annotations, and which one counts cannot be "
            "told; export one for each task"
        )
    spans: list[Row] = []
    labels: dict[str, Any] = {}
    ignored: set[str] = set()
    results = done[0].get("result", [])
    regions = {one.get("id") for one in results if one.get("type") in SPAN_TYPES} - {None}
    for result in results:
        kind, value = result.get("type"), result.get("value", {})
        if kind in SPAN_TYPES:
            spans.append(result)
        elif kind in SENTENCE_TYPES and "start" not in value and result.get("id") not in regions:
            labels[result.get("from_name") or "label"] = value[kind]
        else:
            ignored.add(str(kind))
    if len({(result.get("to_name"), result["type"]) for result in spans}) > 1:
        raise SourceError(
            f"task {task.get('id')} has labels in several texts; export one text for each task"
        )
    data = task["data"]
    labels = {name + "_label" * (name in data): value for name, value in labels.items()}
    named, told = {**labels}, {"labels": tuple(labels), "ignored": tuple(sorted(ignored))}
    kind = spans[0]["type"] if spans else None
    is_unlabelled_dialogue = not spans and not any(isinstance(v, str) for v in data.values())
    if kind == DIALOGUE_LABELS or (
        is_unlabelled_dialogue and any(map(_is_dialogue, data.values()))
    ):
        rows = _paragraphs(task, [result["value"] for result in spans])
    else:
        rows = iter([_row(task, kind, [result["value"] for result in spans], ignored)])
    return [FlatRow({**row, **named}, is_javascript=True, **told) for row in rows]


def _row(task: Row, kind: str | None, values: Sequence[Row], ignored: set[str]) -> Row:
    data = dict(task["data"])
    texts = [name for name, value in data.items() if isinstance(value, str)]
    if "text" not in data and len(texts) == 1:
        data["text"] = data.pop(texts[0])
    if not isinstance(data.get("text"), str):
        if ignored:
            raise SourceError(not_text(task.get("id"), sorted(ignored)))
        raise SourceError(f"task {task.get('id')}: which of {texts} was annotated cannot be told")
    row = {"id": task.get("id"), **data}
    if kind == HTML_LABELS:
        row["text"] = text = _rendered(data["text"])
        values = [_in_html(task, value, text == data["text"]) for value in values]
    return {**row, "entities": list(values)} if values else row


def not_text(task: Any, types: Sequence[str]) -> str:
    """The error message of a task whose results are not about a text."""
    return (
        f"task {task} has results of type {', '.join(types)}, which label neither spans of a text "
        f"({', '.join(SPAN_TYPES)}) nor a whole text ({', '.join(SENTENCE_TYPES)}); export a "
        "project that does, or remove the task"
    )


# HTML


class _Texts(HTMLParser):
    """The text nodes of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def _rendered(source: str) -> str:
    if "<" not in source and "&" not in source:
        return source
    parser = _Texts()
    parser.feed(source)
    parser.close()
    return "".join(parser.texts)


def _in_html(task: Row, value: Row, is_plain: bool) -> Row:
    """A label of HTML with offsets in the text of the page.

    In a page with markup, the covered text has to prove that the offsets are read right.
    """
    offsets = value.get("globalOffsets")
    if not isinstance(offsets, dict) and is_plain and value.get("start") == value.get("end"):
        offsets = {"start": value.get("startOffset"), "end": value.get("endOffset")}
    if not isinstance(offsets, dict) or not (is_plain or isinstance(value.get("text"), str)):
        raise SourceError(
            f"task {task.get('id')} has labels of HTML without 'globalOffsets' or without the "
            "covered text, so their place cannot be told; label the page as plain text (<Text>)"
        )
    return {**offsets, "labels": value[HTML_LABELS], "text": value.get("text")}


# Dialogues


def _paragraphs(task: Row, values: Sequence[Row]) -> Iterator[Row]:
    lists = [name for name, value in task["data"].items() if _is_dialogue(value)]
    if len(lists) != 1:
        raise SourceError(f"task {task.get('id')}: which of {lists} was annotated cannot be told")
    others = {name: value for name, value in task["data"].items() if name != lists[0]}
    found: dict[int, list[Row]] = {}
    for value in values:
        start, end = str(value.get("start")), str(value.get("end"))
        if start != end or not start.isdigit():
            raise SourceError(
                f"task {task.get('id')} has a label from paragraph {start} to {end}; label each "
                "paragraph on its own"
            )
        span = {"start": value.get("startOffset"), "end": value.get("endOffset")}
        span |= {"labels": value[DIALOGUE_LABELS], "text": value.get("text")}
        found.setdefault(int(start), []).append(span)
    paragraphs = task["data"][lists[0]]
    key = _text_key(task, paragraphs, found)
    for number, paragraph in enumerate(paragraphs):
        rest = {name: value for name, value in paragraph.items() if name != key}
        row = {"id": task.get("id"), **others, **rest, "text": paragraph[key]}
        yield {**row, "entities": found.get(number, [])}


def _is_dialogue(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _text_key(task: Row, paragraphs: Sequence[Row], found: dict[int, list[Row]]) -> str:
    """The key of a paragraph's text: the one that holds what the labels cover."""
    keys = [
        key
        for key in paragraphs[0]
        if all(isinstance(paragraph.get(key), str) for paragraph in paragraphs)
        and all(
            number < len(paragraphs) and (span["text"] or "") in paragraphs[number][key]
            for number, spans in found.items()
            for span in spans
        )
    ]
    if "text" in keys:
        return "text"
    if len(keys) != 1:
        raise SourceError(
            f"task {task.get('id')}: which of {keys} is the text of a paragraph cannot be told; "
            "name it 'text'"
        )
    return keys[0]
