"""Translators: one class for each way of translating, behind :class:`textaug.BackTranslation`.

All of them translate many texts in one call, and no translation depends on the other texts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass

from textaug.core.arrow import to_plain
from textaug.models.batching import BATCH_TOKENS, LENGTH_STEP, padded, run_in_batches
from textaug.models.loading import ModelSpec

# The longest translation, in tokens: this many times the length of the text, and some more.
GROWTH, MORE = 2, 16
# A decoding step takes about as long for 16 rows as for one, because reading the weights takes that
# long. So texts that are padded differently for the encoder are decoded together, padded to a
# multiple of this.
DECODER_STEP = 64  # tokens


class Translator:
    """Base of the translators. A subclass implements ``_translate`` for distinct texts."""

    def translate(
        self, texts: Sequence[str], n: int = 1, seeds: Sequence[int] | None = None
    ) -> list[list[str]]:
        """Translate texts; equal ones are translated once.

        Args:
            texts: sentences, none of them empty or only white space.
            n: highest number of translations of each text, the best first.
            seeds: one for each text, to sample its translation (``n`` must be 1); the same text
                and seed give the same translation, whatever the other texts are. ``None``: the
                best translation found.

        Returns:
            For each text its translations, at most ``n``, all different; none for a text that
            cannot be translated as a whole.
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
    """A function from a list of strings to the list of their translations.

    Args:
        function: called with all distinct texts of a batch at once.

    Raises:
        ValueError: when translating, if the function does not return one string for each text.

    >>> CallableTranslator(lambda texts: [text.upper() for text in texts]).translate(["a", "b"])
    [['A'], ['B']]
    """

    function: Callable[[list[str]], Sequence[str]]

    def _translate(
        self, texts: Sequence[str], n: int, seeds: Sequence[int] | None
    ) -> list[list[str]]:
        if not texts:
            return []
        given = list(texts)
        found = to_plain(self.function(given))
        if given != list(texts):
            raise ValueError(f"{self.function!r} changed the list of texts that it was given")
        is_list = isinstance(found, list)
        if not is_list or len(found) != len(texts) or not all(isinstance(t, str) for t in found):
            what = f"{len(found)} results, such as {found[:1]!r}" if is_list else repr(found)[:80]
            raise ValueError(
                f"{self.function!r} was given {len(texts)} texts and returned {what}; a translator "
                "must return a list with one string for each text, in order"
            )
        return [[text] for text in found]


@dataclass(frozen=True)
class ModelTranslator(Translator):
    """Base of the translators that run a model.

    Args:
        model: name on the hub, or folder.
        num_beams: beams of the search; at least as many as the translations asked for.
        revision, dtype, device: see :class:`~textaug.models.loading.ModelSpec`.
        rank: the worker's number, which selects one of several GPUs.
        batch_tokens: source tokens per forward pass, padding included; halved when memory runs
            out. It does not change the result, except by rounding in 16-bit numbers.

    A text that is longer than the model allows, or whose translation does not end within twice its
    length, has no translation: texts are never truncated.
    """

    model: str
    _: KW_ONLY
    num_beams: int = 1
    revision: str | None = None
    dtype: str = "auto"
    device: str | None = None
    rank: int | None = None
    batch_tokens: int = BATCH_TOKENS

    @property
    def spec(self) -> ModelSpec:
        """Which model, and how it runs; checked."""
        return ModelSpec(self.model, self.revision, self.dtype, self.device, self.batch_tokens)

    def _run(
        self,
        function: Callable[[list[int]], Sequence[list[str]]],
        rows: Sequence[Sequence[int]],
        n: int,
        longest: int,
        batch_tokens: int,
    ) -> list[list[str]]:
        """Translations of rows of token ids, in batches; rows that are too long have none.

        ``function`` takes indices of rows.
        """
        beams = max(n, self.num_beams)
        short = [i for i, row in enumerate(rows) if len(row) <= longest]
        found = run_in_batches(
            lambda batch: function([short[k] for k in batch]),
            [len(rows[i]) for i in short],
            batch_tokens // beams,
            length_step(beams),
        )
        by_index = dict(zip(short, found, strict=True))
        return [by_index.get(i, []) for i in range(len(rows))]


def length_step(beams: int) -> int:
    """The lengths of texts that are decoded together are rounded up to a multiple of this."""
    # The result of a beam search depends on its maximal length, and that on the padded length.
    return DECODER_STEP if beams == 1 else LENGTH_STEP


def longest_translation(length: int, longest: int) -> int:
    """The token limit for a translation of ``length`` tokens; the model's own is ``longest``."""
    # Computed from the padded length, which is the same for a text in every batch.
    return min(GROWTH * padded(length) + MORE, longest - 1)
