"""What :func:`textaug.generate` reads of the training data, and its rows in their columns."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from textaug.core import tag_schemes
from textaug.core.columns import MISSING_LABEL, ColumnNames, Settings
from textaug.core.example import Example
from textaug.core.finding import dataset_schema
from textaug.core.reading import read_examples
from textaug.core.schema import Schema
from textaug.core.sources import data_of
from textaug.core.tag_schemes import TagScheme, split_tag
from textaug.language.tokenization import printed, without_blanks

if TYPE_CHECKING:
    from datasets import Dataset

logger = logging.getLogger("textaug")


def tagged_schema(data: Dataset, settings: Settings) -> Schema:
    """The columns of data with tags."""
    if not hasattr(data, "num_rows"):
        raise ValueError(
            "a streaming data set is not read: pass some of its rows, as list(dataset.take(1000))"
        )
    schema = dataset_schema(data, ColumnNames.from_settings(settings)).check()
    if schema.tokens is None or schema.tags is None:
        raise ValueError(
            f"no column holds tags (columns: {', '.join(schema.columns)}); pass tags_column="
        )
    return schema


def with_all_labels(data: Dataset, schema: Schema) -> Dataset:
    """The rows in which every token has a label: of another one the mentions are not certain."""
    missing = {None, MISSING_LABEL}
    rows = _column(data, schema.tags)
    kept = [i for i, row in enumerate(rows) if row is not None and missing.isdisjoint(row)]
    if len(kept) == len(rows):
        return data
    logger.warning(
        "generate: %s of %s rows are not used, because a token has no label",
        len(rows) - len(kept), len(rows),
    )  # fmt: skip
    return data.select(kept)


def _column(data: Dataset, name: str | None) -> list[Any]:
    return list(data.select_columns([name]).with_format(None)[name])


def held_out_words(held_out: Any, tokens: str) -> list[Example]:
    """The sentences of all splits; see :func:`words_of`."""
    given = {} if held_out is None else data_of(held_out, strict=False)
    parts = given.values() if isinstance(given, Mapping) else [given]
    return [example for part in parts for example in words_of(part, tokens)]


def words_of(data: Any, tokens: str) -> list[Example]:
    """All sentences of a data set, without their labels, which may be missing or damaged.

    ``tokens`` names their column in the training data; elsewhere it may have another name.
    """
    given = ColumnNames(tokens if tokens in data.features else None)
    schema = dataset_schema(data, given, is_sound=False)
    columns = [schema.tokens] if schema.tokens else list(schema.texts)
    names: Settings = {"tokens_column": schema.tokens}
    return read_examples(
        data.select_columns(columns), "train", names if schema.tokens else {"text_column": columns}
    )


def tagged_columns(dataset: Dataset, schema: Schema, settings: Settings) -> dict[str, Any]:
    """Names and types of the columns of words and tags, label names and scheme."""
    from datasets import Features

    rows = _column(dataset, schema.tags)
    used = {tag for row in rows for tag in row}
    names = schema.names
    spelt = names or tuple(sorted({"O", *(tag for tag in used if isinstance(tag, str))}))
    scheme = schema.scheme
    if scheme is None or scheme.is_open:
        scheme = _usual_scheme(rows, spelt)
    # The letters B, E and S alone do not tell IOBES from BMES: no other letter is written then.
    is_open = not names and not settings.get("scheme") and scheme and scheme.name == "IOBES"
    return {
        "tokens_column": schema.tokens,
        "tags_column": schema.tags,
        "label_names": names,
        "scheme": scheme,
        "letters": letters_of(spelt, scheme) if scheme and is_open else None,
        "integers": any(isinstance(tag, int) for tag in used),
        "features": Features({n: dataset.features[n] for n in (schema.tokens, schema.tags)}),
    }


def _usual_scheme(rows: Sequence[Any], names: tuple[str, ...]) -> TagScheme | None:
    """The scheme of most rows, spelt as in all of them; ``None`` if there is no mention."""
    known = dict(enumerate(names))
    found = Counter(
        tag_schemes.detect([known.get(tag, tag) for tag in row], names) for row in rows if row
    )
    decided = [scheme for scheme, _ in found.most_common() if not scheme.is_open]
    return decided[0] if decided else None


def letters_of(tags: Iterable[str], scheme: TagScheme) -> set[str]:
    """The canonical letters of some tags; that of ``O`` is empty."""
    return {split_tag(tag, scheme.spelling)[0] for tag in tags}


def digest_of(tokens: Sequence[str]) -> str:
    """A hash of a sentence's characters: data sets split the same sentence into other tokens."""
    text = without_blanks([normalize("NFKC", "".join(printed(tokens)))])
    return blake2b(text.encode(errors="surrogatepass"), digest_size=8).hexdigest()


def tags_of(example: Example, facts: Mapping[str, Any]) -> Sequence[str]:
    """The tags of an example, in the scheme of the data."""
    return tag_schemes.from_spans(example.spans, len(example.tokens), facts["scheme"])


def rows_of(
    made: Sequence[Example], facts: Mapping[str, Any], provenance: str | None, by: str
) -> Dataset:
    """New sentences as a data set."""
    from datasets import Dataset, Features, Value

    names = facts["label_names"]
    tags = [tags_of(example, facts) for example in made]
    columns: dict[str, list[Any]] = {
        facts["tokens_column"]: [list(example.tokens) for example in made],
        facts["tags_column"]: [[names.index(tag) for tag in row] for row in tags]
        if facts["integers"]
        else tags,
    }
    features = Features(facts["features"])
    if provenance is not None:
        columns[provenance] = [by] * len(made)
        features[provenance] = Value("string")
    return Dataset.from_dict(columns, features=features)
