"""How many of the mentions ranked first are wrong, beside cleanlab's own ranking.

    python -m benchmarks.label_errors types ../shared/data/conll2003
    python -m benchmarks.label_errors testa ../shared/data/conll2003 \
        --truth ../shared/data/label_errors/eng.testa.tsv
    python -m benchmarks.label_errors found ../shared/data/conll2003
    python -m benchmarks.label_errors regained ../shared/data/conll2003

``types`` gives 5% of the mentions of 1,000 sentences of ``eng.train`` a wrong type; the ranking was
chosen on it. ``testa`` looks for the sentences of ``eng.testa`` whose tags experts corrected later
(CleanCoNLL); nothing was chosen on it. ``regained`` labels 10% of the mentions of 400 sentences of
``eng.train`` wrong (a third each: another type, no label, one word more or less), and trains
taggers of the sample as it was, with errors, without the sentences in which ``label_errors`` is 95%
sure of an error, without these labels alone, and without the sentences that are wrong in truth,
which is the most that leaving out can give; 1,000 sentences of ``eng.testa`` judge them.
``found`` only looks for these errors, in other samples, with and without augmented copies in the
training of the taggers that look for them.
cleanlab, for the comparison, is in the extra ``errors``.
``--predictions FILE`` keeps the out-of-sample probabilities, or reads them if they are there.
``--models`` looks for the errors with other encoders (folders; "minilm" is the default one), whose
mean counts; these figures stand beside the others. ``--copies``, for ``regained``, looks for them
with taggers that also train on copies of the default policy.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any

import numpy as np
from datasets import ClassLabel, Dataset, Features, List, Value

from recipes.ner.results import commit
from textaug import LabelErrors, Span, default_policy, label_errors, offline
from textaug.core import tag_schemes
from textaug.core.example import Example
from textaug.core.reading import read_examples
from textaug.corpora import load_conll
from textaug.evaluation.out_of_sample import label_names, out_of_sample

RESULTS = Path(__file__).parent / "results" / "label_errors" / "results.json"
SENTENCES, SHARE, SEED = 1_000, 0.05, 7  # of wrong types
SAMPLE, SHARE_IN_SAMPLE, JUDGES = 400, 0.1, 1_000  # of the taggers
MENDED = ("left out", "unlabelled", "exactly the wrong ones left out")
ARMS = ("right", "wrong", *MENDED)
SURE = 0.95  # confidence from which on a sentence is left out; chosen on other seeds, from 100 on
DEVELOPMENT = 100  # first seed of ``found``; those of ``regained`` begin at 0
FIRST = (100, 400)  # sentences, whose precision is given
METHODS = ("self_confidence", "normalized_margin", "confidence_weighted_entropy")

Predictions = tuple[list[str], list[Any]]


def kept(path: Path | None, examples: Sequence[Example], model: list[str] | None) -> Predictions:
    """The probabilities of a file, or new ones, which are written into it."""
    if path is not None and path.exists():
        with np.load(path) as file:
            cuts = np.cumsum(file["lengths"])[:-1]
            return [str(label) for label in file["labels"]], np.split(file["probs"], cuts)
    labels, scores = out_of_sample(examples, model=model, show_progress_bar=True)
    if path is not None:
        lengths = [len(each) for each in scores]
        np.savez(path, labels=np.array(labels), lengths=lengths, probs=np.concatenate(scores))
    return labels, scores


def as_dataset(examples: Sequence[Example]) -> Dataset:
    """Tokens and IOB2 tags."""
    tags = [tag_schemes.from_spans(e.spans, len(e.tokens), "IOB2") for e in examples]
    return Dataset.from_dict({"tokens": [list(e.tokens) for e in examples], "ner_tags": tags})


def of_cleanlab(examples: Sequence[Example], predictions: Predictions) -> dict[str, list[int]]:
    """The rows as cleanlab ranks them, by each of its ways to score a token."""
    from cleanlab.token_classification.rank import get_label_quality_scores

    labels, scores = predictions
    number = {label: i for i, label in enumerate(labels)}
    given = [
        [number[tag] for tag in tag_schemes.from_spans(e.spans, len(e.tokens), "IOB2")]
        for e in examples
    ]
    exact = [each.astype(float) for each in scores]
    found = {}
    for method in METHODS:
        quality, _ = get_label_quality_scores(given, exact, token_score_method=method)
        found[f"cleanlab, {method}"] = [int(row) for row in np.argsort(quality, kind="stable")]
    return found


def figures(ranked: Sequence[int], wrong: set[int]) -> dict[str, float]:
    """Precision of the first sentences, and average precision over all."""
    hits = np.array([row in wrong for row in ranked])
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    chance = len(wrong) / len(ranked)
    average = float(precision[hits].mean())
    return {
        **{f"precision of {n}": round(float(hits[:n].mean()), 3) for n in FIRST},
        "average precision": round(average, 3),
        "times chance": round(average / chance, 2),
    }


def compare(
    examples: Sequence[Example], predictions: Predictions, wrong: set[int]
) -> tuple[LabelErrors, dict[str, Any]]:
    """Our ranking of the sentences, and cleanlab's."""
    errors = label_errors(as_dataset(examples), predictions=predictions)
    rankings = {"textaug": errors.rows(), **of_cleanlab(examples, predictions)}
    return errors, {name: figures(ranked, wrong) for name, ranked in rankings.items()}


