"""The white space of text around an edit."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def white_space(
    old: tuple[str, ...],
    old_spaces: tuple[str, ...],
    where: tuple[int, int],
    new: tuple[str, ...],
    here: str,
    left: Sequence[str],
) -> tuple[list[str], str | None]:
    """White space before each new token of an edit, and before the next token if that changes.

    Args:
        old: the tokens before.
        old_spaces: the white space before each of them, and after the last.
        where: the old tokens that are replaced, from the first to the one after the last.
        new: the tokens in their place.
        here: the white space before the first of them.
        left: the new tokens of the text so far.

    >>> white_space(("Great", "!"), ("", "", ""), (0, 2), ("Not", "bad"), "", [])
    (['', ' '], None)
    """
    start, end = where
    if not new:  # deleted
        after = old_spaces[end]
        if start == end:
            return [], here
        at_edge = not left or (here == "" and not is_word(left[-1]))  # text start, or after "("
        kept = here if at_edge else after
        follows = old[end] if end < len(old) else ""
        if not kept and left and is_word(left[-1]) and is_word(follows):
            kept = " "  # never join two words
        return [], kept
    if start < end:  # replaced
        if len(new) == end - start:
            gaps = zip(
                old_spaces[start + 1 : end], pairwise(old[start:end]), pairwise(new), strict=True
            )
            return [here, *(_between(*gap) for gap in gaps)], None
        return [here] + [" "] * (len(new) - 1), None
    follows = old[start] if start < len(old) else ""  # inserted
    if not follows:  # at the end: trailing white space stays trailing
        return [" " if left else ""] + [" "] * (len(new) - 1), here
    if here == "" and left and not is_word(follows):
        return [" "] * len(new), here  # "fell." -> "fell again."
    return [here] + [" "] * (len(new) - 1), " "


def _between(space: str, before: tuple[str, str], after: tuple[str, str]) -> str:
    """The white space between two tokens; two words that were not joined before are not joined."""
    return " " if not space and before != after and all(map(is_word, after)) else space


def is_word(token: str) -> bool:
    """Whether a token begins or ends with a letter or a digit."""
    return bool(token) and (token[0].isalnum() or token[-1].isalnum())
