"""Which engine answers, from what a user says."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from textaug.llm.base import CallableEngine, Engine
from textaug.llm.endpoint import URL_VARIABLE, OpenAIEndpoint
from textaug.llm.local import LocalModel

ENGINES = ("auto", "transformers", "openai")
AnyEngine = str | Engine | Callable[[list[str]], Sequence[str]]


def chosen(model: str | None, engine: AnyEngine) -> AnyEngine:
    """The engine, checked, with ``"auto"`` decided.

    Raises:
        ValueError: for an engine that there is not, or without a model or an engine.
    """
    if isinstance(engine, str) and engine not in ENGINES:
        raise ValueError(
            f"engine={engine!r}: must be one of {', '.join(ENGINES)}, a function or an engine of "
            "textaug.llm"
        )
    if isinstance(engine, str) == (model is None):
        raise ValueError(
            "give model=, the name of a language model ('offline' for the small one of the extra "
            "llm-offline), or engine=, a function or an engine, but not both"
        )
    if engine != "auto" or model is None:
        return engine
    return "openai" if URL_VARIABLE in os.environ and not Path(model).exists() else "transformers"


def make_engine(
    model: str | None, engine: AnyEngine, options: Mapping[str, Any] | None = None
) -> Engine:
    """The engine itself; ``options`` are further arguments of its class.

    Raises:
        ValueError: for an option that it does not have, or that is out of range.
    """
    engine = chosen(model, engine)
    if isinstance(engine, Engine):
        return engine
    if not isinstance(engine, str):
        return CallableEngine(engine)
    make: Callable[..., Engine] = OpenAIEndpoint if engine == "openai" else LocalModel
    try:
        return make(model, **options or {})
    except TypeError as error:
        raise ValueError(f"options={options!r}: {error}") from None