def with_wrong_types(examples: Sequence[Example]) -> tuple[list[Example], set[tuple[int, int]]]:
    """Some of the examples, and which of their mentions, by row and start, have a wrong type."""
    rng = Random(SEED)
    some = rng.sample(list(examples), SENTENCES)
    mentions = [(row, i) for row, example in enumerate(some) for i in range(len(example.spans))]
    types = sorted({span.label for example in some for span in example.spans})
    wrong = set()
    for row, i in rng.sample(mentions, round(SHARE * len(mentions))):
        spans = list(some[row].spans)
        start, end, label = spans[i]
        spans[i] = Span(start, end, rng.choice([each for each in types if each != label]))
        some[row] = some[row]._replace(spans=tuple(spans))
        wrong.add((row, start))
    return some, wrong


def types(folder: Path, path: Path | None, model: list[str] | None) -> dict[str, Any]:
    """Wrong types found among the first errors, twice as many as there are."""
    examples, wrong = with_wrong_types(read_examples(load_conll(folder / "eng.train"), "train", {}))
    predictions = kept(path, examples, model)
    errors, compared = compare(examples, predictions, {row for row, _ in wrong})
    listed = {
        "all kinds": [(error.row, error.start) for error in errors],
        "types alone": [(error.row, error.start) for error in errors if error.kind == "type"],
    }
    found = {
        name: round(len(wrong & set(places[: 2 * len(wrong)])) / len(wrong), 3)
        for name, places in listed.items()
    }
    return {
        "sentences": len(examples),
        "wrong": len(wrong),
        "found in twice as many": found,
        "sentences ranked": compared,
    }


def testa(folder: Path, truth: Path, path: Path | None, model: list[str] | None) -> dict[str, Any]:
    """The sentences that experts corrected, in the ranking of all."""
    examples = read_examples(load_conll(folder / "eng.testa"), "train", {})
    wrong = {int(line.split("\t")[0]) for line in truth.read_text().splitlines()}
    _, compared = compare(examples, kept(path, examples, model), wrong)
    return {"sentences": len(examples), "wrong": len(wrong), "sentences ranked": compared}


def with_wrong_mentions(examples: Sequence[Example], rng: Random) -> list[Example]:
    """The examples with a share of wrong mentions, of three kinds in turn."""
    some = list(examples)
    types = sorted({span.label for example in some for span in example.spans})
    mentions = [(row, span) for row, example in enumerate(some) for span in example.spans]
    wrong = rng.sample(mentions, round(SHARE_IN_SAMPLE * len(mentions)))
    for i, (row, (start, end, label)) in enumerate(wrong):
        others = [span for span in some[row].spans if span != (start, end, label)]
        free = set(range(len(some[row].tokens))) - {
            token for span in others for token in range(span.start, span.end)
        }
        new = {
            0: [Span(start, end, rng.choice([each for each in types if each != label]))],
            1: [],
            2: [Span(start, end - 1, label) if end - start > 1 else Span(start, end + 1, label)],
        }[i % 3]
        if all(set(range(span.start, span.end)) <= free for span in new):
            some[row] = some[row]._replace(spans=tuple(sorted([*others, *new])))
    return some


def sample_with_errors(
    train: Sequence[Example], seed: int
) -> tuple[list[Example], list[Example], set[int]]:
    """A sample as it is and with wrong mentions, and the rows that have one."""
    rng = Random(seed)
    right = rng.sample(train, SAMPLE)
    wrong = with_wrong_mentions(right, rng)
    return right, wrong, {row for row in range(SAMPLE) if wrong[row] != right[row]}


def errors_found(folder: Path, seeds: int, model: list[str] | None) -> dict[str, Any]:
    """How many sentences are wrong in which an error is seen, and how many of these are found."""
    train = read_examples(load_conll(folder / "eng.train"), "train", {})
    made: dict[str, list[Any]] = {"plain": [], "with copies": []}
    wrong_rows = []
    for seed in range(DEVELOPMENT, DEVELOPMENT + seeds):
        _, wrong, changed = sample_with_errors(train, seed)
        wrong_rows.append(len(changed))
        for name, augmenter in (("plain", None), ("with copies", default_policy)):
            start = time.perf_counter()
            errors = label_errors(
                as_dataset(wrong),
                model=model,
                augmenter=augmenter,
                seed=seed,
                show_progress_bar=False,
            )
            suspects = {error.row for error in errors if error.confidence > SURE}
            made[name].append(
                {
                    "rows": len(suspects),
                    "of these wrong": len(suspects & changed),
                    "seconds": round(time.perf_counter() - start),
                    **figures(errors.rows(), changed),
                }
            )
            print(seed, name, made[name][-1], flush=True)
    return {"sentences": SAMPLE, "seeds": seeds, "rows wrong": wrong_rows, **made}


