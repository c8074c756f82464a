"""textaug: more labelled text, with every label still right.

>>> from textaug import NoiseInjection
>>> row = {"tokens": ["Ann", "lives", "in", "Rome"], "ner_tags": ["B-PER", "O", "O", "B-LOC"]}
>>> NoiseInjection(seed=4)(row)["ner_tags"]
['B-PER', 'O', 'O', 'B-LOC']
"""

from textaug.augmenters.back_translation import BackTranslation
from textaug.augmenters.case_variants import CaseVariants
from textaug.augmenters.default_policy import default_policy
from textaug.augmenters.generation import generate
from textaug.augmenters.label_wise import LabelWiseReplacement
from textaug.augmenters.llm_rewriting import LLMRewriting
from textaug.augmenters.masked_lm import MaskedLMSubstitution
from textaug.augmenters.mentions import MentionReplacement
from textaug.augmenters.noise import NoiseInjection
from textaug.augmenters.nominal_phrases import NominalPhrases
from textaug.augmenters.policy_plan import policy_plan
from textaug.augmenters.pseudonyms import Pseudonymization
from textaug.augmenters.segments import SegmentExchange, SegmentShuffle
from textaug.augmenters.sentence_joining import SentenceJoining
from textaug.augmenters.synonyms import SynonymReplacement
from textaug.core.augmenter import Augmenter, Filtered
from textaug.core.compose import Compose, OneOf, SomeOf
from textaug.core.example import Augmented, Edit, Example, Rejected, Span, apply_edits
from textaug.core.expander import Expander
from textaug.evaluation.audit import Audit, audit
from textaug.evaluation.check import Problem, check
from textaug.evaluation.describe import Description, describe
from textaug.evaluation.label_errors import LabelError, LabelErrors, label_errors
from textaug.evaluation.search import search
from textaug.evaluation.self_training import SelfTraining, self_train
from textaug.filters.labels import KeepLabel
from textaug.filters.lexical import NoUnlabelledNames, Novelty
from textaug.filters.with_model import Perplexity, Similarity, TeacherAgreement
from textaug.io.load import load
from textaug.pipeline.balance import Balance, balanced
from textaug.pipeline.collator import AugmentingDataCollator
from textaug.pipeline.expand import expand
from textaug.pipeline.text_collator import AugmentingTextCollator
from textaug.runs.push import push

__version__ = "0.1.0"

__all__ = [
    "Audit",
    "Augmented",
    "Augmenter",
    "AugmentingDataCollator",
    "AugmentingTextCollator",
    "BackTranslation",
    "Balance",
    "CaseVariants",
    "Compose",
    "Description",
    "Edit",
    "Example",
    "Expander",
    "Filtered",
    "KeepLabel",
    "LLMRewriting",
    "LabelError",
    "LabelErrors",
    "LabelWiseReplacement",
    "MaskedLMSubstitution",
    "MentionReplacement",
    "NoUnlabelledNames",
    "NoiseInjection",
    "NominalPhrases",
    "Novelty",
    "OneOf",
    "Perplexity",
    "Problem",
    "Pseudonymization",
    "Rejected",
    "SegmentExchange",
    "SegmentShuffle",
    "SelfTraining",
    "SentenceJoining",
    "Similarity",
    "SomeOf",
    "Span",
    "SynonymReplacement",
    "TeacherAgreement",
    "apply_edits",
    "audit",
    "balanced",
    "check",
    "default_policy",
    "describe",
    "expand",
    "generate",
    "label_errors",
    "load",
    "policy_plan",
    "push",
    "search",
    "self_train",
]
