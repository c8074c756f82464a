"""A rewritten sentence gets its labels back: every mention is found again, or it is rejected.

For methods that write the sentence anew and give back nothing but text (back-translation, language
models). Knows no method.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import regex

from textaug.core.example import Augmented, Example, Rejected, Span
from textaug.language.tokenization import guess_spaces, printed, tokenize, unprinted

WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}]*")

# Joined to one of these, a mention's surface would be part of a longer word: "pro-German",
# "AT&T", "O'Neill", "example.com". A possessive ("Germany's") may follow.
_NOT_AFTER = r"(?<![\p{L}\p{M}\p{N}_@#])(?<![\p{L}\p{N}][-‐‑–/&.'’])"
_NOT_BEFORE = r"(?![\p{L}\p{M}\p{N}_])(?![-‐‑–/&.][\p{L}\p{N}])(?!['’](?![sS]?(?![\p{L}\p{N}])))"
# Signs that a typesetter sets without white space, but that would weld a mention to its neighbour.
_WELDING = ("/", "-", "$", "£", "€")
# Tokens after which a word is capitalised though it may be no name.
_BEFORE_CAPITAL = frozenset({".", "?", "!", ":", '"', "'", "“", "‘", "(", "-", "--", "–", "..."})


@dataclass(frozen=True)
class Sentence:
    """An example as text, and the way back from a rewritten text to an example.

    Args:
        example: the example.
        text: its text; for tokens, with the white space that a typesetter would put.
        places: the characters that each mention takes in the text.
    """

    example: Example
    text: str
    places: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, example: Example) -> Sentence:
        """The sentence that an example stands for.

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
        gaps = guess_spaces(example.tokens)
        for i, (gap, token) in enumerate(zip(gaps, printed(example.tokens), strict=False)):
            if i in borders and i > 0 and (text.endswith(_WELDING) or token in _WELDING):
                gap = " "
            text += gap
            starts.append(len(text))
            text += token
            ends.append(len(text))
        places = tuple((starts[span.start], ends[span.end - 1]) for span in example.spans)
        return cls(example, text, places)

    @cached_property
    def surfaces(self) -> list[str]:
        """What stands in the text for each mention."""
        return [self.text[start:end] for start, end in self.places]

    @cached_property
    def stretches(self) -> list[str]:
        """The text before, between and after the mentions: one more than there are mentions."""
        borders = [0, *(border for place in self.places for border in place), len(self.text)]
        return [self.text[a:b] for a, b in zip(borders[::2], borders[1::2], strict=True)]

    @cached_property
    def is_ambiguous(self) -> bool:
        """Whether a mention's surface has two labels, or also stands where no mention is."""
        labels = {
            (surface, span.label)
            for surface, span in zip(self.surfaces, self.example.spans, strict=False)
        }
        return len(labels) > len(set(self.surfaces)) or self.find(self.text) != list(self.places)

    def find(self, text: str) -> list[tuple[int, int]]:
        """Where mentions' surfaces stand in a text, as words of their own.

        Where one surface begins with another, the longer is found; what lies inside a found one
        is not found again.
        """
        return [match.span() for match in self._finder.finditer(text)] if self.places else []

    @cached_property
    def _finder(self) -> regex.Pattern[str]:
        longest_first = sorted(set(self.surfaces), key=lambda surface: (-len(surface), surface))
        surfaces = "|".join(regex.escape(surface) for surface in longest_first)
        # The last branch fits nothing. Without it `regex` looks for a single surface with a search
        # that takes minutes where the surface is long and repeats itself.
        return regex.compile(f"{_NOT_AFTER}(?:{surfaces}|(?!)){_NOT_BEFORE}")

    def rewritten(self, text: str) -> Augmented | Rejected:
        """The example that a new text for the whole sentence makes.

        Args:
            text: the sentence, rewritten.

        Returns:
            The example, with the mentions' tokens as they were (so that no token ever straddles a
            mention's border) and between them the new text, tokenized; or why there is none:

            - ``"mention lost"``, ``"mention doubled"``: a surface stands in the text less or more
              often than in the sentence;
            - ``"new name"``: a capitalised word stands outside the mentions that was not there
              before, maybe a name, and then without its label.

            A sentence that :attr:`is_ambiguous` must not be given. Text without mentions is never
            rejected.
        """
        text = self._cased(text)
        if self.example.spaces is not None and not self.example.spans:
            new = Example.from_text(text)._replace(labels=self.example.labels)
            return Augmented(new, (None,) * len(new.tokens))
        places = self.find(text)
        missing = Counter(self.surfaces)
        missing.subtract(text[start:end] for start, end in places)
        if any(missing.values()):
            return Rejected("mention lost" if max(missing.values()) > 0 else "mention doubled")
        waiting = list(enumerate(self.surfaces))
        order: list[int] = []
        stretches: list[str | None] = []
        done = 0
        for start, end in places:
            which = [surface for _, surface in waiting].index(text[start:end])
            order.append(waiting.pop(which)[0])
            stretches.append(text[done:start])
            done = end
        stretches.append(text[done:])
        if any(self._has_new_name(stretch or "", k == 0) for k, stretch in enumerate(stretches)):
            return Rejected("new name")
        return self._assembled(stretches, order)

    def fits(self, k: int, text: str) -> bool:
        """Whether ``text`` may take the place of stretch ``k``: it brings in no name."""
        text = self._cased(text)
        as_before = len(self.find(text)) == len(self.find(self.stretches[k]))
        return as_before and not self._has_new_name(text, k == 0)

    def with_stretches(self, stretches: Sequence[str | None]) -> Augmented:
        """The example with new text between its mentions, ``None`` where a stretch stays."""
        new = [None if stretch is None else self._cased(stretch) for stretch in stretches]
        return self._assembled(new, range(len(self.example.spans)))

    def _assembled(self, stretches: Sequence[str | None], order: Sequence[int]) -> Augmented:
        """Stretches of text and mentions in turn."""
        old = self.example
        if old.spaces is not None:
            return self._assembled_text(stretches, order)
        tokens: list[str] = []
        origins: list[int | None] = []
        new_spans: list[Span] = []
        borders = [0, *(b for span in old.spans for b in (span.start, span.end)), len(old.tokens)]
        for k, stretch in enumerate(stretches):
            if stretch is None:
                kept = range(borders[2 * k], borders[2 * k + 1])
                tokens += old.tokens[kept.start : kept.stop]
                origins += kept
            else:
                new = unprinted(tokenize(stretch), like=old.tokens)
                tokens += new
                origins += [None] * len(new)
            for number in order[k : k + 1]:  # none after the last stretch
                span = old.spans[number]
                start = len(tokens)
                tokens += old.tokens[span.start : span.end]
                origins += range(span.start, span.end)
                new_spans.append(Span(start, len(tokens), span.label))
        made = Example(tuple(tokens), tuple(new_spans), labels=old.labels)
        return Augmented(made, tuple(origins), span_origins=tuple(order))

    def _assembled_text(self, stretches: Sequence[str | None], order: Sequence[int]) -> Augmented:
        """The same for text, which is cut into words anew."""
        text = ""
        borders: list[tuple[int, int]] = []
        for k, stretch in enumerate(stretches):
            text += self.stretches[k] if stretch is None else stretch
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
        """Data in lower case stay in lower case."""
        return text if any(map(str.isupper, self.text)) else text.lower()

    def _has_new_name(self, stretch: str, at_start: bool) -> bool:
        """Whether a capitalised word is there that did not stand outside mentions."""
        tokens = tokenize(stretch)
        for i, token in enumerate(tokens):
            before = tokens[i - 1] if i else "." if at_start else ""
            for word in WORD.findall(token):
                capital = len(word) > 1 and word[0].isupper() and word.lower() not in self._outside
                if capital and (word in self._inside or before not in _BEFORE_CAPITAL):
                    return True
        return False

    @cached_property
    def _inside(self) -> set[str]:
        return {word for surface in self.surfaces for word in WORD.findall(surface)}

    @cached_property
    def _outside(self) -> set[str]:
        return {word for stretch in self.stretches for word in WORD.findall(stretch.lower())}
