"""Words that no augmenter may change: addresses, placeholders, special tokens, the user's own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from textaug.core.example import Example

Protect = str | Sequence["str | re.Pattern[str]"] | bool | None

# Text without any of these cannot match the patterns below.
_SIGNS = ("@", "#", "[", "<", "{", "$", "://", "www.")
_TAG = r"""[A-Za-z_][\w|:-]*(?:\s+[\w:-]+\s?=\s?(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>]+))*\s?"""
_USUAL = re.compile(
    rf"""https?://\S+ | www\.\S+                     # web addresses
    | [\w.+-]+@[\w-]+\.[\w.-]+                       # e-mail addresses
    | (?<![\w@])@\w+ | (?<![\w\#&])\#\w+             # names of users, topics
    | \[[^\[\]]+\](?:\([^()\s]+\)|\{{[^{{}}]+\}})    # [Oslo](city), as Rasa writes it
    | \[\s?[A-Za-z_]\w*\s:\s[^\[\]]+\]               # [time : nine am]
    | \[\s?/?\s?[A-Za-z_][\w-]*\s?\]                 # [SEP], [id], [/E1]
    | <\s?[/|]?\s?{_TAG}[/|]?\s?>                    # <s>, </s>, <|endoftext|>, <e type="LOC">
    | \$\s?[A-Za-z_]\w*\s?\$                         # $T$
    | \{{\{{?\s?[A-Za-z_][\w.]*\s?\}}?\}}            # placeholders in braces
    """,
    re.VERBOSE,
)
# Tags of HTML say how a text looks, not what its words are.
_HTML = (
    "a abbr b big blockquote body br center cite code dd div dl dt em font h[1-6] head html i li "
    "mark ol p pre s section small span strong sub sup table tbody td th thead title tr tt u ul"
).replace(" ", "|")
_LONGEST = 400  # characters between two markers
# Words between markers: [E1] Ann [/E1], <e2 type="LOC">town</e2>.
_MARKED = re.compile(
    rf"""\[\s?([A-Za-z_][\w-]*)\s?\].{{0,{_LONGEST}}}?\[\s?/\s?\1\s?\]
    | <\s?(?!(?i:{_HTML})\b)(?=([A-Za-z_][\w:-]*)){_TAG}>.{{0,{_LONGEST}}}?<\s?/\s?\2\s?>
    """,
    re.VERBOSE | re.DOTALL,
)


def has_markers(text: str) -> bool:
    """Whether markers in a text say which of its words a label is about.

    >>> [has_markers(text) for text in ("[E1] Ann [/E1]", "The $T$ is bad", "<b>Hm</b>", "[1]")]
    [True, True, False, False]
    """
    return bool(re.search(r"\$\s?T\s?\$", text) or ("/" in text and _MARKED.search(text)))


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
            patterns = [*patterns, _USUAL, _MARKED]
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
