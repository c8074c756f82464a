"""Augmenters by name, as they are written in a shell: ``noise:p=0.05``, ``mentions+synonyms``."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textaug.augmenter import Augmenter, _parameters
from textaug.back_translation import BackTranslation
from textaug.case import CaseVariants
from textaug.compose import Compose, OneOf
from textaug.label_conditioned import LabelConditionedMLM
from textaug.masked_lm import MaskedLMSubstitution
from textaug.mentions import MentionReplacement
from textaug.noise import NoiseInjection
from textaug.nominals import NominalPhrases
from textaug.policy import default_policy
from textaug.segments import (
    LabelWiseReplacement,
    SegmentExchange,
    SegmentShuffle,
    SentenceJoining,
)
from textaug.synonyms import SynonymReplacement

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
            :func:`~textaug.default_policy`, without arguments.
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
    if spec == "default":
        return _LEARNT[spec](train, seed=seed, **settings)
    if name not in AUGMENTERS:
        raise ValueError(f"{spec!r}: choose from default, {', '.join(AUGMENTERS)}")
    made: type[Augmenter] = AUGMENTERS[name]
    known = [*_parameters(made), *_OTHER_NAMES.get(name, ())]
    given: dict[str, Any] = {"seed": seed, **settings}
    for option in re.split(r",(?=\w+=)", options) if options else ():
        key, sign, value = option.partition("=")
        if not sign:
            raise ValueError(f"{spec!r}: {option!r} is no key=value")
        if key not in known or key in _FROM_DATA:
            free = ", ".join(key for key in known if key not in _FROM_DATA)
            raise ValueError(f"{spec!r}: there is no {key!r}; choose from {free}")
        given[_OTHER_NAMES.get(name, {}).get(key, key)] = _value(value)
    try:
        return _LEARNT[name](train, **given) if name in _LEARNT else made(**given)
    except TypeError as error:  # a word where a number is needed, say
        raise ValueError(f"{spec!r}: {error}") from error


def _value(text: str) -> Any:
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text)
        except (ValueError, SyntaxError):
            continue
    return text


def outline(augmenter: Augmenter) -> str:
    """An augmenter's ``repr``, without the words and sentences that it was given or has learnt.

    >>> outline(OneOf([MentionReplacement({"PER": ["Ann Lee", "Bo"]}), NoiseInjection(p=0.2)]))
    'OneOf(augmenters=[MentionReplacement(pools={…}), NoiseInjection(p=0.2)])'
    """
    shown = []
    for name, value in augmenter.arguments(changed_only=True).items():
        if isinstance(value, dict):
            text = "{…}"
        elif isinstance(value, list) and value and isinstance(value[0], Augmenter):
            text = f"[{', '.join(map(outline, value))}]"
        elif isinstance(value, list) and value and isinstance(value[0], list):
            text = "[…]"  # sentences
        elif isinstance(value, Augmenter):
            text = outline(value)
        else:
            text = repr(value)
        shown.append(f"{name}={text}")
    return f"{type(augmenter).__name__}({', '.join(shown)})"
