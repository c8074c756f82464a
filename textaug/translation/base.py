"""Translators: one class for each way of getting from one language into another.

The engines behind :class:`textaug.BackTranslation`. All of them translate many texts in one call,
each of them by itself: what a text becomes never depends on the texts beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textaug.models.batching import LENGTH_STEP

# The room given to a translation, in tokens: so many times the length of the text, and some more.
ROOM, MORE_ROOM = 2, 16
# A step of decoding takes a row about as long as 16: reading the weights takes that long. So texts
# that are padded differently for the encoder are decoded together, padded to a multiple of this.
DECODER_STEP = 64  # tokens


class Translator:
    """Base of the translators. A subclass implements ``_translate`` for texts that all differ."""

    def translate(
        self, texts: Sequence[str], n: int = 1, seeds: Sequence[int] | None = None
    ) -> list[list[str]]:
        """Translate texts; equal ones only once.

        Args:
            texts: sentences, none of them empty or of white space alone.
            n: up to how many translations to give of each, the best ones first.
            seeds: one for each text, to draw its translation at random (``n`` must be 1); the same
                text and seed give the same translation, whatever else is in the call. ``None``:
                the best translation that is found.

        Returns:
            For each text its translations, at most ``n``, no two alike; none at all for a text
            that the engine cannot translate as a whole.
        """
        wanted = list(zip(texts, seeds or [0] * len(texts), strict=True))
        unique = list(dict.fromkeys(wanted))
        found = self._translate(
            [text for text, _ in unique], n, None if seeds is None else [seed for _, seed in unique]
        )
        by_text = {key: list(dict.fromkeys(new)) for key, new in zip(unique, found, strict=True)}
        return [by_text[key] for key in wanted]

    def _translate(
        self, texts: Sequence[str], n: int, seeds: Sequence[int] | None
    ) -> list[list[str]]:
        raise NotImplementedError(f"{type(self).__name__} does not implement _translate")


@dataclass(frozen=True)
class CallableTranslator(Translator):
    """Any function from a list of strings to the list of their translations.

    Args:
        function: called with all different texts of a batch at once.

    Raises:
        ValueError: when translating, if the function gives anything but one string for each text.

    >>> CallableTranslator(lambda texts: [text.upper() for text in texts]).translate(["a", "b"])
    [['A'], ['B']]
    """

    function: Callable[[list[str]], Sequence[str]]

    def _translate(
        self, texts: Sequence[str], n: int, seeds: Sequence[int] | None
    ) -> list[list[str]]:
        if not texts:
            return []
        found = list(self.function(list(texts)))
        if len(found) != len(texts) or not all(isinstance(text, str) for text in found):
            raise ValueError(
                f"{self.function!r} was given {len(texts)} texts and gave {len(found)} results, "
                f"such as {found[:1]!r}; a translator must give one string for each text, in order"
            )
        return [[text] for text in found]


def length_step(beams: int) -> int:
    """What the lengths of texts that are decoded together are rounded up to."""
    # What a beam search finds hangs on how long it may go on, and that on the padded length.
    return DECODER_STEP if beams == 1 else LENGTH_STEP
