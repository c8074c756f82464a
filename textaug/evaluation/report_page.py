"""The report as one HTML page: its figures; the template is in ``templates/``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from textaug.core.example import Example
from textaug.core.markup import STYLE as PREVIEW_STYLE
from textaug.core.markup import Pair, pairs_html, printable, types_in

TEMPLATES = Path(__file__).parent / "templates"
EXAMPLES_SHOWN = 8
NAMES_SHOWN = 12  # new mentions listed for each type
LENGTH_BINS = 24
LONGEST_SHARE = 0.995  # of the rows; the longest ones share the last bin
SHARE_BINS = 10


@dataclass(frozen=True)
class Side:
    """A data set before or after augmentation.

    Attributes:
        rows: number of rows.
        examples: the sentences; of text, one for each text column of a row.
        labels: how often each mention type, or each class, occurs.
        mentions: for each type the different mentions, and how often each occurs.
    """

    rows: int
    examples: list[Example]
    labels: Counter[str]
    mentions: dict[str, Counter[str]]

    @property
    def tokens(self) -> int:
        """Number of tokens."""
        return sum(len(example.tokens) for example in self.examples)

    @property
    def vocabulary(self) -> set[str]:
        """The different tokens."""
        return {token for example in self.examples for token in example.tokens}


@dataclass(frozen=True)
class Section:
    """A further table on the page.

    Attributes:
        title: of the section.
        text: what it shows, in a sentence.
        columns: their names.
        rows: a cell for each of them.
    """

    title: str
    text: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Report:
    """The result of :func:`measure`; :meth:`html` makes the page.

    Attributes:
        names: of the data set before and after.
        before: the data set before.
        after: the data set after.
        of_mentions: whether ``labels`` are mention types; otherwise classes of rows.
        pairs: copies with their originals; ``None`` if these are not known.
        kept: for each pair the share of tokens kept, 0..1 (2 × common tokens / tokens of both).
        meaning: for each pair the similarity in meaning, -1..1, if it was asked for.
        counts: number of copies by outcome, if known from ``textaug augment``.
        faults: number of damaged labels, before and after.
        sections: further tables.
    """

    names: tuple[str, str]
    before: Side
    after: Side
    of_mentions: bool
    pairs: list[Pair] | None
    kept: list[float]
    meaning: list[float]
    counts: Mapping[str, int] | None
    faults: tuple[int, int]
    sections: Sequence[Section] = ()

    def html(self) -> str:
        """The page: self-contained, light and dark, with everything from the data escaped."""
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
        from markupsafe import Markup

        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            # Before escaping: control characters are shown as their code.
            finalize=lambda value: value if hasattr(value, "__html__") else printable(str(value)),
        )
        environment.filters |= {"number": "{:,}".format, "percent": "{:.0%}".format}
        style = PREVIEW_STYLE + (TEMPLATES / "report.css").read_text(encoding="utf-8")
        figures = _figures(self)
        return environment.get_template("report.html").render(
            **figures, style=Markup(style), examples=Markup(_examples_html(self))
        )


def _figures(report: Report) -> dict[str, Any]:
    """The variables of the template."""
    before, after = report.before, report.after
    types = _mention_types(before, after)
    totals = [
        ("Rows", before.rows, after.rows),
        ("Words", before.tokens, after.tokens),
        ("Different words", len(before.vocabulary), len(after.vocabulary)),
    ]
    if report.of_mentions:
        was, now = (sum(map(len, side.mentions.values())) for side in (before, after))
        totals += [
            ("Mentions", before.labels.total(), after.labels.total()),
            ("Different mentions", was, now),
        ]
    return {
        "names": report.names,
        "before": before,
        "after": after,
        "of_mentions": report.of_mentions,
        "growth": after.rows / before.rows if before.rows else 0,
        "totals": totals,
        "faults": report.faults,
        **_label_shares(before.labels, after.labels),
        "lengths": _lengths(before.examples, after.examples),
        "types": types,
        "most_mentions": max((each["known"] + each["new"] for each in types), default=0),
        "new_mentions": sum(each["new"] for each in types),
        "pairs_known": report.pairs is not None,
        "words_kept": _distribution(report.kept),
        "makers": _makers(report),
        "meaning": _distribution(report.meaning),
        "outcomes": _outcomes(report.counts),
        "sections": report.sections,
    }


def _label_shares(before: Counter[str], after: Counter[str]) -> dict[str, Any]:
    total_before, total_after = max(before.total(), 1), max(after.total(), 1)
    shares = {label: (before[label] / total_before, n / total_after) for label, n in after.items()}
    return {
        "labels": [(label, before[label], n, *shares[label]) for label, n in after.most_common()],
        "largest_label": max(after.values(), default=0),
        "shift": max((abs(now - was) for was, now in shares.values()), default=0),
    }


def _mention_types(before: Side, after: Side) -> list[dict[str, Any]]:
    """For each type the number of known and of new distinct mentions, and some new ones."""
    types = []
    for label, found in sorted(after.mentions.items(), key=lambda item: -len(item[1])):
        new = sorted(found.keys() - before.mentions.get(label, {}).keys())
        shown = new[:: max(1, len(new) // NAMES_SHOWN)][:NAMES_SHOWN]
        types.append(
            {"name": label, "known": len(found) - len(new), "new": len(new), "shown": shown}
        )
    return types


def _lengths(before: Sequence[Example], after: Sequence[Example]) -> dict[str, Any] | None:
    """Two histograms of the tokens in a row, as SVG paths in a box of 100 × 40."""
    if not before or not after:
        return None
    lengths = [[len(example.tokens) for example in examples] for examples in (before, after)]
    both = sorted(lengths[0] + lengths[1])
    longest = both[int(LONGEST_SHARE * (len(both) - 1))]
    width = max(1, -(-(longest + 1) // LENGTH_BINS))
    bins = max(2, -(-(longest + 1) // width))
    shares = []
    for side in lengths:
        counts = Counter(min(length // width, bins - 1) for length in side)
        shares.append([counts[i] / len(side) for i in range(bins)])
    top = max(map(max, shares)) or 1
    paths = [_path(side, top) for side in shares]
    return {
        "medians": [median(side) for side in lengths],
        "top": top,
        "paths": list(zip(("before", "after"), paths, strict=True)),
        "ticks": [round(k * width * bins / 4) for k in range(4)],
        "end": width * bins,
    }


def _path(shares: Sequence[float], top: float) -> str:
    step = 100 / len(shares)
    points = ["M0 40"]
    for i, share in enumerate(shares):
        y = 40 - 39 * share / top
        points.append(f"L{i * step:.2f} {y:.2f} L{(i + 1) * step:.2f} {y:.2f}")
    return " ".join([*points, "L100 40"])


def _distribution(values: Sequence[float]) -> dict[str, Any] | None:
    """Number, median and histogram of shares, 0 % to 100 %."""
    if not values:
        return None
    bins = [min(max(int(value * SHARE_BINS + 1e-9), 0), SHARE_BINS - 1) for value in values]
    counts = Counter(bins)
    top, step = max(counts.values()), 100 // SHARE_BINS
    columns = [
        {
            "low": i * step,
            "high": (i + 1) * step,
            "count": counts[i],
            "height": 100 * counts[i] / top,
        }
        for i in range(SHARE_BINS)
    ]
    return {"count": len(values), "median": median(values), "columns": columns}


def _makers(report: Report) -> list[dict[str, Any]]:
    """Copies by augmenter, if a provenance column has it."""
    kept: dict[str, list[float]] = {}
    for pair, share in zip(report.pairs or (), report.kept, strict=True):
        if pair.by:
            kept.setdefault(pair.by, []).append(share)
    return [
        {"name": name, "copies": len(shares), "median": median(shares)}
        for name, shares in sorted(kept.items())
    ]


def _outcomes(counts: Mapping[str, int] | None) -> dict[str, Any] | None:
    if counts is None:
        return None
    reasons = [(reason, n) for reason, n in counts.items() if n > 0]
    changed = sum(n for reason, n in reasons if reason.startswith("changed"))
    doubles = sum(n for reason, n in reasons if reason.startswith("left out"))
    reasons.sort(key=lambda item: (not item[0].startswith("changed"), -item[1]))
    return {
        "made": changed - doubles,
        "asked": sum(n for _, n in reasons) - doubles,
        "reasons": reasons,
        "largest": max((n for _, n in reasons), default=0),
    }


def _examples_html(report: Report) -> str:
    """Pairs from the most changed to the least: the whole range, not the best ones."""
    if not report.pairs:
        return ""
    order = sorted(range(len(report.pairs)), key=lambda i: (report.kept[i], i))
    some = [order[k * (len(order) - 1) // (EXAMPLES_SHOWN - 1)] for k in range(EXAMPLES_SHOWN)]
    chosen = [report.pairs[i] for i in dict.fromkeys(some)]
    return pairs_html(chosen, types_in(chosen))
