"""Words that no augmenter may change: addresses, placeholders, special tokens, the user's own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from textaug.core.example import Example

Protect = str | Sequence["str | re.Pattern[str]"] | bool | None

# Text without any of these cannot match the patterns below.
_SIGNS = ("@", "#", "[", "<", "{", "://", "www.")
_USUAL = re.compile(
    r"""https?://\S+ | www\.\S+                      # web addresses
    | [\w.+-]+@[\w-]+\.[\w.-]+                       # e-mail addresses
    | (?<![\w@])@\w+ | (?<![\w\#&])\#\w+             # names of users, topics
    | \[\s?[A-Za-z_][\w-]*\s?\]                      # [SEP], [id]
    | <\s?[/|]?\s?[A-Za-z_][\w|-]*\s?[|/]?\s?>       # <s>, </s>, <NAME>, <|endoftext|>
    | \{\{?\s?[A-Za-z_][\w.]*\s?\}?\}                # {place}, {{ place }}
    """,
    re.VERBOSE,
)


class Protection:
    """Finds the tokens of an example that must not change.

    Args:
        protect: words, phrases and compiled regular expressions, in addition to the usual ones
            (see :class:`~textaug.Augmenter`); ``False`` for none at all.

    >>> Protection(["Acme Cloud"]).ranges(Example.from_text("try Acme Cloud at www.acme.example"))
    ((1, 3), (4, 5))
    """

    def __init__(self, protect: Protect = None) -> None:
        given = [protect] if isinstance(protect, str) else protect
        self._is_off = given is False
        words = [] if given is None or isinstance(given, bool) else list(given)
        phrases = [each for each in words if isinstance(each, str)]
        for phrase in phrases:
            if not phrase.strip():
                raise ValueError(f"protect={protect!r}: holds an empty phrase")
        longest_first = sorted(phrases, key=len, reverse=True)
        parts = (r"\s+".join(map(re.escape, phrase.split())) for phrase in longest_first)
        self._patterns = [each for each in words if not isinstance(each, str)]
        if phrases:
            self._patterns.append(re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)"))

    def mark(self, examples: Sequence[Example], texts: Sequence[str]) -> Sequence[Example]:
        """The examples, with the protected tokens of each; ``texts`` are their words, joined."""
        if self._is_off:
            return examples
        if not self._patterns:  # usually no example has any of the signs
            if any(example.spaces is not None for example in examples[:1]):
                texts = [example.text for example in examples]
            text = "\n".join(texts)
            if not any(sign in text for sign in _SIGNS):
                return examples
        ranges = map(self.ranges, examples)
        return [
            example._replace(protected=fixed) if fixed else example
            for example, fixed in zip(examples, ranges, strict=True)
        ]

    def ranges(self, example: Example) -> tuple[tuple[int, int], ...]:
        """The ranges ``(start, end)`` of protected tokens, sorted."""
        text = example.text
        patterns = self._patterns
        if any(sign in text for sign in _SIGNS):
            patterns = [*patterns, _USUAL]
        if not patterns:
            return ()
        found = [match.span() for each in patterns for match in each.finditer(text)]
        if not found:
            return ()
        offsets = example.offsets()
        ranges = {
            (tokens[0], tokens[-1] + 1)
            for first, last in found
            if (tokens := [i for i, (a, b) in enumerate(offsets) if a < last and b > first])
        }
        return tuple(sorted(ranges))
