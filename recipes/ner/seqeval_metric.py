"""`seqeval` as a local metric of `evaluate`, which needs no hub."""

from typing import Any

import datasets
import evaluate


class Seqeval(evaluate.Metric):
    """Precision, recall and F1 of whole mentions.

    The same arguments and results as ``evaluate.load("seqeval")``, whose script is on the hub.

    >>> metric = Seqeval()
    >>> tags = [["B-PER", "I-PER", "O"]]
    >>> metric.compute(predictions=tags, references=tags)["overall_f1"]
    1.0
    """

    def _info(self) -> evaluate.MetricInfo:
        tags = datasets.List(datasets.Value("string"))
        return evaluate.MetricInfo(
            description="Precision, recall and F1 of mentions, as the CoNLL shared tasks score.",
            citation="https://github.com/chakki-works/seqeval",
            inputs_description="predictions, references: a list of tags for each sentence",
            features=datasets.Features({"predictions": tags, "references": tags}),
        )

    def _compute(
        self,
        predictions: list[list[str]],
        references: list[list[str]],
        suffix: bool = False,
        scheme: str | None = None,
        mode: str | None = None,
        sample_weight: list[float] | None = None,
        zero_division: Any = 0,
    ) -> dict[str, Any]:
        import seqeval.scheme
        from seqeval.metrics import accuracy_score, classification_report

        report = classification_report(
            references,
            predictions,
            output_dict=True,
            suffix=suffix,
            scheme=getattr(seqeval.scheme, scheme) if scheme else None,
            mode=mode,
            sample_weight=sample_weight,
            zero_division=zero_division,
        )
        overall = report["micro avg"]
        scores: dict[str, Any] = {
            label: {
                "precision": float(row["precision"]),
                "recall": float(row["recall"]),
                "f1": float(row["f1-score"]),
                "number": int(row["support"]),
            }
            for label, row in report.items()
            if not label.endswith(" avg")
        }
        scores["overall_precision"] = float(overall["precision"])
        scores["overall_recall"] = float(overall["recall"])
        scores["overall_f1"] = float(overall["f1-score"])
        scores["overall_accuracy"] = float(accuracy_score(references, predictions))
        return scores
