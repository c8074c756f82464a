"""textaug: more labelled text, with every label still right.

>>> from textaug import NoiseInjection
>>> row = {"tokens": ["Ann", "lives", "in", "Rome"], "ner_tags": ["B-PER", "O", "O", "B-LOC"]}
>>> NoiseInjection(seed=4)(row)["ner_tags"]
['B-PER', 'O', 'O', 'B-LOC']
"""

from textaug.augmenter import Augmenter
from textaug.back_translation import BackTranslation
from textaug.collator import AugmentingDataCollator
from textaug.compose import Compose, OneOf, SomeOf
from textaug.example import Augmented, Edit, Example, Rejected, Span, apply_edits
from textaug.expand import Expander, expand
from textaug.generation import SentenceGenerator
from textaug.label_conditioned import LabelConditionedMLM
from textaug.masked_lm import MaskedLMSubstitution
from textaug.mentions import MentionReplacement
from textaug.noise import NoiseInjection
from textaug.search import search
from textaug.segments import LabelWiseReplacement, SegmentShuffle
from textaug.synonyms import SynonymReplacement

__version__ = "0.1.0"

__all__ = [
    "Augmented",
    "Augmenter",
    "AugmentingDataCollator",
    "BackTranslation",
    "Compose",
    "Edit",
    "Example",
    "Expander",
    "LabelConditionedMLM",
    "LabelWiseReplacement",
    "MaskedLMSubstitution",
    "MentionReplacement",
    "NoiseInjection",
    "OneOf",
    "Rejected",
    "SegmentShuffle",
    "SentenceGenerator",
    "SomeOf",
    "Span",
    "SynonymReplacement",
    "apply_edits",
    "expand",
    "search",
]
