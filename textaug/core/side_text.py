"""Text beside the words: read its white space, and write it for the new words."""

from __future__ import annotations

from collections.abc import Sequence

from textaug.core.white_space import is_word


def spaces_of(text: str, tokens: Sequence[str]) -> tuple[str, ...] | None:
    """The white space around the words of a text; ``None`` if it does not consist of the words.

    >>> spaces_of("Shares fell.", ["Shares", "fell", "."])
    ('', ' ', '', '')
    """
    spaces = []
    at = 0
    for token in tokens:
        start = at
        while at < len(text) and text[at].isspace():
            at += 1
        if not text.startswith(token, at):
            return None
        spaces.append(text[start:at])
        at += len(token)
    rest = text[at:]
    return None if rest.strip() else (*spaces, rest)


def spaces_after(
    old: Sequence[str], tokens: Sequence[str], origins: Sequence[int | None]
) -> tuple[str, ...]:
    """The white space around new words: an old word keeps the white space before it.

    ``old`` is the white space before each old word and after the last.

    >>> spaces_after(("", " ", "", ""), ["Shares", "fell", "again", "."], (0, 1, None, 2))
    ('', ' ', ' ', '', '')
    """
    spaces: list[str] = []
    before: int | None = -1  # origin of the word before
    for i, (token, origin) in enumerate(zip(tokens, origins, strict=True)):
        left = tokens[i - 1] if i else ""
        if i == 0:
            space = old[0]
        elif origin is not None and origin > 0:
            would_join = origin - 1 != before and is_word(left) and is_word(token)
            space = old[origin] or (" " if would_join else "")
        elif origin is None and before is not None and not is_word(left):
            space = old[before + 1]  # after an opening bracket, for instance
        else:
            space = " "
        spaces.append(space)
        before = origin
    return (*spaces, old[-1])