def regained(
    folder: Path, seeds: int, before: dict[str, Any], model: list[str] | None, copies: bool
) -> Iterator[dict[str, Any]]:
    """F1 of taggers: of a sample, of the same with errors, and without what looks like one.

    Without the sentences in which something looks wrong ("left out"), or only without the labels
    that do ("unlabelled"). Seeds of ``before`` are not repeated.
    """
    from textaug.evaluation.tagger_f1 import TaggerF1

    train = read_examples(load_conll(folder / "eng.train"), "train", {})
    test = read_examples(load_conll(folder / "eng.testa"), "train", {})
    labels = label_names(train)
    features = Features(tokens=List(Value("string")), ner_tags=List(ClassLabel(names=labels)))
    judges = as_dataset(Random(0).sample(test, JUDGES)).cast(features)
    runs: list[dict[str, Any]] = before.get("runs", []) if before.get("sentences") == SAMPLE else []
    for seed in range(len(runs), seeds):
        right, wrong, changed = sample_with_errors(train, seed)
        errors = label_errors(
            as_dataset(wrong),
            model=model,
            augmenter=default_policy if copies else None,
            seed=seed,
            show_progress_bar=False,
        )
        suspects = {error.row for error in errors if error.confidence > SURE}
        samples = {
            "right": right,
            "wrong": wrong,
            "left out": [example for row, example in enumerate(wrong) if row not in suspects],
            MENDED[-1]: [example for row, example in enumerate(wrong) if row not in changed],
        }
        made = {name: as_dataset(sample).cast(features) for name, sample in samples.items()}
        made["unlabelled"] = errors.unlabelled(made["wrong"], SURE)
        scores = {name: round(TaggerF1()(made[name], judges, None, 1, seed), 2) for name in ARMS}
        counts = {
            "rows wrong": len(changed),
            "rows left out": len(suspects),
            "of these wrong": len(suspects & changed),
        }
        print(seed, counts, scores, flush=True)
        runs.append({"seed": seed, **counts, "f1": scores, "commit": commit()})
        mean = {name: fmean(run["f1"][name] for run in runs) for name in ARMS}
        cost = mean["right"] - mean["wrong"]
        back = {
            name: round((mean[name] - mean["wrong"]) / cost, 2) if cost > 0 else None
            for name in MENDED
        }
        yield {"sentences": SAMPLE, "runs": runs, "cost": round(cost, 2), "regained": back}


def main() -> None:
    """Do one part, and write its figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("part", choices=("types", "testa", "found", "regained"))
    parser.add_argument("folder", type=Path, help="of eng.train and eng.testa")
    parser.add_argument("--truth", type=Path, help="for testa: the corrected sentences")
    parser.add_argument("--predictions", type=Path, metavar="FILE.npz")
    parser.add_argument("--models", nargs="+", metavar="FOLDER", help="encoders")
    parser.add_argument("--seeds", type=int, default=3, help="for found and regained")
    parser.add_argument("--copies", action="store_true", help="for regained")
    arguments = parser.parse_args()
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    parts = [arguments.part, *(Path(each).name for each in arguments.models or ())]
    name = ", ".join(parts + ["copies"] * arguments.copies)
    encoders = arguments.models and [
        offline.encoder() if each == "minilm" else each for each in arguments.models
    ]
    made: Iterable[dict[str, Any]]
    if arguments.part == "regained":
        before = results.get(name, {})
        made = regained(arguments.folder, arguments.seeds, before, encoders, arguments.copies)
    elif arguments.part == "found":
        made = [errors_found(arguments.folder, arguments.seeds, encoders)]
    elif arguments.part == "types":
        made = [types(arguments.folder, arguments.predictions, encoders)]
    elif arguments.truth is None:
        parser.error("testa needs --truth")
    else:
        made = [testa(arguments.folder, arguments.truth, arguments.predictions, encoders)]
    packages = ("torch", "transformers") + ("cleanlab",) * (arguments.part in ("types", "testa"))
    for each in made:
        each |= {"commit": commit(), "machine": platform.machine(), "cpus": os.cpu_count()}
        each["versions"] = {name: version(name) for name in packages}
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        RESULTS.write_text(json.dumps(results | {name: each}, indent=1) + "\n")
        print(json.dumps(each, indent=1))


if __name__ == "__main__":
    main()
