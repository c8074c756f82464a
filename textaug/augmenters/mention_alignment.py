"""Labels for a rewritten sentence: every mention is found again, or the result is rejected.

For methods that rewrite the whole sentence and return plain text (back-translation, language
models).
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import regex

from textaug.core.example import Augmented, Example, Rejected, Span
from textaug.language.tokenization import guess_spaces, printed, tokenize, unprinted
from textaug.offline import lower_case_words

WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}]*")

# With one of these next to it, a mention's surface is part of a longer word: "pro-German", "AT&T",
# "O'Neill", "example.com". A possessive ("Germany's") may follow.
_NOT_AFTER = r"(?<![\p{L}\p{M}\p{N}_@#])(?<![\p{L}\p{N}][-‐‑–/&.'’])"
_NOT_BEFORE = r"(?![\p{L}\p{M}\p{N}_])(?![-‐‑–/&.][\p{L}\p{N}])(?!['’](?![sS]?(?![\p{L}\p{N}])))"
_BORDERS = regex.compile(_NOT_AFTER), regex.compile(_NOT_BEFORE)
# Characters without white space around them, which would join a mention to its neighbour.
_JOINING = ("/", "-", "$", "£", "€")
# Tokens after which a capitalised word is not necessarily a name.
_BEFORE_CAPITAL = frozenset({".", "?", "!", ":", '"', "'", "“", "‘", "(", "-", "--", "–", "..."})


@dataclass(frozen=True)
class Sentence:
    """An example as text, which turns a rewritten text back into an example.

    Args:
        example: the example.
        text: its text; for tokens, with the white space of printed text.
        offsets: character offsets (start, end) of each mention in the text.
    """

    example: Example
    text: str
    offsets: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, example: Example) -> Sentence:
        """The sentence of an example.

        >>> tokens = ("He", "did", "n't", "visit", "New", "York", ".")
        >>> Sentence.of(Example(tokens, (Span(4, 6, "LOC"),))).text
        "He didn't visit New York."
        """
        if example.spaces is not None:
            offsets = example.offsets()
            found = ((offsets[s][0], offsets[e - 1][1]) for s, e, _ in example.spans)
            return cls(example, example.text, tuple(found))
        borders = {border for span in example.spans for border in (span.start, span.end)}
        text = ""
        starts, ends = [], []
        spaces = guess_spaces(example.tokens)
        for i, (space, token) in enumerate(zip(spaces, printed(example.tokens), strict=False)):
            if i in borders and i > 0 and (text.endswith(_JOINING) or token in _JOINING):
                space = " "
            text += space
            starts.append(len(text))
            text += token
            ends.append(len(text))
        found = ((starts[span.start], ends[span.end - 1]) for span in example.spans)
        return cls(example, text, tuple(found))

    @cached_property
    def surfaces(self) -> list[str]:
        """The text of each mention."""
        return [self.text[start:end] for start, end in self.offsets]

    @cached_property
    def segments(self) -> list[str]:
        """The text before, between and after the mentions: one more than there are mentions."""
        borders = [0, *(border for pair in self.offsets for border in pair), len(self.text)]
        return [self.text[a:b] for a, b in zip(borders[::2], borders[1::2], strict=True)]

    @cached_property
    def is_ambiguous(self) -> bool:
        """Whether a mention's surface has two labels, or also occurs outside mentions."""
        labels = {
            (surface, span.label)
            for surface, span in zip(self.surfaces, self.example.spans, strict=False)
        }
        return len(labels) > len(set(self.surfaces)) or self.find(self.text) != list(self.offsets)

    def find(self, text: str) -> list[tuple[int, int]]:
        """Character offsets of the mentions' surfaces in a text, as whole words.

        If one surface begins with another, the longer one is found; matches do not overlap.
        """
        return [match.span() for match in self._finder.finditer(text)] if self.offsets else []

    @cached_property
    def _finder(self) -> regex.Pattern[str]:
        longest_first = sorted(set(self.surfaces), key=lambda surface: (-len(surface), surface))
        surfaces = "|".join(regex.escape(surface) for surface in longest_first)
        # The last branch never matches. Without it, `regex` searches a single long repetitive
        # surface with an algorithm that takes minutes.
        return regex.compile(f"{_NOT_AFTER}(?:{surfaces}|(?!)){_NOT_BEFORE}")

    def rewritten(self, text: str) -> Augmented | Rejected:
        """The example for a rewritten text of the whole sentence.

        Must not be called if :attr:`is_ambiguous`. Text without mentions is never rejected.

        Args:
            text: the sentence, rewritten.

        Returns:
            The example, with the mentions' old tokens (so that no token crosses a mention's border)
            and the new text between them, tokenized; or the reason why there is none:

            - ``"mention lost"``, ``"mention doubled"``: a surface occurs less or more often than
              in the sentence;
            - ``"new name"``: a new capitalised word outside the mentions may be a name without a
              label.
        """
        text = self._cased(text)
        if self.example.spaces is not None and not self.example.spans:
            new = Example.from_text(text)._replace(labels=self.example.labels)
            return Augmented(new, (None,) * len(new.tokens))
        offsets = self.find(text)
        missing = Counter(self.surfaces)
        missing.subtract(text[start:end] for start, end in offsets)
        if any(missing.values()):
            return Rejected("mention lost" if max(missing.values()) > 0 else "mention doubled")
        waiting: dict[str, deque[int]] = {}
        for number, surface in enumerate(self.surfaces):
            waiting.setdefault(surface, deque()).append(number)
        order: list[int] = []
        segments: list[str | None] = []
        done = 0
        for start, end in offsets:
            order.append(waiting[text[start:end]].popleft())
            segments.append(text[done:start])
            done = end
        segments.append(text[done:])
        if any(self._has_new_name(segment or "", k == 0) for k, segment in enumerate(segments)):
            return Rejected("new name")
        return self._assembled(segments, order)

    def names_in(self, segments: Sequence[str], strict: bool) -> str | None:
        """What is wrong with new text between the mentions, ``None`` if nothing is.

        Args:
            segments: the text before, between and after the mentions, with its own capitals.
            strict: whether the first word of a sentence is a new name too, unless English writes
                it in lower case.

        Returns:
            ``"name outside its slot"``: a mention's surface stands there, and did not before;
            ``"new name"``: see :meth:`rewritten`.
        """
        outside = Counter(text[a:b] for text in segments for a, b in self.find(text))
        outside.subtract(text[a:b] for text in self.segments for a, b in self.find(text))
        if any(number > 0 for number in outside.values()):
            return "name outside its slot"
        if any(self._has_new_name(text, k == 0, strict) for k, text in enumerate(segments)):
            return "new name"
        return None

    def with_mentions(self, segments: Sequence[str], order: Sequence[int]) -> Augmented | Rejected:
        """The example for new segments with all mentions between them, where each one is known.

        Args:
            segments: the text before, between and after the mentions, one more than these, with
                no name in it (see :meth:`names_in`).
            order: the number of the mention after each segment but the last.

        Returns:
            The example, or ``Rejected("mention inside a word")`` if one is joined to a letter, and
            was not before.
        """
        text, offsets = "", []
        for k, segment in enumerate(segments):
            text += segment
            for number in order[k : k + 1]:
                offsets.append((len(text), len(text) + len(self.surfaces[number])))
                text += self.surfaces[number]
        for number, (start, end) in zip(order, offsets, strict=True):
            if _is_joined(text, start, end) and not _is_joined(self.text, *self.offsets[number]):
                return Rejected("mention inside a word")
        return self._assembled([self._cased(segment) for segment in segments], order)

    def fits(self, k: int, text: str) -> bool:
        """Whether ``text`` may replace segment ``k``: it has no new name."""
        text = self._cased(text)
        as_before = len(self.find(text)) == len(self.find(self.segments[k]))
        return as_before and not self._has_new_name(text, k == 0)

    def with_segments(self, segments: Sequence[str | None]) -> Augmented:
        """The example with new text between its mentions; ``None`` keeps a segment."""
        new = [None if segment is None else self._cased(segment) for segment in segments]
        return self._assembled(new, range(len(self.example.spans)))

    def _assembled(self, segments: Sequence[str | None], order: Sequence[int]) -> Augmented:
        """An example from alternating segments and mentions."""
        old = self.example
        if old.spaces is not None:
            return self._assembled_text(segments, order)
        tokens: list[str] = []
        origins: list[int | None] = []
        new_spans: list[Span] = []
        borders = [0, *(b for span in old.spans for b in (span.start, span.end)), len(old.tokens)]
        words = set(old.tokens)  # once: there may be thousands of segments
        for k, segment in enumerate(segments):
            if segment is None:
                kept = range(borders[2 * k], borders[2 * k + 1])
                tokens += old.tokens[kept.start : kept.stop]
                origins += kept
            else:
                new = unprinted(tokenize(segment), like=words)
                tokens += new
                origins += [None] * len(new)
            for number in order[k : k + 1]:  # none after the last segment
                span = old.spans[number]
                start = len(tokens)
                tokens += old.tokens[span.start : span.end]
                origins += range(span.start, span.end)
                new_spans.append(Span(start, len(tokens), span.label))
        made = Example(tuple(tokens), tuple(new_spans), labels=old.labels)
        return Augmented(made, tuple(origins), span_origins=tuple(order))

    def _assembled_text(self, segments: Sequence[str | None], order: Sequence[int]) -> Augmented:
        """The same for text, which is split into words again."""
        text = ""
        borders: list[tuple[int, int]] = []
        for k, segment in enumerate(segments):
            text += self.segments[k] if segment is None else segment
            for number in order[k : k + 1]:
                start = len(text)
                text += self.surfaces[number]
                borders.append((start, len(text)))
        new = Example.from_text(text, [border for pair in borders for border in pair])
        starts = {start: i for i, (start, _) in enumerate(new.offsets())}
        ends = {end: i + 1 for i, (_, end) in enumerate(new.offsets())}
        labels = [self.example.spans[number].label for number in order]
        spans = tuple(
            Span(starts[start], ends[end], label)
            for (start, end), label in zip(borders, labels, strict=True)
        )
        made = new._replace(spans=spans, labels=self.example.labels)
        return Augmented(made, (None,) * len(new.tokens), span_origins=tuple(order))

    def _cased(self, text: str) -> str:
        """The text, in lower case if the sentence has no capitals."""
        return text if self._has_capitals else text.lower()

    @cached_property
    def _has_capitals(self) -> bool:
        return any(map(str.isupper, self.text))

    def _has_new_name(self, segment: str, at_start: bool, strict: bool = False) -> bool:
        """Whether there is a capitalised word that was not outside the mentions before."""
        usual = lower_case_words() if strict else frozenset()
        tokens = tokenize(segment)
        for i, token in enumerate(tokens):
            before = tokens[i - 1] if i else "." if at_start else ""
            for word in WORD.findall(token):
                capital = len(word) > 1 and word[0].isupper() and word.lower() not in self._outside
                if not capital:
                    continue
                if word in self._inside or before not in _BEFORE_CAPITAL:
                    return True
                if strict and word.lower() not in usual:
                    return True
        return False

    @cached_property
    def _inside(self) -> set[str]:
        return {word for surface in self.surfaces for word in WORD.findall(surface)}

    @cached_property
    def _outside(self) -> set[str]:
        return {word for segment in self.segments for word in WORD.findall(segment.lower())}


def _is_joined(text: str, start: int, end: int) -> bool:
    """Whether what stands there is a part of a longer word."""
    before, after = _BORDERS
    return not (before.match(text, start) and after.match(text, end))
