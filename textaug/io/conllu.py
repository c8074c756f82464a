"""CoNLL-U files (Universal Dependencies) as rows of words with their annotations."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from textaug.io.errors import Row, SourceError
from textaug.io.text_files import open_text

logger = logging.getLogger("textaug")

_COLUMNS = ("tokens", "lemma", "upos", "xpos", "feats", "head", "deprel")
_FIELDS = 10  # ID FORM LEMMA UPOS XPOS FEATS HEAD DEPREL DEPS MISC
_SENTENCE_ID = re.compile(r"#\s*sent_id\s*=\s*(.+)")


def conllu_rows(path: Path) -> Iterator[Row]:
    """One row per sentence: tokens, ``lemma``, ``upos``, ``xpos``, ``feats``, ``head``, ``deprel``.

    Tokens are the syntactic words, which ``head`` counts from 1 (0: the root): for ``du`` (``1-2``)
    they are ``de`` and ``le``. The lines of multi-word tokens and of empty nodes (``8.1``), the
    columns ``DEPS`` and ``MISC`` and the comments are left out, with one line in the log. A value
    ``_`` is ``None``.

    Raises:
        SourceError: if a line does not have ten columns, the words are not numbered from 1, or a
            head is not in the sentence.
    """
    words: list[list[Any]] = []
    identifier = None
    left_out: Counter[str] = Counter()
    misc: dict[str, None] = {}  # names of the values of MISC
    with open_text(path) as file:
        for number, line in enumerate([*file, "\n"], start=1):
            line = line.rstrip("\r\n")
            where = f"{path}, line {number}"
            if line.startswith("#"):
                match = _SENTENCE_ID.match(line)
                left_out["comments"] += match is None
                identifier = match[1].strip() if match else identifier
            elif not line.strip():
                if words:
                    yield _row(words, identifier, where)
                words, identifier = [], None
            elif len(fields := line.split("\t")) != _FIELDS:
                raise SourceError(
                    f"{where}: {len(fields)} columns separated by tabs; CoNLL-U has {_FIELDS} (for "
                    "other files pass format='conll', --from conll in the shell)"
                )
            elif "-" in fields[0] or "." in fields[0]:
                is_range = "-" in fields[0]
                left_out["lines of multi-word tokens (their words are the tokens)"] += is_range
                left_out["empty nodes"] += not is_range
            elif fields[0] != str(len(words) + 1):
                raise SourceError(f"{where}: word {fields[0]!r} where {len(words) + 1} is expected")
            else:
                words.append(_word(fields, where))
                left_out["values of DEPS"] += fields[8] != "_"
                left_out["values of MISC"] += fields[9] != "_"
                for value in fields[9].split("|") if fields[9] != "_" else ():
                    misc[value.partition("=")[0]] = None
    if shown := [f"{count} {name}" for name, count in left_out.items() if count]:
        keys = f" ({', '.join(misc)})" if misc else ""
        logger.warning("%s: left out %s%s", path, ", ".join(sorted(shown)), keys)


def _word(fields: list[str], where: str) -> list[Any]:
    _, form, *values = fields[:8]
    lemma, upos, xpos, feats, head, deprel = (None if v == "_" else v for v in values)
    if head is not None and not head.isdecimal():
        raise SourceError(f"{where}: the head {head!r} is not a number")
    # In the lemma, "_" also stands for the word "_".
    lemma = "_" if form == "_" else lemma
    return [form, lemma, upos, xpos, feats, None if head is None else int(head), deprel]


def _row(words: list[list[Any]], identifier: str | None, where: str) -> Row:
    for index, word in enumerate(words, start=1):
        if word[5] is not None and word[5] > len(words):
            raise SourceError(
                f"{where}: in the sentence before, word {index} has head {word[5]}, but there are "
                f"{len(words)} words"
            )
    columns = {name: [word[i] for word in words] for i, name in enumerate(_COLUMNS)}
    return columns if identifier is None else {"sent_id": identifier, **columns}
