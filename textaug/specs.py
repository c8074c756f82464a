"""Augmenters by name, as in the shell: ``noise:p=0.05``, ``mentions+synonyms``.

The two tables here are the only list of names: ``build``, the shell and its help, ``search`` and
the recipe read them. A new augmenter or filter needs one line.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textaug.augmenters.back_translation import BackTranslation
from textaug.augmenters.case_variants import CaseVariants
from textaug.augmenters.default_policy import default_policy
from textaug.augmenters.label_wise import LabelWiseReplacement
from textaug.augmenters.llm_rewriting import LLMRewriting
from textaug.augmenters.masked_lm import MaskedLMSubstitution
from textaug.augmenters.mentions import MentionReplacement
from textaug.augmenters.noise import NoiseInjection
from textaug.augmenters.nominal_phrases import NominalPhrases
from textaug.augmenters.pseudonyms import with_key_of_environment
from textaug.augmenters.segments import SegmentExchange, SegmentShuffle
from textaug.augmenters.sentence_joining import SentenceJoining
from textaug.augmenters.sentiment_phrases import SentimentPhrases
from textaug.augmenters.synonyms import SynonymReplacement
from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.compose import Compose, OneOf
from textaug.core.filter import Filter
from textaug.core.state import constructor_parameters
from textaug.core.validation import near
from textaug.filters.labels import KeepLabel
from textaug.filters.lexical import NoUnlabelledNames, Novelty
from textaug.filters.with_model import Perplexity, Similarity, TeacherAgreement

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


@dataclass(frozen=True)
class Entry:
    """An augmenter or filter that has a name.

    Attributes:
        make: its class, or a function that fits it on a data set (the first argument).
        help: one line for the shell.
        aliases: other names of arguments.
    """

    make: Callable[..., Any]
    help: str
    aliases: Mapping[str, str] = field(default_factory=dict)

    @property
    def learns(self) -> bool:
        """Whether it is fitted on the data set that it augments."""
        return "dataset" in inspect.signature(self.make).parameters

    def arguments(self) -> list[str]:
        """The arguments that may follow the colon: all except data and what is fitted on them."""
        owner = getattr(self.make, "__self__", self.make)  # the class of a `from_dataset`
        further: Iterable[str] = Settings.__annotations__
        if isinstance(owner, type):
            further = list(constructor_parameters(owner))[1 if self.learns else 0 :]
        own = [
            name
            for name, parameter in inspect.signature(self.make).parameters.items()
            if parameter.kind is not parameter.VAR_KEYWORD and name not in ("dataset", "split")
        ]
        return list(dict.fromkeys([*own, *further, *self.aliases]))


AUGMENTERS = {
    "default": Entry(default_policy, "the default policy, for names or sentiment in English"),
    "synonyms": Entry(SynonymReplacement, "words replaced by WordNet synonyms"),
    "noise": Entry(NoiseInjection, "typing errors, dropped and swapped words"),
    "masked-lm": Entry(MaskedLMSubstitution, "words predicted by a masked language model"),
    "back-translation": Entry(
        BackTranslation,
        "translated into another language and back",
        {"pivot": "pivots", "n_best": "num_candidates"},
    ),
    "llm": Entry(LLMRewriting, "in other words by a language model, mentions as slots"),
    "mentions": Entry(MentionReplacement.from_dataset, "mentions replaced by others of their type"),
    "label-wise": Entry(LabelWiseReplacement.from_dataset, "words replaced by others of their tag"),
    "shuffle": Entry(SegmentShuffle, "word order shuffled within segments of one label"),
    "segments": Entry(SegmentExchange.from_dataset, "segments exchanged between sentences"),
    "joining": Entry(SentenceJoining.from_dataset, "two sentences joined into one row"),
    "case": Entry(CaseVariants, "lower case, capitals and title case"),
    "nominals": Entry(
        NominalPhrases, "phrases such as 'carmaker' next to mentions, or instead of them"
    ),
    "sentiment": Entry(
        SentimentPhrases, "phrases such as 'witty and moving' beside texts labelled by sentiment"
    ),
    "pseudonyms": Entry(
        with_key_of_environment, "every name another one, by the key in TEXTAUG_KEY; all splits"
    ),
}
LEARN_FROM_ALL = {"pseudonyms"}  # splits, and not only from the one that is augmented
FILTERS = {
    "novelty": Entry(Novelty, "differs enough from the original"),
    "unlabelled-names": Entry(
        NoUnlabelledNames.from_dataset, "has no known name without its label"
    ),
    "similarity": Entry(Similarity, "means nearly the same, by sentence embeddings"),
    "perplexity": Entry(Perplexity, "is plausible to a masked language model"),
    "label": Entry(
        KeepLabel.from_dataset, "has the label of the sentence, by the data set's own sentences"
    ),
    "classifier": Entry(KeepLabel, "has the label of the sentence, by a trained classifier"),
    "teacher": Entry(TeacherAgreement, "has labels that a trained tagger agrees with"),
}


def build(
    spec: str, train: Dataset | DatasetDict | None, seed: int = 0, **settings: Any
) -> Augmenter:
    """The augmenter of a specification.

    Args:
        spec: a name (see ``AUGMENTERS``), and after a colon its arguments, if any:
            ``noise:p=0.05,target=all``. A value is a JSON or Python literal, and else a plain
            word. ``a+b`` applies both to every copy (:class:`~textaug.Compose`), ``a|b`` one of
            them (:class:`~textaug.OneOf`).
        train: the data set that some of them are fitted on.
        seed: of the augmenter.
        **settings: see :class:`~textaug.Augmenter`.

    Raises:
        ValueError: if there is no augmenter of that name, or if it has no such argument.

    >>> build("noise:p=0.3+synonyms", None, seed=1)
    Compose(augmenters=[NoiseInjection(p=0.3, seed=1), SynonymReplacement(seed=1)], seed=1)
    """
    for sign, composition in (("|", OneOf), ("+", Compose)):
        if sign in spec:
            parts = [build(part.strip(), train, seed, **settings) for part in spec.split(sign)]
            return composition(parts, seed=seed, **settings)
    made: Augmenter = _build(AUGMENTERS, spec, train, {"seed": seed, **settings})
    return made


def build_filter(spec: str, train: Dataset | None = None) -> Filter:
    """The filter of a specification.

    Args:
        spec: a name (see ``FILTERS``), and after a colon its arguments, if any, as :func:`build`
            takes them: ``novelty:maximum=0.9``, ``teacher:model=runs/tagger``.
        train: the data set with the names for ``unlabelled-names``.

    Raises:
        ValueError: if there is no filter of that name, if it has no such argument, or needs one
            that is not given.

    >>> build_filter("novelty:maximum=0.9")
    Novelty(maximum=0.9)
    """
    made: Filter = _build(FILTERS, spec, train, {})
    return made


def _build(
    table: Mapping[str, Entry],
    spec: str,
    train: Dataset | DatasetDict | None,
    settings: Mapping[str, Any],
) -> Any:
    name, _, options = spec.partition(":")
    if name not in table:
        raise ValueError(f"{spec!r}: {near(name, table)}choose from {', '.join(table)}")
    entry = table[name]
    given = {entry.aliases.get(k, k): v for k, v in _options(spec, options, entry).items()}
    if entry.learns and train is None:
        raise ValueError(f"{spec!r} is fitted on a data set; pass train=")
    data = (train,) if entry.learns else ()
    try:
        return entry.make(*data, **{**settings, **given})
    except TypeError as error:  # a word instead of a number, or a missing argument
        raise ValueError(f"{spec!r}: {error}") from error


def _options(spec: str, text: str, entry: Entry) -> dict[str, Any]:
    """The arguments after the colon: ``p=0.05,target=all``."""
    known = entry.arguments()
    found = {}
    for option in re.split(r",(?=\w+=)", text) if text else ():
        key, sign, value = option.partition("=")
        if not sign:
            raise ValueError(f"{spec!r}: {option!r} is not key=value")
        if key not in known:
            free = f"{near(key, known)}choose from {', '.join(known)}" if known else "it takes none"
            raise ValueError(f"{spec!r}: there is no {key!r}; {free}")
        found[key] = _value(value)
    return found


def _value(text: str) -> Any:
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text)
        except (ValueError, SyntaxError):
            continue
    return text


def outline(augmenter: Augmenter) -> str:
    """An augmenter's ``repr``, without its word lists and sentences.

    Of a model's folder only the name is shown, not its path on this machine.

    >>> outline(OneOf([MentionReplacement({"PER": ["Ann Lee", "Bo"]}), NoiseInjection(p=0.2)]))
    'OneOf(augmenters=[MentionReplacement(pools={…}), NoiseInjection(p=0.2)])'
    """
    shown = []
    for name, value in augmenter.arguments(changed_only=True).items():
        if name in augmenter.private:
            text = "…"
        elif isinstance(value, dict):
            text = "{…}"
        elif isinstance(value, list) and value and isinstance(value[0], Augmenter):
            text = f"[{', '.join(map(outline, value))}]"
        elif isinstance(value, list) and value and isinstance(value[0], Filter):
            text = f"[{', '.join(map(_outline_of_filter, value))}]"
        elif isinstance(value, (list, tuple)) and value and isinstance(value[0], (list, tuple)):
            text = "[…]"  # sentences
        elif isinstance(value, Augmenter):
            text = outline(value)
        elif isinstance(value, str) and Path(value).is_absolute():
            text = repr(f"…/{Path(value).name}")
        else:
            text = repr(value)
        shown.append(f"{name}={text}")
    return f"{type(augmenter).__name__}({', '.join(shown)})"


def _outline_of_filter(given: Filter) -> str:
    shown = [
        f"{f.name}={'[…]' if isinstance(value, (list, tuple)) else repr(value)}"
        for f in fields(given)
        if f.init and (value := getattr(given, f.name)) != f.default
    ]
    return f"{type(given).__name__}({', '.join(shown)})"
