"""Augmenters by name, as they are written in a shell: ``noise:p=0.05``, ``mentions+synonyms``."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textaug.augmenters.back_translation import BackTranslation
from textaug.augmenters.case_variants import CaseVariants
from textaug.augmenters.default_policy import default_policy
from textaug.augmenters.label_conditioned import LabelConditionedMLM
from textaug.augmenters.label_wise import LabelWiseReplacement
from textaug.augmenters.masked_lm import MaskedLMSubstitution
from textaug.augmenters.mentions import MentionReplacement
from textaug.augmenters.noise import NoiseInjection
from textaug.augmenters.nominal_phrases import NominalPhrases
from textaug.augmenters.segments import SegmentExchange, SegmentShuffle
from textaug.augmenters.sentence_joining import SentenceJoining
from textaug.augmenters.synonyms import SynonymReplacement
from textaug.core.augmenter import Augmenter
from textaug.core.compose import Compose, OneOf
from textaug.core.filter import Filter
from textaug.core.state import constructor_parameters
from textaug.filters.lexical import NoUnlabelledNames, Novelty
from textaug.filters.with_model import Perplexity, Similarity, TeacherAgreement

if TYPE_CHECKING:
    from datasets import Dataset


AUGMENTERS: dict[str, type[Augmenter]] = {
    "synonyms": SynonymReplacement,
    "noise": NoiseInjection,
    "masked-lm": MaskedLMSubstitution,
    "back-translation": BackTranslation,
    "mentions": MentionReplacement,
    "label-wise": LabelWiseReplacement,
    "shuffle": SegmentShuffle,
    "segments": SegmentExchange,
    "joining": SentenceJoining,
    "case": CaseVariants,
    "melm": LabelConditionedMLM,
    "nominals": NominalPhrases,
}
# These learn from the data that they augment, and are told of nothing else.
_LEARNT: dict[str, Callable[..., Augmenter]] = {
    "default": default_policy,
    "mentions": MentionReplacement.from_dataset,
    "label-wise": LabelWiseReplacement.from_dataset,
    "segments": SegmentExchange.from_dataset,
    "joining": SentenceJoining.from_dataset,
    "melm": LabelConditionedMLM.from_dataset,
}
FILTERS: dict[str, type[Filter]] = {
    "novelty": Novelty,
    "unlabelled-names": NoUnlabelledNames,
    "similarity": Similarity,
    "perplexity": Perplexity,
    "teacher": TeacherAgreement,
}
_FROM_DATA = ("pools", "words", "segments", "sentences")
_OTHER_NAMES = {
    "back-translation": {"pivot": "pivots", "n_best": "num_candidates"},
    "melm": {name: name for name in ("epochs", "batch_size", "learning_rate", "mask", "cache_dir")},
}


def build(spec: str, train: Dataset | None, seed: int = 0, **settings: Any) -> Augmenter:
    """The augmenter that a short text stands for.

    Args:
        spec: a name (see ``AUGMENTERS``), and after a colon its arguments, if any:
            ``noise:p=0.05,target=all``. A value is a JSON or Python literal, and else a plain
            word. ``back-translation`` also takes ``pivot`` for ``pivots`` and ``n_best`` for
            ``num_candidates``. ``a+b`` applies both to every copy (:class:`~textaug.Compose`),
            ``a|b`` one of them (:class:`~textaug.OneOf`). ``default`` is
            :func:`~textaug.default_policy`, ``default:robust=true`` its robust variant.
        train: what ``default``, ``mentions``, ``label-wise``, ``segments``, ``joining`` and
            ``melm`` learn from.
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
    name, _, options = spec.partition(":")
    if name == "default":
        known = ["robust"]
    elif name in AUGMENTERS:
        known = [*constructor_parameters(AUGMENTERS[name]), *_OTHER_NAMES.get(name, ())]
    else:
        raise ValueError(f"{spec!r}: choose from default, {', '.join(AUGMENTERS)}")
    options_given = _options(spec, options, [key for key in known if key not in _FROM_DATA])
    other = _OTHER_NAMES.get(name, {})
    given: dict[str, Any] = {"seed": seed, **settings}
    given |= {other.get(key, key): value for key, value in options_given.items()}
    try:
        if name in _LEARNT:
            return _LEARNT[name](train, **given)
        return AUGMENTERS[name](**given)
    except TypeError as error:  # a word where a number is needed, say
        raise ValueError(f"{spec!r}: {error}") from error


def build_filter(spec: str, train: Dataset | None = None) -> Filter:
    """The filter that a short text stands for.

    Args:
        spec: a name (see ``FILTERS``), and after a colon its arguments, if any, as :func:`build`
            takes them: ``novelty:maximum=0.9``, ``teacher:model=runs/tagger``.
        train: where ``unlabelled-names`` gets its names from.

    Raises:
        ValueError: if there is no filter of that name, if it has no such argument, or needs one
            that is not given.

    >>> build_filter("novelty:maximum=0.9")
    Novelty(maximum=0.9)
    """
    name, _, options = spec.partition(":")
    if name not in FILTERS:
        raise ValueError(f"{spec!r}: choose from {', '.join(FILTERS)}")
    made = FILTERS[name]
    if made is NoUnlabelledNames:
        _options(spec, options, [])
        return NoUnlabelledNames.from_dataset(train) if train else NoUnlabelledNames([])
    given = _options(spec, options, [f.name for f in fields(made) if f.init])
    try:
        return made(**given)
    except TypeError as error:  # an argument that is missing, say
        raise ValueError(f"{spec!r}: {error}") from error


def _options(spec: str, text: str, known: Sequence[str]) -> dict[str, Any]:
    """What stands behind the colon: ``p=0.05,target=all``."""
    found = {}
    for option in re.split(r",(?=\w+=)", text) if text else ():
        key, sign, value = option.partition("=")
        if not sign:
            raise ValueError(f"{spec!r}: {option!r} is no key=value")
        if key not in known:
            free = f"choose from {', '.join(known)}" if known else "it takes none"
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
    """An augmenter's ``repr``, without the words and sentences that it was given or has learnt.

    Of a model's folder only the name is shown, not where it lies on this machine.

    >>> outline(OneOf([MentionReplacement({"PER": ["Ann Lee", "Bo"]}), NoiseInjection(p=0.2)]))
    'OneOf(augmenters=[MentionReplacement(pools={…}), NoiseInjection(p=0.2)])'
    """
    shown = []
    for name, value in augmenter.arguments(changed_only=True).items():
        if isinstance(value, dict):
            text = "{…}"
        elif isinstance(value, list) and value and isinstance(value[0], Augmenter):
            text = f"[{', '.join(map(outline, value))}]"
        elif isinstance(value, list) and value and isinstance(value[0], Filter):
            text = f"[{', '.join(map(_outline_of_filter, value))}]"
        elif isinstance(value, list) and value and isinstance(value[0], list):
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
