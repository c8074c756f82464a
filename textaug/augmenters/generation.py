"""New labelled sentences from a language model: slots that are filled, so that labels are right."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from random import Random
from typing import TYPE_CHECKING, Any, Unpack

import regex

from textaug.augmenters.mention_alignment import Sentence
from textaug.augmenters.mentions import MentionReplacement
from textaug.augmenters.slotted import ENGLISH, Slotted
from textaug.core import tag_schemes
from textaug.core.columns import ColumnNames, Settings
from textaug.core.example import Augmented, Example, Rejected, Span
from textaug.core.filter import FilterFunction, name_of
from textaug.core.finding import dataset_schema
from textaug.core.nesting import blocks_only
from textaug.core.reading import read_examples
from textaug.core.rng import HashRandom
from textaug.core.tag_schemes import TagScheme, split_tag
from textaug.core.validation import check_at_least_one
from textaug.language.tokenization import tokenize
from textaug.llm.base import Answer, Request, Usage
from textaug.llm.cache import ask, find_cache
from textaug.llm.engines import AnyEngine, make_engine
from textaug.llm.slots import Pattern, Slots

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

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
_MARK = regex.compile(r"\[([^\[\]:]+):\s*([^\[\]]+?)\s*\]")
BY_CONSTRUCTION, JUDGED = "generate", "generate: labelled by the model"


@dataclass(frozen=True)
class _Plan:
    """What one sentence is to be: which mentions, in which words."""

    example: Example  # the mentions alone, one after the other
    slots: Slots
    request: Request


def generate(
    dataset: Dataset | DatasetDict,
    n: int,
    model: str | None = None,
    *,
    engine: AnyEngine = "auto",
    options: Mapping[str, Any] | None = None,
    types: Mapping[str, str] | None = None,
    names: str | Mapping[str, Sequence[str]] = "pools",
    topics: Sequence[str] = TOPICS,
    forms: Sequence[str] = FORMS,
    lengths: Sequence[str] = LENGTHS,
    shots: int = 2,
    held_out: Dataset | None = None,
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
        dataset: the training data, with tags; of a ``DatasetDict`` only ``split`` is read.
        n: how many sentences; at most ``5 * n`` are asked for.
        model: see :class:`~textaug.LLMRewriting`, as for the next two.
        engine: what runs the model.
        options: further arguments of the engine.
        types: the types to write about, each with a description (``{"PER": "a person"}``);
            default: those of the data, by their names.
        names: what fills the slots: ``"pools"``, mentions of the data; ``"fresh"``, new names (see
            :class:`~textaug.MentionReplacement`); names by type; or ``"model"``.
        topics: what sentences are about; one is drawn for each.
        forms: where they come from, the same.
        lengths: how many words they have, the same.
        shots: sentences of the data, with slots, that are shown to the model.
        held_out: data of which no sentence may come up, such as the test split.
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
    if isinstance(names, str) and names not in NAMES:
        raise ValueError(f"names={names!r}: must be one of {', '.join(NAMES)}, or names by type")
    for name, choices in (("topics", topics), ("forms", forms), ("lengths", lengths)):
        if not choices:
            raise ValueError(f"{name} is empty: give at least one")
    writer = make_engine(model, engine, options)
    provenance = settings.pop("provenance_column", None)
    data: Any = dataset[split] if isinstance(dataset, Mapping) else dataset
    facts = tagged_columns(data, settings)
    examples = [e for e in read_examples(data, split, settings) if e.tokens]
    pools = MentionReplacement.from_dataset(data, **settings).pools
    pools |= {} if isinstance(names, str) else {t: list(found) for t, found in names.items()}
    described = dict(types or {label: label for label in sorted(pools)})
    empty = [label for label in described if not pools.get(label)]
    if not described or (empty and names != "model"):
        raise ValueError(f"there is no mention to fill slots of {', '.join(empty) or 'any type'}")
    if facts["scheme"] is None:
        raise ValueError(
            f"column {facts['tags_column']!r}: no row has a mention, so that nothing tells the tag "
            "scheme; pass scheme='IOB2' or another one"
        )
    brief = _Brief(described, pools, names, (topics, forms, lengths), examples, shots, language)
    known = [examples, read_examples(held_out, split, settings) if held_out is not None else []]
    seen = {digest_of(example.tokens) for part in known for example in part}
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
    return _rows(made, facts, provenance, JUDGED if names == "model" else BY_CONSTRUCTION)


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
        if "\n" in text:
            return Rejected("prose around the answer")
        is_strict = self.language == ENGLISH
        if self.names == "model":
            return _as_marked(text, list(self.types), is_strict)
        found = plan.slots.split(text)
        if isinstance(found, str):
            return Rejected(found)
        sentence = Sentence.of(plan.example)
        wrong = sentence.names_in(found[0], is_strict)
        result = Rejected(wrong) if wrong else sentence.with_mentions(*found)
        return result if isinstance(result, Rejected) else result.example


def _as_marked(text: str, labels: Sequence[str], is_strict: bool) -> Example | Rejected:
    """A sentence with the marks that the model put into it."""
    by_name = {label.lower(): label for label in labels}
    tokens: list[str] = []
    spans: list[Span] = []
    segments = _MARK.split(text)  # text, label, mention, text, ...
    for before, label, mention in zip(segments[::3], segments[1::3], segments[2::3], strict=False):
        if label.strip().lower() not in by_name:
            return Rejected("unknown type")
        tokens += tokenize(before)
        words = tokenize(mention)
        spans.append(Span(len(tokens), len(tokens) + len(words), by_name[label.strip().lower()]))
        tokens += words
    tokens += tokenize(segments[-1])
    example = Example(tuple(tokens), tuple(spans))
    if any(sign in text for text in segments[::3] for sign in "[]"):
        return Rejected("mark cut")
    wrong = Sentence.of(Example(("x",))).names_in(segments[::3], is_strict)
    return Rejected(wrong) if wrong else example


def tagged_columns(dataset: Dataset, settings: Settings) -> dict[str, Any]:
    """Names and types of the columns of words and tags, label names and scheme."""
    from datasets import Features

    schema = dataset_schema(dataset, ColumnNames.from_settings(settings)).check()
    if schema.tokens is None or schema.tags is None:
        raise ValueError(
            f"no column holds tags (columns: {', '.join(schema.columns)}); pass tags_column="
        )
    rows = dataset.select_columns([schema.tags]).with_format(None)[schema.tags][:]
    used = {tag for row in rows for tag in row or ()}
    names = schema.names
    spelt = names or tuple(sorted({"O", *(tag for tag in used if isinstance(tag, str))}))
    scheme = schema.scheme
    if scheme is None or scheme.is_open:
        scheme = _usual_scheme(rows, spelt)
    # The letters B, E and S alone do not tell IOBES from BMES: no other letter is written then.
    is_open = not names and not settings.get("scheme") and scheme and scheme.name == "IOBES"
    return {
        "tokens_column": schema.tokens,
        "tags_column": schema.tags,
        "label_names": names,
        "scheme": scheme,
        "letters": _letters(spelt, scheme) if scheme and is_open else None,
        "integers": any(isinstance(tag, int) for tag in used),
        "features": Features(
            {name: dataset.features[name] for name in (schema.tokens, schema.tags)}
        ),
    }


def _usual_scheme(rows: Sequence[Any], names: tuple[str, ...]) -> TagScheme | None:
    """The scheme of most rows, spelt as in all of them; ``None`` if there is no mention."""
    known = dict(enumerate(names))
    found = Counter(
        tag_schemes.detect([known.get(tag, tag) for tag in row], names) for row in rows if row
    )
    decided = [scheme for scheme, _ in found.most_common() if not scheme.is_open]
    return decided[0] if decided else None


def _letters(tags: Iterable[str], scheme: TagScheme) -> set[str]:
    return {split_tag(tag, scheme.spelling)[0] for tag in tags}


def digest_of(tokens: Sequence[str]) -> str:
    """A hash of a sentence."""
    text = " ".join(tokens).encode(errors="surrogatepass")
    return blake2b(text, digest_size=8).hexdigest()


def _left_out(
    new: Example, seen: set[str], filters: Sequence[FilterFunction], facts: Mapping[str, Any]
) -> str | None:
    if digest_of(new.tokens) in seen:
        return "same as a known sentence"
    try:
        tags = set(_tags(new, facts))
    except ValueError:  # IO, for two mentions side by side
        return "tags cannot express it"
    names, letters, scheme = facts["label_names"], facts["letters"], facts["scheme"]
    if names and not tags <= set(names):
        return "a tag that the data set has not"
    if letters and not _letters(tags, scheme) <= letters:
        return "a tag that the data set has not"
    for each in filters:
        if not all(each([new], [new])):
            return f"filtered out by {name_of(each)}"
    return None


def _tags(example: Example, facts: Mapping[str, Any]) -> Sequence[str]:
    return tag_schemes.from_spans(example.spans, len(example.tokens), facts["scheme"])


def _rows(
    made: Sequence[Example], facts: Mapping[str, Any], provenance: str | None, by: str
) -> Dataset:
    from datasets import Dataset, Features, Value

    names = facts["label_names"]
    tags = [_tags(example, facts) for example in made]
    columns: dict[str, list[Any]] = {
        facts["tokens_column"]: [list(example.tokens) for example in made],
        facts["tags_column"]: [[names.index(tag) for tag in row] for row in tags]
        if facts["integers"]
        else tags,
    }
    features = Features(facts["features"])
    if provenance is not None:
        columns[provenance] = [by] * len(made)
        features[provenance] = Value("string")
    return Dataset.from_dict(columns, features=features)
