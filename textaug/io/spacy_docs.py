"""spaCy's binary format for training data, ``.spacy``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from textaug.io.entities import Annotated
from textaug.io.errors import SourceError
from textaug.io.offsets import Entity


def spacy_rows(path: Path) -> Iterator[Annotated]:
    """One row per document, with its tokens, its entities (or its one span group) and categories.

    Other annotations, such as heads, are left out, with one line in the log.

    Raises:
        ModuleNotFoundError: without the extra ``spacy``.
        SourceError: if the file is not a ``DocBin``, or it is ambiguous which spans count.
    """
    try:
        import spacy
        from spacy.tokens import DocBin
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "reading .spacy files needs spaCy: pip install 'textaug-nlp[spacy]'"
        ) from error
    try:
        bin_of_docs = DocBin().from_disk(path)
        documents = list(bin_of_docs.get_docs(spacy.blank("xx").vocab))
    except Exception as error:  # zlib, msgpack and spaCy have no common error
        raise SourceError(f"{path} is not a DocBin of spaCy: {error}") from error
    for document in documents:
        yield doc_row(path, document)


def is_spacy(value: Any, name: str) -> bool:
    """Whether a value is of spaCy's class ``Doc``, ``DocBin`` or ``Example``, without importing it.

    >>> is_spacy("Ann sat", "Doc")
    False
    """
    cls = type(value)
    return cls.__name__ == name and cls.__module__.partition(".")[0] == "spacy"


def docbin_documents(docs: Any) -> list[Any]:
    """The documents of a ``DocBin`` in memory."""
    import spacy

    return list(docs.get_docs(spacy.blank("xx").vocab))


def doc_row(path: str | Path, document: Any) -> Annotated:
    """A document as a row; see :func:`spacy_rows`."""
    groups = {name: list(spans) for name, spans in document.spans.items() if len(spans)}
    if len(groups) + bool(document.ents) > 1:
        names = [*(["ents"] if document.ents else []), *(f"spans[{name!r}]" for name in groups)]
        raise SourceError(
            f"{path}: it is ambiguous which spans count, {' or '.join(names)}; keep one"
        )
    spans = document.ents or next(iter(groups.values()), [])
    entities: list[Entity] = [(s.start_char, s.end_char, s.label_, None) for s in spans]
    tokens = [(token.idx, token.idx + len(token)) for token in document if not token.is_space]
    found = Annotated({}, document.text, entities, tokens, unit="characters")
    layers = {"TAG": "tags", "POS": "parts of speech", "LEMMA": "lemmas", "DEP": "dependencies"}
    found.dropped = {name for layer, name in layers.items() if document.has_annotation(layer)}
    if document.cats:
        found.labels["label"] = [name for name, value in document.cats.items() if value == 1]
        if any(value not in (0, 1) for value in document.cats.values()):
            raise SourceError(f"{path}: categories {document.cats} are not 0 or 1")
        if not spans:
            found.entities = None
    return found
