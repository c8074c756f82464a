"""Tokens, labelled spans and edits: the one place where labels are kept aligned with words.

Everything an augmenter changes goes through :func:`apply_edits`. It moves the spans, keeps the
white space, and says for every new token where it came from, so that no other module ever edits
two parallel lists by hand. Nothing here knows of tag schemes, data sets or models.

The classes are named tuples: they cannot change, and are made three times as fast as frozen
dataclasses, which counts where millions of sentences go through.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

import regex

# A word is a run of letters, digits and the marks that belong to them, joined by apostrophes,
# hyphens or dots; whatever else is no white space is cut by grapheme, so that an emoji sequence
# or a letter with loose accents is never torn apart.
_SPACE = r"\s\x1c-\x1f\x85"
_CUT = regex.compile(
    rf"""[\w\p{{M}}]+(?:['’.\-][\w\p{{M}}]+)*
    | (?!\p{{GCB=Prepend}}+[{_SPACE}])(?:(?![{_SPACE}])\X)(?<![{_SPACE}])
    | [^{_SPACE}]""",
    regex.VERBOSE,
)


class Span(NamedTuple):
    """A labelled stretch of tokens: a mention. Offsets count tokens and are half-open."""

    start: int
    end: int
    label: str


class Edit(NamedTuple):
    """Replace the tokens ``start:end`` by ``tokens``.

    ``start == end`` inserts before that token, ``tokens == ()`` deletes.

    ``origins`` says for each new token which old token's annotation (part of speech, chunk, …)
    it may carry on, ``None`` for "none". Left out, tokens replaced by as many tokens keep theirs
    one by one, and any other change carries nothing on: an annotation is never guessed.

    >>> Edit(2, 3, ("huge",))
    Edit(start=2, end=3, tokens=('huge',), origins=None)
    """

    start: int
    end: int
    tokens: tuple[str, ...]
    origins: tuple[int | None, ...] | None = None


class Example(NamedTuple):
    """One sentence: its tokens, its mentions and, for raw text, the exact white space.

    Attributes:
        tokens: the words, ``n`` of them.
        spans: the mentions, in order, not overlapping.
        spaces: ``None`` for data that comes as tokens; for text, the ``n + 1`` stretches of white
            space before each token and after the last one (often empty).

    >>> Example.from_text("Shares fell,  again.").spaces
    ('', ' ', '', '  ', '', '')
    """

    tokens: tuple[str, ...]
    spans: tuple[Span, ...] = ()
    spaces: tuple[str, ...] | None = None

    @classmethod
    def from_text(cls, text: str) -> Example:
        """Cut a string into words and the white space between them; :attr:`text` undoes it."""
        tokens, spaces, end = [], [], 0
        for match in _CUT.finditer(text):
            spaces.append(text[end : match.start()])
            tokens.append(match.group())
            end = match.end()
        return cls(tuple(tokens), (), (*spaces, text[end:]))

    @property
    def text(self) -> str:
        """The string this example stands for: exact for text, joined by blanks for tokens."""
        if self.spaces is None:
            return " ".join(self.tokens)
        pieces = [piece for pair in zip(self.spaces, self.tokens, strict=False) for piece in pair]
        return "".join([*pieces, self.spaces[-1]])

    @property
    def is_headline(self) -> bool:
        """Whether it is all in capitals, as headlines are."""
        return self.text.isupper()

    def positions(self, target: str) -> list[int]:
        """Indices of the tokens in ``"context"`` (outside mentions), in ``"mentions"``, or all."""
        if target == "all" or (target == "context" and not self.spans):
            return list(range(len(self.tokens)))
        places: list[int] = []
        if target == "mentions":
            for span in self.spans:
                places += range(span.start, span.end)
            return places
        done = 0
        for start, end, _ in self.spans:
            places += range(done, start)
            done = end
        places += range(done, len(self.tokens))
        return places


class Augmented(NamedTuple):
    """A changed example.

    Attributes:
        example: the new example.
        origins: for each new token the index of the old token whose annotation it carries on, or
            ``None`` where there is none; ``origins`` itself is ``None`` when nothing changed.
        by: which augmenter made it.
        outcome: what is counted, for augmenters that reach a result in more than one way.
    """

    example: Example
    origins: tuple[int | None, ...] | None = None
    by: str = ""
    outcome: str = "changed"


@dataclass(frozen=True, slots=True)
class Rejected:
    """No augmented example could be made whose labels are certain; ``reason`` is counted."""

    reason: str


def apply_edits(example: Example, edits: Iterable[Edit], by: str = "") -> Augmented:
    """Apply edits to an example and move its spans along.

    An edit inside a span keeps that span, whatever it puts there; a deleted first token promotes
    the next; a span that loses all its tokens goes; an insertion on a span's border stays outside.

    Args:
        example: the example to change; it is left as it is.
        edits: in any order; two edits must not overlap.
        by: noted in the result.

    Returns:
        The new example, with the origin of each of its tokens.

    Raises:
        ValueError: if an edit lies outside the tokens, crosses a span's border, overlaps another
            edit, or holds a token that is empty or has white space inside. All of these are
            mistakes of the augmenter that proposed it, never of the data.

    >>> before = Example(("the", "EU", "rejects", "it"), (Span(1, 2, "ORG"),))
    >>> after = apply_edits(before, [Edit(0, 1, ()), Edit(2, 3, ("turns", "down"))])
    >>> after.example.tokens, after.example.spans, after.origins
    (('EU', 'turns', 'down', 'it'), (Span(start=0, end=1, label='ORG'),), (1, None, None, 3))
    """
    ordered = list(edits)
    if not ordered:
        return Augmented(example, None, by)
    if len(ordered) > 1:
        ordered.sort(key=_PLACE)
    if (words := _replaced(example, ordered)) is not None:
        return Augmented(Example(words[0], example.spans, example.spaces), words[1], by)
    old, gaps = example.tokens, example.spaces
    tokens: list[str] = []
    origins: list[int | None] = []
    spaces: list[str] = []
    next_gap: str | None = None  # what a previous edit has decided about the gap to come
    done = 0
    for edit in ordered:
        _check(edit, done, len(old))
        if gaps is not None and edit.start > done:
            spaces += [gaps[done] if next_gap is None else next_gap, *gaps[done + 1 : edit.start]]
            next_gap = None
        tokens += old[done : edit.start]
        origins += range(done, edit.start)
        if gaps is not None:
            here = gaps[edit.start] if next_gap is None else next_gap
            new_gaps, next_gap = _gaps(old, gaps, edit, here, tokens)
            spaces += new_gaps
        tokens += edit.tokens
        if edit.origins is not None:
            origins += edit.origins
        elif len(edit.tokens) == edit.end - edit.start:
            origins += range(edit.start, edit.end)
        else:
            origins += [None] * len(edit.tokens)
        done = edit.end
    tokens += old[done:]
    origins += range(done, len(old))
    if gaps is not None:
        spaces += [gaps[done] if next_gap is None else next_gap, *gaps[done + 1 :]]
    spans = _moved(example.spans, ordered)
    new = Example(tuple(tokens), spans, None if gaps is None else tuple(spaces))
    return Augmented(new, tuple(origins), by)


@lru_cache(maxsize=512)
def in_place(length: int) -> tuple[int, ...]:
    """The origins of ``length`` tokens of which none has moved."""
    return tuple(range(length))


_PLACE = itemgetter(0, 1)  # where an edit starts and ends


def _replaced(
    example: Example, ordered: Sequence[Edit]
) -> tuple[tuple[str, ...], tuple[int | None, ...]] | None:
    """Tokens and origins where each edit puts one word in the place of one, as most do.

    Neither spans nor white space move then. ``None`` where an edit is of another kind.
    """
    tokens = list(example.tokens)
    length = len(tokens)
    origins: tuple[int | None, ...] = in_place(length)
    done = 0
    for edit in ordered:
        start, end, new, moved = edit
        if end - start != 1 or len(new) != 1:
            return None
        _check(edit, done, length)
        tokens[start] = new[0]
        if moved is not None:
            origins = (*origins[:start], *moved, *origins[end:])
        done = end
    return tuple(tokens), origins


def _check(edit: Edit, done: int, length: int) -> None:
    if not done <= edit.start <= edit.end <= length:
        raise ValueError(f"{edit} overlaps another edit or lies outside the {length} tokens")
    for token in edit.tokens:
        if token.split() != [token]:
            raise ValueError(f"{edit} holds a token that is empty or has white space inside")
    if edit.origins is not None and len(edit.origins) != len(edit.tokens):
        raise ValueError(f"{edit} has {len(edit.origins)} origins for {len(edit.tokens)} tokens")


def _moved(spans: Sequence[Span], ordered: Sequence[Edit]) -> tuple[Span, ...]:
    """Where the spans lie after the edits; both are in order, so one pass is enough."""
    moved = []
    shift = at = 0
    for span in spans:
        while at < len(ordered) and ordered[at].end <= span.start:
            shift += _growth(ordered[at])
            at += 1
        start = span.start + shift
        while at < len(ordered) and ordered[at].start < span.end:
            edit = ordered[at]
            if not span.start <= edit.start <= edit.end <= span.end:
                raise ValueError(f"{edit} crosses the border of {span}")
            shift += _growth(edit)
            at += 1
        end = span.end + shift
        if end > start:
            moved.append(Span(start, end, span.label))
    return tuple(moved)


def _growth(edit: Edit) -> int:
    return len(edit.tokens) - (edit.end - edit.start)


def _gaps(
    old: tuple[str, ...], gaps: tuple[str, ...], edit: Edit, here: str, left: Sequence[str]
) -> tuple[list[str], str | None]:
    """White space before each new token of an edit, and, if it changes, before the token after."""
    new = edit.tokens
    if not new:  # deleted
        after = gaps[edit.end]
        if edit.start == edit.end:
            return [], here
        at_edge = not left or (here == "" and not _is_word(left[-1]))  # text start, or after "("
        kept = here if at_edge else after
        follows = old[edit.end] if edit.end < len(old) else ""
        if not kept and left and _is_word(left[-1]) and _is_word(follows):
            kept = " "  # never weld two words together
        return [], kept
    if edit.start < edit.end:  # replaced
        if len(new) == edit.end - edit.start:
            return [here, *gaps[edit.start + 1 : edit.end]], None
        return [here] + [" "] * (len(new) - 1), None
    follows = old[edit.start] if edit.start < len(old) else ""  # inserted
    if not follows:  # at the end: trailing white space stays trailing
        return [" " if left else ""] + [" "] * (len(new) - 1), here
    if here == "" and left and not _is_word(follows):
        return [" "] * len(new), here  # "fell." -> "fell again."
    return [here] + [" "] * (len(new) - 1), " "


def _is_word(token: str) -> bool:
    return bool(token) and (token[0].isalnum() or token[-1].isalnum())
