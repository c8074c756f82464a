"""What all rows of a data set say of a column that its name and its feature do not decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from textaug.core import suspicion
from textaug.core.columns import IGNORED
from textaug.core.row_evidence import (
    FEW_LENGTHS,
    is_extract,
    is_per_token,
    is_string_per_word,
    is_text_of_words,
    may_be_heads,
    may_be_positions,
    repeats_words,
)
from textaug.core.shapes import Shape
from textaug.core.span_columns import SpanColumn
from textaug.core.usual_names import USUAL_NAMES
from textaug.core.word_borders import mostly_cut

# All values of a column, as plain Python.
Rows = Callable[[str], Iterable[Any]]


class Evidence(NamedTuple):
    """The rows, and which of their columns hold words.

    Attributes:
        rows: gives all values of a column; ``None`` if only some rows are available.
        tokens: the column of words, if there is one.
        texts: the columns of text, otherwise.
    """

    rows: Rows | None
    tokens: str | None
    texts: Sequence[str]

    def values(self, name: str) -> Iterable[Any]:
        """All values of a column, as far as they are available."""
        return self.rows(name) if self.rows is not None else ()

    def words(self) -> Iterable[Any]:
        """The words of each row, of a text as far as white space shows them."""
        if self.tokens is not None:
            return self.values(self.tokens)
        return (str(text or "").split() for text in self.values(self.texts[0]))

    def is_their_text(self, name: str) -> bool:
        """Whether strings are the words of their rows as a text."""
        is_usual = name.lower() in USUAL_NAMES["side_text"]
        return is_usual or is_text_of_words(self.words(), self.values(name))

    def cut_words(self, column: SpanColumn) -> str:
        """Why offsets into the text must be wrong; empty if they may be right."""
        if self.rows is None or not self.texts:
            return ""
        return mostly_cut(self.values(self.texts[0]), self.values(column.name), column)

    def suspicion(self, name: str, shape: Shape) -> str:
        """Why a column may be an annotation of the words; empty if it does not look like one.

        That strings label or repeat the words of their rows, only the rows can show: a label may be
        a word of some texts.
        """
        why = suspicion.suspicion(name, shape, self.rows and self.rows(name))
        if why or self.rows is None:
            return why
        is_of_row = suspicion.is_of_row(name)
        may_extract = shape.kind == "string" and (suspicion.is_other_text(name) or not is_of_row)
        if may_extract and is_extract(self._texts(), self.rows(name)):
            return suspicion.REPEATED
        if is_of_row:
            return ""
        if shape.kind == "string" and is_string_per_word(self.words(), self.rows(name)):
            return suspicion.PER_WORD
        if (shape.item or shape.kind) not in ("string", "struct"):
            return ""
        least = 1 if suspicion.is_position(name) else FEW_LENGTHS
        return suspicion.REPEATED if repeats_words(self._texts(), self.rows(name), least) else ""

    def _texts(self) -> Iterable[str]:
        return (" ".join(map(str, words or ())) for words in self.words())

    def has_tags(self, name: str, shape: Shape, names: Sequence[str] | None) -> bool:
        """Whether lists beside a text label its words, whatever the column is called."""
        if shape.item == "class":
            return suspicion.are_mentions(names) and not {"O", "o"}.isdisjoint(names or ())
        if shape.item == "string":
            return suspicion.hold_tags(self.values(name))
        if shape.item != "int" or shape.length != -1:
            return False
        ignored = any(IGNORED in (row or ()) for row in self.values(name))
        return ignored or is_per_token(self.words(), self.values(name)) is True

    def of_list(self, name: str, shape: Shape) -> tuple[str, str]:
        """The role of lists beside words, or why it is not clear."""
        verdict = is_per_token(self.words(), self.values(name)) if self.rows is not None else None
        if verdict is None:
            return "", "may hold one value for each word, or something else"
        if verdict:
            is_head = shape.item == "int" and may_be_heads(self.words(), self.values(name))
            return "per_token", suspicion.HEADS if is_head else ""
        if shape.item == "list":
            return "", "holds lists inside lists, which may be those of words"
        is_at = shape.item == "int" and may_be_positions(self.words(), self.values(name))
        return "labels", suspicion.POSITION if is_at else ""
