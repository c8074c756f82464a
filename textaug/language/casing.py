"""Case: copied from one word to another, and moved to the first word of a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from textaug.core.example import Edit, Example
from textaug.language.english import is_not_english
from textaug.offline import lower_case_words

SENTENCE_ENDS = frozenset({".", "!", "?"})
# Headlines And Titles write short words in lower case; a longer one shows that the text does not.
LONG_WORD = 4  # letters


def match_case(word: str, like: str) -> str:
    """Write ``word`` in the case pattern of ``like``.

    Args:
        word: one word or several, in the case a dictionary gives it.
        like: the word with the pattern. Upper case makes all letters capitals, Title case the first
            one; lower and mixed case do not change ``word``. A single capital letter counts as
            Title case.

    >>> match_case("motor vehicle", "CAR"), match_case("motor vehicle", "Car")
    ('MOTOR VEHICLE', 'Motor vehicle')
    >>> match_case("one", "A"), match_case("automobile", "car"), match_case("tablet", "iPad")
    ('One', 'automobile', 'tablet')
    """
    if len(like) > 1 and like.isupper():
        return word.upper()
    if like == like.capitalize() != like.lower():
        return word[:1].upper() + word[1:]
    return word


def move_capitals(example: Example, edits: Sequence[Edit]) -> list[Edit]:
    """The edits of an example, with the capital of a sentence on its new first word.

    If an edit deletes or moves the first word of a sentence, that word loses its capital and the
    new first word gets one. Only if it is certain: the old word is outside mentions, is one that
    English writes in lower case, and other words of the text are in lower case; the new one is
    outside mentions and in lower case.

    >>> example = Example(("The", "prices", "fell", "sharply"))
    >>> move_capitals(example, [Edit(0, 1, ())])
    [Edit(start=0, end=1, tokens=(), origins=None), Edit(start=1, end=2, tokens=('Prices',), origins=None)]
    >>> move_capitals(example, [Edit(0, 2, ("prices", "The"), (1, 0))])
    [Edit(start=0, end=2, tokens=('Prices', 'the'), origins=(1, 0))]
    """  # noqa: E501
    moving = [edit for edit in edits if _moves_first_word(example, edit)]
    if not moving or not any(
        len(token) >= LONG_WORD and token.islower() for token in example.tokens
    ):
        return list(edits)
    if is_not_english(example.tokens):
        return list(edits)
    insertions = [edit for edit in edits if edit.start == edit.end]
    at = {edit.start: edit for edit in edits if edit.start < edit.end}
    mentioned = example.mentioned
    for edit in moving:
        if edit.tokens:
            old = example.tokens[edit.start]
            lowered = (
                old.lower() if origin == edit.start else token
                for token, origin in zip(edit.tokens, edit.origins or (), strict=True)
            )
            at[edit.start] = edit._replace(tokens=tuple(lowered))
        first = edit.start
        while first in at and not at[first].tokens:
            first = at[first].end
        inserted = any(edit.start <= new.start <= first for new in insertions)
        if inserted or first >= len(example.tokens) or first in mentioned:
            continue
        following = at.get(first, Edit(first, first + 1, (example.tokens[first],)))
        word = following.tokens[0]
        if word.islower() and word.isalpha():
            capital = word[0].upper() + word[1:]
            at[first] = following._replace(tokens=(capital, *following.tokens[1:]))
    return [*insertions, *at.values()]


def _moves_first_word(example: Example, edit: Edit) -> bool:
    """Whether an edit deletes or moves a word that has a capital only as the first one."""
    start, end, new, origins = edit
    if start == end or (start > 0 and example.tokens[start - 1] not in SENTENCE_ENDS):
        return False
    if new and (origins is None or origins[0] == start or set(origins) != set(range(start, end))):
        return False
    if any(span.start <= start < span.end for span in example.spans):
        return False
    word, *following = example.tokens[start : start + 2]
    if word == "A":  # an article only before a word in lower case ("A 4-2 win", "A Fiat")
        return bool(following) and following[0].islower()
    return word == word.capitalize() and word.lower() in lower_case_words()
