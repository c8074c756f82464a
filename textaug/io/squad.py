"""Questions and answers in the nested form of SQuAD (Rajpurkar et al., 2016), as flat rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from textaug.io.errors import Row, SourceError


def is_squad(value: Any) -> bool:
    """Whether a JSON value holds documents with paragraphs of questions.

    >>> is_squad({"version": "2.0", "data": [{"title": "Oslo", "paragraphs": []}]})
    True
    """
    documents = value.get("data") if isinstance(value, dict) else None
    return (
        isinstance(documents, list)
        and documents != []
        and all(
            isinstance(each, dict) and isinstance(each.get("paragraphs"), list)
            for each in documents
        )
    )


def squad_rows(value: Row) -> Iterator[Row]:
    """A row for each question, with the columns that ``load_dataset("squad_v2")`` has.

    Further keys of documents, paragraphs and questions become columns.

    Raises:
        SourceError: if a paragraph has no context or no questions, or two of these levels hold
            different values of one key.

    >>> answer = {"text": "Oslo", "answer_start": 0}
    >>> asked = {"id": "1", "question": "Where?", "answers": [answer]}
    >>> paragraph = {"context": "Oslo won.", "qas": [asked]}
    >>> next(squad_rows({"data": [{"title": "News", "paragraphs": [paragraph]}]}))
    {'title': 'News', 'context': 'Oslo won.', 'id': '1', 'question': 'Where?', \
'answers': {'text': ['Oslo'], 'answer_start': [0]}}
    """
    for d, document in enumerate(value["data"]):
        for p, paragraph in enumerate(document["paragraphs"]):
            where = f"document {d}, paragraph {p}"
            asked = paragraph.get("qas") if isinstance(paragraph, dict) else None
            if not isinstance(asked, list) or not isinstance(paragraph.get("context"), str):
                raise SourceError(f"{where} has no list 'qas' or no string 'context'")
            above = [(document, "paragraphs"), (paragraph, "qas")]
            for q, question in enumerate(asked):
                if not isinstance(question, dict):
                    raise SourceError(f"{where}, question {q} is {question!r:.60}, not an object")
                row: Row = {}
                for level, nested in [*above, (question, "")]:
                    for key, inner in level.items():
                        if key in row and row[key] != inner:
                            raise SourceError(f"{where}, question {q}: {key!r} has two values")
                        if key != nested:
                            row[key] = inner
                row["answers"] = _answers(question.get("answers"), f"{where}, question {q}")
                yield row


def _answers(found: Any, where: str) -> dict[str, list[Any]] | None:
    if found is None:  # not known, as in a test file; an empty list says that there is none
        return None
    keys = ("text", "answer_start")
    try:
        return {key: [answer[key] for answer in found] for key in keys}
    except (TypeError, KeyError):
        raise SourceError(
            f"{where}: answers must be a list of objects with 'text' and 'answer_start', "
            f"not {found!r:.60}"
        ) from None
