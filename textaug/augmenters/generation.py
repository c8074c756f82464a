"""New labelled sentences from a language model: slots that are filled, so that labels are right."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Unpack

from textaug.augmenters.generated_rows import (
    digest_of,
    held_out_words,
    letters_of,
    rows_of,
    tagged_columns,
    tagged_schema,
    tags_of,
    with_all_labels,
    words_of,
)
from textaug.augmenters.mention_alignment import Sentence
from textaug.augmenters.mentions import MentionReplacement
from textaug.augmenters.round_trip import BROKEN, BROKEN_CHARACTERS
from textaug.augmenters.slotted import ENGLISH, Slotted, as_marked
from textaug.core.columns import Settings
from textaug.core.example import Augmented, Example, Rejected, Span
from textaug.core.filter import FilterFunction, name_of, verdicts
from textaug.core.nesting import blocks_only
from textaug.core.reading import batches_of
from textaug.core.rng import HashRandom
from textaug.core.sources import split_of
from textaug.core.validation import check_at_least_one
from textaug.llm.base import Answer, Request, Usage
from textaug.llm.cache import ask, find_cache
from textaug.llm.engines import AnyEngine, make_engine
from textaug.llm.slots import Pattern, Slots

if TYPE_CHECKING:
    from datasets import Dataset

logger = logging.getLogger("textaug")

NAMES = ("pools", "fresh", "model")
TOPICS = (
    "politics", "a court case", "business", "sports", "the weather", "an accident", "science",
    "culture", "travel", "health", "a school", "a family", "a strike", "technology", "history",
)  # fmt: skip
FORMS = ("a news report", "a conversation", "a letter", "an announcement", "a short story")
LENGTHS = ("about eight", "about twelve", "about eighteen", "about twenty-five")  # words
MOST_MENTIONS = 3
MAX_TOKENS = 120
TRIES = 5
_SEED_BITS = 31
BY_CONSTRUCTION, JUDGED = "generate", "generate: labelled by the model"


@dataclass(frozen=True)
class _Plan:
    """What one sentence is to be: which mentions, in which words."""

    example: Example  # the mentions alone, one after the other
    slots: Slots
    request: Request


def generate(
    dataset: Any,
    n: int,
    model: str | None = None,
    *,
    engine: AnyEngine = "auto",
    options: Mapping[str, Any] | None = None,
    types: Mapping[str, str] | Sequence[str] | None = None,
    names: str | Mapping[str, Sequence[str]] = "pools",
    topics: Sequence[str] = TOPICS,
    forms: Sequence[str] = FORMS,
    lengths: Sequence[str] = LENGTHS,
    shots: int = 2,
    held_out: Any = None,
    filters: Sequence[FilterFunction] = (),
    temperature: float = 0.9,
    top_p: float = 0.95,
    language: str = ENGLISH,
    cache: str | bool = True,
    split: str = "train",
    **settings: Unpack[Settings],
) -> Dataset:
    """New labelled sentences, written by a language model.

    The model writes sentences with slots, which are filled with mentions of their types, so that
    the label is right by construction; or it names the mentions itself, and then the label is the
    model's judgement, as the provenance says. Topic, form, length and types are drawn for each
    sentence, each type about as often as the others. A sentence that is in the data, in
    ``held_out`` or among the new ones is left out, as is one with a name that no slot stands for.

    Args:
        dataset: the training data, with tags, or what :func:`textaug.load` takes; of a
            ``DatasetDict`` only ``split`` is read. A row with a token without label is not used.
        n: how many sentences; at most ``5 * n`` are asked for.
        model: see :class:`~textaug.LLMRewriting`, as for the next two.
        engine: what runs the model.
        options: further arguments of the engine.
        types: the types to write about, each with a description (``{"PER": "a person"}``), or a
            list of them; default: those of the data, by their names.
        names: what fills the slots: ``"pools"``, mentions of the data; ``"fresh"``, new names (see
            :class:`~textaug.MentionReplacement`); names by type; or ``"model"``.
        topics: what sentences are about; one is drawn for each.
        forms: where they come from, the same.
        lengths: how many words they have, the same.
        shots: sentences of the data, with slots, that are shown to the model.
        held_out: data of which no sentence may come up, such as the test split; with or without
            labels; of a ``DatasetDict`` all splits.
        filters: functions as :meth:`textaug.Augmenter.where` takes them, such as
            :class:`~textaug.TeacherAgreement`; before and after are the same here.
        temperature: above 1 more varied, below 1 less.
        top_p: of the next tokens only the likeliest ones with this probability together.
        language: code of the data's language.
        cache: see :class:`~textaug.LLMRewriting`.
        split: the split of a ``DatasetDict``.
        **settings: ``seed`` and the names of the columns, as for every :class:`~textaug.Augmenter`;
            with ``provenance_column`` a column says that a row was generated, and whether the
            model judged its labels.

    Returns:
        A data set with tokens and tags, in the names, types and scheme of the training data. Fewer
        than ``n`` rows if too many were left out; then the reasons are logged.

    Raises:
        ValueError: for data without mentions, or an argument out of range.

    >>> from textaug.corpora import builtin_corpus
    >>> def write(prompts):
    ...     return ["We met " + " and ".join(prompt.split("\\n\\n")[-1].split()) + "."
    ...             for prompt in prompts]
    >>> rows = generate(builtin_corpus()["train"], 2, engine=write)
    >>> rows.column_names, len(rows), rows[0]["tokens"][:2]
    (['tokens', 'ner_tags'], 2, ['We', 'met'])
    """
    check_at_least_one(n=n)
    if names not in NAMES and not isinstance(names, Mapping):
        raise ValueError(f"names={names!r}: must be one of {', '.join(NAMES)}, or names by type")
    if isinstance(types, str):
        raise ValueError(f"types={types!r}: must be a list, as types=[{types!r}], or a dict")
    for name, choices in (("topics", topics), ("forms", forms), ("lengths", lengths)):
        if not choices:
            raise ValueError(f"{name} is empty: give at least one")
        _texts(name, choices)
    given = names.items() if isinstance(names, Mapping) else ()
    by_type = {label: _texts(f"names[{label!r}]", mentions) for label, mentions in given}
    writer = make_engine(model, engine, options)
    provenance = settings.pop("provenance_column", None)
    data = split_of(dataset, split)
    schema = tagged_schema(data, settings)
    assert schema.tokens is not None  # else there are no tags
    known = [*words_of(data, schema.tokens), *held_out_words(held_out, schema.tokens)]
    seen = {digest_of(example.tokens) for example in known}
    data = with_all_labels(data, schema)
    facts = tagged_columns(data, schema, settings)
    read = (example for batch in batches_of(data, schema) for example in batch.examples())
    examples = [example for example in read if example.tokens]
    pools = MentionReplacement.from_examples(examples, **settings).pools
    pools |= by_type
    listed = types or sorted(pools)
    described = dict(listed if isinstance(listed, Mapping) else zip(listed, listed, strict=True))
    empty = [label for label in described if not pools.get(label)]
    if not described or (empty and names != "model"):
        raise ValueError(f"there is no mention to fill slots of {', '.join(empty) or 'any type'}")
    if facts["scheme"] is None:
        raise ValueError(
            f"column {facts['tags_column']!r}: no row has a mention, so that nothing tells the tag "
            "scheme; pass scheme='IOB2' or another one"
        )
    brief = _Brief(described, pools, names, (topics, forms, lengths), examples, shots, language)
    answers = find_cache(cache)
    counts: Counter[str] = Counter()
    made: list[Example] = []
    number = 0
    while len(made) < n and number < TRIES * n:
        plans = []
        for _ in range(min(n - len(made), TRIES * n - number)):
            rng = HashRandom(f"{settings.get('seed', 0)} generate {number}".encode())
            plans.append(brief.plan(number, rng, temperature, top_p))
            number += 1
        found = ask(writer, [plan.request for plan in plans], answers, Usage())
        for plan, answer in zip(plans, found, strict=True):
            new = brief.read(plan, answer)
            outcome = (
                new.reason if isinstance(new, Rejected) else _left_out(new, seen, filters, facts)
            )
            counts[outcome or "made"] += 1
            if isinstance(new, Example) and not outcome:
                seen.add(digest_of(new.tokens))
                made.append(new)
    if len(made) < n:
        logger.warning("generate: %s of %s sentences made (%s)", len(made), n, dict(counts))
    return rows_of(made, facts, provenance, JUDGED if names == "model" else BY_CONSTRUCTION)


def _texts(name: str, given: Sequence[str]) -> list[str]:
    """A list of texts; an error for a string, of which each letter would be one."""
    if isinstance(given, str):
        raise ValueError(f"{name} is {given!r}: must be a list, such as [{given!r}]")
    texts = list(given)
    for each in texts:
        if not isinstance(each, str) or not each.strip() or BROKEN.search(each):
            raise ValueError(f"{name} has {each!r}: leave out what is empty or no text")
    return texts


@dataclass(frozen=True)
class _Brief:
    """What all sentences of one call of :func:`generate` share."""

    types: Mapping[str, str]
    pools: Mapping[str, Sequence[str]]
    names: str | Mapping[str, Sequence[str]]
    choices: tuple[Sequence[str], Sequence[str], Sequence[str]]
    examples: Sequence[Example]
    shots: int
    language: str

    def plan(self, number: int, rng: Random, temperature: float, top_p: float) -> _Plan:
        """The next sentence: its types in turn, all else drawn."""
        labels = list(self.types)
        wanted = [labels[number % len(labels)]]
        wanted += rng.choices(labels, k=rng.randrange(MOST_MENTIONS))
        topic, form, length = (rng.choice(list(choice)) for choice in self.choices)
        example = self._mentions(wanted, rng) if self.names != "model" else Example(())
        slots = Slots.of(wanted, "")
        assert slots is not None  # an empty text has no signs
        system = [f"Write one sentence of {length} words, as from {form}, about {topic}."]
        for label, slot in dict(zip(wanted, slots.written, strict=True)).items():
            shown = f"[{label}: …]" if self.names == "model" else slot
            system.append(f"{shown} stands for {self.types[label]}.")
        if self.names == "model":
            system.append(f"Mark each name like [{wanted[0]}: name]. Write no other names.")
        else:
            system.append("Use each of the following names in brackets exactly once, as it is.")
            system.append("Write no other names.")
        system.append("Answer with the sentence and nothing else.")
        shown = "\n".join(self._shown(rng))
        messages = (("system", " ".join(system) + (f"\nExamples:\n{shown}" if shown else "")),)
        request = Request(
            (*messages, ("user", " ".join(slots.written))),
            rng.getrandbits(_SEED_BITS),
            MAX_TOKENS,
            temperature,
            top_p,
            None if self.names == "model" else Pattern(slots.written),
        )
        return _Plan(example, slots, request)

    def _mentions(self, labels: Sequence[str], rng: Random) -> Example:
        """Mentions of these types, all different where the pools allow it."""
        drawn: list[str] = []
        for label in labels:
            pool = self.pools[label]
            drawn.append(rng.choice([name for name in pool if name not in drawn] or list(pool)))
        tokens: list[str] = []
        spans = []
        for label, mention in zip(labels, drawn, strict=True):
            words = mention.split()
            spans.append(Span(len(tokens), len(tokens) + len(words), label))
            tokens += words
        example = Example(tuple(tokens), tuple(spans))
        if self.names == "fresh":
            swap = MentionReplacement(self.pools, p=1.0, fresh=1.0)
            (result,) = swap.augment([example], [rng])
            example = result.example if isinstance(result, Augmented) else example
        return example

    def _shown(self, rng: Random) -> list[str]:
        some = rng.sample(range(len(self.examples)), min(4 * self.shots, len(self.examples)))
        found = [Slotted.of(blocks_only(self.examples[i]), self.language) for i in some]
        return [each.text for each in found if isinstance(each, Slotted) and each.slots.names][
            : self.shots
        ]

    def read(self, plan: _Plan, answer: Answer) -> Example | Rejected:
        """The sentence with its mentions, or why there is none."""
        text = answer.text.strip().strip('"')
        if answer.fault or not text:
            return Rejected(answer.fault or "empty answer")
        if BROKEN.search(text):
            return Rejected(BROKEN_CHARACTERS)
        if "\n" in text:
            return Rejected("prose around the answer")
        is_strict = self.language == ENGLISH
        if self.names == "model":
            return as_marked(text, list(self.types), is_strict)
        found = plan.slots.split(text)
        if isinstance(found, str):
            return Rejected(found)
        sentence = Sentence.of(plan.example)
        wrong = sentence.names_in(found[0], is_strict)
        result = Rejected(wrong) if wrong else sentence.with_mentions(*found)
        return result if isinstance(result, Rejected) else result.example


def _left_out(
    new: Example, seen: set[str], filters: Sequence[FilterFunction], facts: Mapping[str, Any]
) -> str | None:
    if digest_of(new.tokens) in seen:
        return "same as a known sentence"
    try:
        tags = set(tags_of(new, facts))
    except ValueError:  # IO, for two mentions side by side
        return "tags cannot express it"
    names, letters, scheme = facts["label_names"], facts["letters"], facts["scheme"]
    if names and not tags <= set(names):
        return "a tag that the data set has not"
    if letters and not letters_of(tags, scheme) <= letters:
        return "a tag that the data set has not"
    for each in filters:
        if not all(verdicts(each, [new], [new])):
            return f"filtered out by {name_of(each)}"
    return None
