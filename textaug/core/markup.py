"""Mentions and changes marked in text and HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape
from typing import TYPE_CHECKING
from unicodedata import bidirectional, category

from textaug.core.example import Example

if TYPE_CHECKING:
    from rich.text import Text


COLOURS = ("cyan", "magenta", "green", "blue", "red", "bright_yellow")
# Hues of the same colours in HTML, for light and for dark pages.
HUES = (195, 300, 140, 225, 10, 45)
_DIRECTION_MARKS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


@dataclass(frozen=True)
class Pair:
    """A sentence before and after augmentation, and the augmenter's name."""

    before: Example
    after: Example
    by: str


def kept(example: Example, other: Example) -> set[int]:
    """The tokens of an example that ``other`` has too, in the same order."""
    match = SequenceMatcher(None, other.tokens, example.tokens, autojunk=False)
    return {
        i for block in match.get_matching_blocks() for i in range(block.b, block.b + block.size)
    }


def types_in(pairs: Sequence[Pair]) -> list[str]:
    """The types of mentions before and after: a joined sentence can add some."""
    examples = [example for pair in pairs for example in (pair.before, pair.after)]
    return sorted({span.label for example in examples for span in example.spans})


def marked(example: Example, other: Example, labels: Sequence[str]) -> Text:
    """A sentence with its mentions in brackets, and the words that ``other`` lacks in «quotes».

    So the marks can be read without colours too, in a log file for instance.
    """
    from rich.text import Text

    same = kept(example, other)
    starts = {span.start: span for span in example.spans}
    ends = {span.end: span for span in example.spans}
    style = ""
    text = Text()
    for i, token in enumerate(map(printable, example.tokens)):
        if i in ends:
            style = ""
        if i:
            text.append(" ")
        if i in starts:
            style = COLOURS[labels.index(starts[i].label) % len(COLOURS)]
            text.append("[", style)
        if i in same:
            text.append(token, style)
        else:
            text.append(f"«{token}»", f"bold yellow {style and 'underline'}")
        if i + 1 in ends:
            text.append(f" {printable(ends[i + 1].label)}]", style)
    return text


def printable(text: str) -> str:
    """Text that is safe in a terminal or page: control characters are escaped (``\\x1b``).

    So are characters that change the direction of text, and lone surrogates.
    """
    return "".join(
        c.encode("unicode_escape").decode()
        if category(c) in ("Cc", "Cs") or bidirectional(c) in _DIRECTION_MARKS
        else c
        for c in text
    )


def marked_html(example: Example, other: Example, labels: Sequence[str]) -> str:
    """The same as HTML, with everything from the data escaped."""
    same = kept(example, other)
    starts = {span.start: span for span in example.spans}
    ends = {span.end: span for span in example.spans}
    parts = []
    for i, token in enumerate(map(printable, example.tokens)):
        if i in starts:
            hue = HUES[labels.index(starts[i].label) % len(HUES)]
            parts.append(f"<span class='mention' style='--hue:{hue}'>")
        parts.append(escape(token) if i in same else f"<mark>{escape(token)}</mark>")
        if i + 1 in ends:
            parts.append(f"<b>{escape(printable(ends[i + 1].label))}</b></span>")
        parts.append(" ")
    return "".join(parts)


def pairs_html(pairs: Sequence[Pair], labels: Sequence[str]) -> str:
    """Sentences before and after as an HTML list; goes with ``STYLE``."""
    return "".join(
        f"<div class='pair'><p class='before' dir='auto'>{marked_html(p.before, p.after, labels)}"
        f"</p><p class='after' dir='auto'>{marked_html(p.after, p.before, labels)}</p>"
        f"<p class='by'>{escape(p.by)}</p></div>"
        for p in pairs
    )


STYLE = """
.textaug { color-scheme: light dark; line-height: 1.6; max-width: 60rem }
.textaug p { margin: 0 }
.textaug .pair { padding: .7em 0 .7em .9em; border-top: 1px solid light-dark(#dde1e6, #33383f) }
.textaug .pair:first-child { border-top: 0 }
.textaug .before { opacity: .72 }
.textaug .before::before { content: "−\\2002" }
.textaug .after::before { content: "+\\2002" }
.textaug .by { font-size: .8em; opacity: .7 }
.textaug mark { color: inherit; background: light-dark(#ffe58a, #6b5200); border-radius: .2em;
  padding: 0 .15em }
.textaug .before mark { background: none; text-decoration: line-through;
  text-decoration-color: light-dark(#b3261e, #ff8f85) }
.textaug .mention { border-bottom: 2px solid hsl(var(--hue) 60% 50%); padding-bottom: .05em }
.textaug .mention b { font-size: .62em; letter-spacing: .05em; margin-left: .35em;
  padding: .1em .35em; border-radius: .3em; vertical-align: .15em;
  color: light-dark(hsl(var(--hue) 70% 24%), hsl(var(--hue) 70% 85%));
  background: light-dark(hsl(var(--hue) 70% 92%), hsl(var(--hue) 40% 22%)) }
"""
