from . import corpora as corpora
from . import offline as offline
from . import ray as ray
from .augmenters.back_translation import BackTranslation
from .augmenters.case_variants import CaseVariants
from .augmenters.default_policy import default_policy
from .augmenters.generation import generate
from .augmenters.label_wise import LabelWiseReplacement
from .augmenters.llm_rewriting import LLMRewriting
from .augmenters.masked_lm import MaskedLMSubstitution
from .augmenters.mentions import MentionReplacement
from .augmenters.noise import NoiseInjection
from .augmenters.nominal_phrases import NominalPhrases
from .augmenters.policy_plan import policy_plan
from .augmenters.pseudonyms import Pseudonymization
from .augmenters.segments import SegmentExchange, SegmentShuffle
from .augmenters.sentence_joining import SentenceJoining
from .augmenters.sentiment_phrases import SentimentPhrases
from .augmenters.synonyms import SynonymReplacement
from .core.augmenter import Augmenter, Filtered
from .core.compose import Compose, OneOf, SomeOf
from .core.example import Augmented, Edit, Example, Rejected, Span, apply_edits
from .core.expander import Expander
from .evaluation.audit import Audit, audit
from .evaluation.check import check
from .evaluation.describe import Description, describe
from .evaluation.label_errors import LabelError, LabelErrors, label_errors
from .evaluation.problems import Problem
from .evaluation.search import search
from .evaluation.self_training import SelfTraining, self_train
from .filters.labels import KeepLabel
from .filters.lexical import NoUnlabelledNames, Novelty
from .filters.with_model import Perplexity, Similarity, TeacherAgreement
from .io.load import load
from .pipeline.balance import Balance, balanced
from .pipeline.collator import AugmentingDataCollator
from .pipeline.expand import expand
from .pipeline.text_collator import AugmentingTextCollator
from .runs.push import push

__version__: str

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
    "SentimentPhrases",
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
