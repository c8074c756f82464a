"""What a language model is asked, what it answers, and the base of all engines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from textaug.core.state import Constructed
from textaug.llm.slots import Pattern

CHARACTERS_PER_TOKEN = 4  # of English; for estimates where there is no tokenizer
TOKENS_PER_MESSAGE = 4  # of a chat template


@dataclass(frozen=True)
class Request:
    """One call of a language model.

    Args:
        messages: pairs of role (``system``, ``user``, ``assistant``) and text; the last is the
            user's.
        seed: same request, same seed, same answer, as far as the engine can promise that.
        max_tokens: a longer answer is cut off, and not used.
        temperature: above 1 more varied, below 1 less; 0 for the likeliest answer.
        top_p: of the next tokens only the likeliest ones with this probability together.
        pattern: what the answer must look like, for engines that can enforce it.
    """

    messages: tuple[tuple[str, str], ...]
    seed: int = 0
    max_tokens: int = 256
    temperature: float = 0.7
    top_p: float = 0.9
    pattern: Pattern | None = None

    @property
    def prompt(self) -> str:
        """All messages as one text."""
        return "\n\n".join(text for _, text in self.messages)


@dataclass(frozen=True)
class Answer:
    """What came of a request.

    Attributes:
        text: the answer.
        fault: why there is none, as it is counted; empty if there is one.
        is_final: whether the same request would have the same fault again, so that it is kept.
        prompt_tokens, completion_tokens: what it cost.
    """

    text: str = ""
    fault: str = ""
    is_final: bool = True
    prompt_tokens: int = 0
    completion_tokens: int = 0


# Called with the number of a request and its answer, as soon as that is there.
Keep = Callable[[int, Answer], None]


@dataclass
class Usage:
    """What was asked, or would be, and what it costs.

    Attributes:
        calls: of the language model.
        cached: answers that were in the cache, and cost nothing.
        prompt_tokens, completion_tokens: sent and received.
        prices: per million tokens, sent and received, in any currency.
    """

    calls: int = 0
    cached: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prices: tuple[float, float] | None = None

    @property
    def cost(self) -> float | None:
        """In the currency of the prices; ``None`` without prices.

        >>> Usage(calls=100, prompt_tokens=30_000, completion_tokens=5_000, prices=(0.5, 2.0)).cost
        0.025
        """
        if self.prices is None:
            return None
        sent, received = self.prices
        return (self.prompt_tokens * sent + self.completion_tokens * received) / 1e6


class Engine(Constructed):
    """Base of the engines. A subclass implements :meth:`answer` and :meth:`identity`."""

    rank: int | None = None  # the worker's number, for engines that use a GPU
    prices: tuple[float, float] | None = None

    def identity(self) -> dict[str, Any] | None:
        """What answers depend on beside the request; ``None``: they are not kept in the cache."""
        raise NotImplementedError(f"{type(self).__name__} does not implement identity")

    def answer(self, requests: Sequence[Request], keep: Keep) -> None:
        """Answer requests that all differ, in any order; ``keep`` is called once for each.

        From any thread, but never from two at once.
        """
        raise NotImplementedError(f"{type(self).__name__} does not implement answer")

    def count_tokens(self, request: Request) -> int:
        """About how many tokens a request has."""
        return len(request.prompt) // CHARACTERS_PER_TOKEN + (
            TOKENS_PER_MESSAGE * len(request.messages)
        )


class CallableEngine(Engine):
    """Any function from a list of prompts to the list of answers.

    Args:
        function: called with all different prompts of a batch at once.
        name: names the model behind the function, if its answers are to be kept in the cache.

    Raises:
        ValueError: when called, if the function does not return one string for each prompt.

    >>> found = {}
    >>> CallableEngine(lambda prompts: [p.upper() for p in prompts]).answer(
    ...     [Request((("user", "hello"),))], found.__setitem__)
    >>> found[0].text
    'HELLO'
    """

    def __init__(self, function: Callable[[list[str]], Sequence[str]], name: str | None = None):
        self.function = function
        self.name = name

    def identity(self) -> dict[str, Any] | None:
        """By the given name; without one, nothing is known of the function."""
        return {"callable": self.name} if self.name else None

    def answer(self, requests: Sequence[Request], keep: Keep) -> None:
        """Call the function once."""
        found = list(self.function([request.prompt for request in requests]))
        if len(found) != len(requests) or not all(isinstance(text, str) for text in found):
            kinds = dict(Counter(type(text).__name__ for text in found))
            raise ValueError(
                f"{self.function!r} was given {len(requests)} prompts and returned {len(found)} "
                f"results ({kinds}); it must return one string for each prompt, in order"
            )
        for i, text in enumerate(found):
            keep(i, Answer(text))
