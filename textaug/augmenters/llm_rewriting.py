"""A language model says a sentence in other words, with its mentions as slots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, Any, Unpack

from textaug.augmenters.mention_alignment import Sentence
from textaug.augmenters.round_trip import has_text_to_translate
from textaug.augmenters.slotted import ENGLISH, GROWTH, MORE, Slotted, sentences_in
from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Augmented, Example, Rejected
from textaug.core.nesting import blocks_only
from textaug.core.reading import read_examples
from textaug.core.validation import check_at_least_one
from textaug.llm.base import Answer, Engine, Keep, Request, Usage
from textaug.llm.cache import AnswerCache, ask, find_cache
from textaug.llm.engines import AnyEngine, chosen, make_engine
from textaug.llm.prompts import CHANGES_MEANING, DEFAULT_STYLE, STYLES, messages_for

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

SEED_BITS = 31  # that every server takes


class LLMRewriting(Augmenter):
    """A language model says a sentence in other words (Dai et al. 2023; Ye et al. 2024).

    Mentions go out as slots (``[PER1] met [ORG1].``; nested ones as one slot) and are put back
    letter by letter, so that their labels are certain. An answer is accepted if every slot stands
    in it exactly once, no name of the sentence stands outside its slot, no capitalised word is
    new, and length and numbers agree. Else the model is asked again, up to ``tries`` times; then
    the row is rejected and counted, with the reason. Sentences that are hardly words (scores,
    headlines in capitals, tables) are not sent. Labels of the whole sentence are named to the
    model; :meth:`where` puts a filter behind it that checks them.

    Args:
        model: for transformers a name on the hub, a folder, a GGUF file, or ``"offline"`` for the
            small one of :func:`textaug.offline.language_model`; for a server the name there.
        engine: ``"transformers"``; ``"openai"`` for any server with OpenAI's protocol (its address
            and key come from ``OPENAI_BASE_URL`` and ``OPENAI_API_KEY``); a function from a list
            of prompts to the list of answers; or an engine of :mod:`textaug.llm`. ``"auto"`` is
            ``"openai"`` if ``OPENAI_BASE_URL`` is set and ``model`` is no folder or file here;
            ``repr`` and pickle contain the choice.
        options: further arguments of :class:`~textaug.llm.endpoint.OpenAIEndpoint` or
            :class:`~textaug.llm.local.LocalModel`, such as ``{"requests_at_once": 32}``.
        style: one of :data:`textaug.llm.prompts.STYLES`, or several, one of which is drawn for
            each copy.
        instruction: what to do with the sentence in your own words, in place of a style.
        n: sentences asked for in one call. Above 1 the copies of a row share the calls, and each
            takes one of the answers at random.
        tries: calls until a row is rejected, at least 1.
        temperature: above 1 more varied, below 1 less; 0 for the likeliest answer.
        top_p: of the next tokens only the likeliest ones with this probability together.
        examples: sentences of the same source, shown to the model; see :meth:`from_dataset`.
        language: code of the data's language.
        cache: folder where answers are kept, so that no call is repeated; default:
            ``textaug/llm`` in ``HF_HOME``; ``False`` for none.
        **settings: see :class:`~textaug.Augmenter`; ``target`` can only be ``"context"``.

    Attributes:
        usage: calls, tokens and cost since this object was made.

    Raises:
        ValueError: for an argument out of range, or a model without a chat template.
        ModuleNotFoundError: when called, if the package of the engine is not installed.
        OSError: when called, if the model cannot be loaded or the server cannot be used.

    >>> def shout(prompts):
    ...     return [prompt.split("\\n\\n")[-1].replace("fell sharply", "lost a lot")
    ...             for prompt in prompts]
    >>> augment = LLMRewriting(engine=shout)
    >>> row = {"tokens": ["Shares", "of", "Nordbank", "fell", "sharply", "this", "week", "."],
    ...        "ner_tags": ["O", "O", "B-ORG", "O", "O", "O", "O", "O"]}
    >>> " ".join(augment(row)["tokens"])
    'Shares of Nordbank lost a lot this week .'
    """

    private = frozenset({"examples", "instruction"})

    def __init__(
        self,
        model: str | None = None,
        *,
        engine: AnyEngine = "auto",
        options: Mapping[str, Any] | None = None,
        style: str | Sequence[str] = DEFAULT_STYLE,
        instruction: str | None = None,
        n: int = 1,
        tries: int = 3,
        temperature: float = 0.7,
        top_p: float = 0.9,
        examples: Sequence[str] | None = None,
        language: str = ENGLISH,
        cache: str | bool = True,
        **settings: Unpack[Settings],
    ) -> None:
        self.model = model
        self.engine = engine
        self.options = None if options is None else dict(options)
        self.style = style if isinstance(style, str) else list(style)
        self.instruction = instruction
        self.n = n
        self.tries = tries
        self.temperature = temperature
        self.top_p = top_p
        self.examples = None if examples is None else list(examples)
        self.language = language
        self.cache = cache
        self._check(settings.get("target", "context"), examples)
        self.engine = chosen(model, engine)
        self._writer = make_engine(model, self.engine, self.options)
        super().__init__(**settings)

    def _check(self, target: str, examples: Sequence[str] | None) -> None:
        if target != "context":
            raise ValueError(
                f"target={target!r}: what is outside the mentions is rewritten, and the mentions "
                "stay; only 'context' is possible"
            )
        unknown = [style for style in self._styles if style not in STYLES]
        if unknown or not self._styles:
            raise ValueError(f"style={self.style!r}: choose from {', '.join(STYLES)}")
        if self.instruction is not None and not self.instruction.strip():
            raise ValueError("instruction is empty: say what to do, or leave it out")
        if isinstance(examples, str):
            raise ValueError(f"examples={examples!r}: must be a list of sentences")
        check_at_least_one(n=self.n, tries=self.tries)
        if self.temperature < 0:
            raise ValueError(f"temperature={self.temperature}: must be at least 0")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p={self.top_p}: must be above 0, and at most 1")

    @property
    def _styles(self) -> list[str]:
        return [self.style] if isinstance(self.style, str) else self.style

    def _prepare(self) -> None:
        super()._prepare()
        self.usage = Usage(prices=self._writer.prices)

    def model_names(self) -> list[str]:
        """The folder or file of the model, if it runs here."""
        return self._writer.model_names() if isinstance(self.engine, str) else []

    @classmethod
    def from_dataset(
        cls,
        dataset: Dataset | DatasetDict,
        model: str | None = None,
        shots: int = 3,
        split: str = "train",
        **arguments: Any,
    ) -> LLMRewriting:
        """The same with some sentences of a data set in the prompt, their mentions as slots.

        Args:
            dataset: the training data.
            model: see :class:`LLMRewriting`.
            shots: how many sentences, drawn by the seed.
            split: the split of a ``DatasetDict``.
            **arguments: of :class:`LLMRewriting`.

        Raises:
            ValueError: if ``shots`` is less than 1.
        """
        check_at_least_one(shots=shots)
        names = Settings.__annotations__
        settings: Any = {k: v for k, v in arguments.items() if k in names}
        found = [Slotted.of(blocks_only(e)) for e in read_examples(dataset, split, settings)]
        texts = [each.text for each in found if isinstance(each, Slotted)]
        texts = [text for text in dict.fromkeys(texts) if has_text_to_translate(text)]
        drawn = Random(arguments.get("seed", 0)).sample(texts, min(shots, len(texts)))
        return cls(model, examples=drawn, **arguments)

    @cached_property
    def _answers(self) -> AnswerCache | None:
        return find_cache(self.cache)

    def transform(
        self, examples: Sequence[Example], rngs: Sequence[Random]
    ) -> Sequence[Augmented | Rejected]:
        """Ask for all, and again for those whose answers are not accepted."""
        self._writer.rank = self.rank
        results: list[Augmented | Rejected] = [Augmented(example) for example in examples]
        jobs: dict[int, _Job] = {}
        for i, (example, rng) in enumerate(zip(examples, rngs, strict=True)):
            if not has_text_to_translate(Sentence.of(example).text):
                continue
            slotted = Slotted.of(example, self.language)
            style = None if self.instruction else rng.choice(self._styles)
            if isinstance(slotted, Rejected):
                results[i] = slotted
            elif example.labels and style in CHANGES_MEANING:
                results[i] = Rejected(f"style {style!r} may change the label of the sentence")
            else:
                jobs[i] = _Job(slotted, style, rng)
        for number in range(1, self.tries + 1):
            waiting = [i for i in jobs if not jobs[i].is_done]
            requests = [self._request(jobs[i], number) for i in waiting]
            answers = ask(self._writer, requests, self._answers, self.usage)
            for i, answer in zip(waiting, answers, strict=True):
                results[i] = self._judged(jobs[i], answer, number)
        return results

    def _request(self, job: _Job, number: int) -> Request:
        # Copies that share a call differ in what they take of it, and so their generators do.
        seed = job.rng.getrandbits(SEED_BITS) if self.n == 1 else number
        slotted = job.slotted
        messages = messages_for(
            slotted.text,
            slotted.slots,
            self.instruction or STYLES[job.style or DEFAULT_STYLE],
            job.style,
            slotted.sentence.example.labels,
            self.examples or (),
            self.n,
            self.language == ENGLISH,
        )
        # A token has at least one character, and in English about four.
        longest = (GROWTH * len(slotted.text) + MORE) * self.n
        most = min(longest, MORE + longest // 2)
        return Request(messages, seed, most, self.temperature, self.top_p, slotted.pattern(self.n))

    def _judged(self, job: _Job, answer: Answer, number: int) -> Augmented | Rejected:
        """The first sentence of an answer that is accepted and differs from the original."""
        if answer.fault:
            return Rejected(answer.fault)
        texts = sentences_in(answer.text, self.n)
        results = [job.slotted.read(text) for text in job.rng.sample(texts, len(texts))]
        old = job.slotted.sentence.example
        for result in results:
            if isinstance(result, Augmented) and result.example is not old:
                job.is_done = True
                outcome = "changed" if number == 1 else f"changed at try {number}"
                return result._replace(by=type(self).__name__, outcome=outcome)
        if any(isinstance(result, Augmented) for result in results):
            return Augmented(old)
        return results[0] if results else Rejected("empty answer")

    def estimate(
        self, dataset: Dataset | DatasetDict, copies: int = 1, split: str = "train"
    ) -> Usage:
        """What a data set would cost, if every first answer were accepted; nothing is sent.

        Args:
            dataset: what :func:`textaug.expand` would be given.
            copies: of each row.
            split: the split of a ``DatasetDict``.

        Returns:
            Calls, tokens (for a server about four characters each) and, with prices, cost.
        """
        counting = _Counting(self._writer)
        other = {"model": None, "engine": counting, "options": None, "tries": 1}
        twin = type(self)(**self.arguments() | other)
        examples = read_examples(dataset, split, self.settings())
        for copy in range(copies):
            twin.run(examples, [copy] * len(examples))
        return twin.usage


@dataclass
class _Job:
    slotted: Slotted
    style: str | None
    rng: Random
    is_done: bool = False


class _Counting(Engine):
    """Answers nothing, and says what the tokens of the answers would be."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.prices = engine.prices

    def identity(self) -> dict[str, Any] | None:
        """That of the engine, so that answers in its cache count as such."""
        return self.engine.identity()

    def answer(self, requests: Sequence[Request], keep: Keep) -> None:
        """Count."""
        for i, request in enumerate(requests):
            sent = self.engine.count_tokens(request)
            text = Request(request.messages[-1:])
            count = request.pattern.count if request.pattern else 1
            keep(i, Answer("", "estimate", False, sent, count * self.engine.count_tokens(text)))
