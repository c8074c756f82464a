"""textaug: more labelled text, with every label still right.

>>> from textaug import NoiseInjection
>>> row = {"tokens": ["Ann", "lives", "in", "Rome"], "ner_tags": ["B-PER", "O", "O", "B-LOC"]}
>>> NoiseInjection(seed=4)(row)["ner_tags"]
['B-PER', 'O', 'O', 'B-LOC']
"""

from textaug.augmenter import Augmenter
from textaug.back_translation import BackTranslation
from textaug.balance import Balance, balanced
from textaug.case import CaseVariants
from textaug.collator import AugmentingDataCollator
from textaug.compose import Compose, OneOf, SomeOf
from textaug.describe import Description, describe
from textaug.example import Augmented, Edit, Example, Rejected, Span, apply_edits
from textaug.expand import Expander, expand
from textaug.filters import (
    Filtered,
    NoUnlabelledNames,
    Novelty,
    Perplexity,
    Similarity,
    TeacherAgreement,
)
from textaug.generation import SentenceGenerator
from textaug.hardest import Hardest
from textaug.label_conditioned import LabelConditionedMLM
from textaug.masked_lm import MaskedLMSubstitution
from textaug.mentions import MentionReplacement
from textaug.noise import NoiseInjection
from textaug.nominals import NominalPhrases
from textaug.policy import default_policy
from textaug.search import search
from textaug.segments import (
    LabelWiseReplacement,
    SegmentExchange,
    SegmentShuffle,
    SentenceJoining,
)
from textaug.synonyms import SynonymReplacement

__version__ = "0.1.0"

__all__ = [
    "Augmented",
    "Augmenter",
    "AugmentingDataCollator",
    "BackTranslation",
    "Balance",
    "CaseVariants",
    "Compose",
    "Description",
    "Edit",
    "Example",
    "Expander",
    "Filtered",
    "Hardest",
    "LabelConditionedMLM",
    "LabelWiseReplacement",
    "MaskedLMSubstitution",
    "MentionReplacement",
    "NoUnlabelledNames",
    "NoiseInjection",
    "NominalPhrases",
    "Novelty",
    "OneOf",
    "Perplexity",
    "Rejected",
    "SegmentExchange",
    "SegmentShuffle",
    "SentenceGenerator",
    "SentenceJoining",
    "Similarity",
    "SomeOf",
    "Span",
    "SynonymReplacement",
    "TeacherAgreement",
    "apply_edits",
    "balanced",
    "default_policy",
    "describe",
    "expand",
    "search",
]
