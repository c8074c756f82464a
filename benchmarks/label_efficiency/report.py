"""Tables and chart from the results of the label-efficiency benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import exp, log
from pathlib import Path
from statistics import fmean
from typing import Any

from recipes.ner.arguments import GOLD
from recipes.ner.report import POINTS, interval, source_of

POLICY = "default"
ROBUST = "default:robust=true"
Runs = Sequence[dict[str, Any]]


def f1_of(runs: Runs, steps: int, size: int, arm: str) -> dict[int, float]:
    """F1 by seed, in points."""
    return {
        run["seed"]: POINTS * run["f1"]
        for run in runs
        if (run["steps"], run["size"], run["arm"]) == (steps, size, arm)
    }


def gains_of(one: dict[int, float], other: dict[int, float]) -> list[float]:
    """The differences over common seeds."""
    return [one[seed] - other[seed] for seed in sorted(one.keys() & other.keys())]


def paired(one: dict[int, float], other: dict[int, float]) -> str:
    """The mean difference over common seeds, with its 95% interval."""
    gains = gains_of(one, other)
    if not gains:
        return "–"
    half = interval(gains)
    around = "" if half is None else f" [{fmean(gains) - half:+.2f}, {fmean(gains) + half:+.2f}]"
    return f"{fmean(gains):+.2f}{around}"


def worth(runs: Runs, steps: int, sizes: Sequence[int], f1: float) -> float | None:
    """The number of gold sentences with this F1, from gold's curve; ``None`` if above it."""
    gold = [
        (size, fmean(values.values()))
        for size in sizes
        if (values := f1_of(runs, steps, size, GOLD))
    ]
    for (small, low), (large, high) in pairwise(gold):
        if low <= f1 <= high:
            return exp(log(small) + (f1 - low) / (high - low) * (log(large) - log(small)))
    return None


def machine_of(results: dict[str, Any]) -> str:
    """The machine of some results: its GPU or CPU, and its cores."""
    machine = results["environment"]["machine"]
    return f"{machine['gpu'] or machine['cpu']}, {machine['cores']} cores"


def markdown(results: dict[str, Any]) -> str:
    """The tables of what was run: the curve, the harder test sets, the methods, all sentences."""
    runs, settings = results["runs"], results["settings"]
    steps = settings["max_steps"]
    curve = sorted({r["size"] for r in runs if r["arm"] == POLICY and r["steps"] == steps})
    lines = [
        "| labelled sentences | gold | with textaug | gain (95% interval) "
        "| gold with twice as many | worth | seeds |",
        "|--:|--:|--:|:--|--:|--:|--:|",
    ]
    for size in curve:
        gold, ours = f1_of(runs, steps, size, GOLD), f1_of(runs, steps, size, POLICY)
        if not gold:
            continue
        twice = f1_of(runs, steps, 2 * size, GOLD)
        value = worth(runs, steps, curve, fmean(ours.values()))
        lines.append(
            f"| {size:,} | {fmean(gold.values()):.2f} | {fmean(ours.values()):.2f} "
            f"| {paired(ours, gold)} | {f'{fmean(twice.values()):.2f}' if twice else '–'} "
            f"| {f'{value:,.0f} sentences' if value else '–'} | {len(gold.keys() & ours.keys())} |"
        )
    if any(run["arm"] == ROBUST for run in runs):
        lines += ["", *robustness(runs)]
    lines += ["", *methods(runs, steps), *full(runs, steps)]
    lines += [
        f"F1 of whole mentions (strict IOB2, points) on {source_of(settings)}, means "
        f"over seeds; gains paired by seed. {steps} optimiser steps of {settings['batch_size']} "
        f"sentences in every arm, model {settings['model']}, learning rate "
        f"{settings['learning_rate']:g}, fresh copies in every batch ({settings['copies']} copies "
        "for every original). Worth: the number of gold sentences that reach the same F1, read "
        f"from gold's curve. {machine_of(results)}.",
    ]
    return "\n".join(lines) + "\n"


def robustness(runs: Runs) -> list[str]:
    """The loss of F1 on harder test sets, and its share of the loss of gold."""
    robust = {
        arm: [run for run in runs if run["arm"] == arm and run["robustness"]]
        for arm in (GOLD, POLICY, ROBUST)
    }
    if not (robust[GOLD] and robust[POLICY]):
        return []
    ours = [arm for arm in (POLICY, ROBUST) if robust[arm]]
    size = robust[GOLD][0]["size"]
    f1 = [f"{POINTS * fmean(run['f1'] for run in robust[arm]):.2f}" for arm in (GOLD, *ours)]
    head = [f"test set, taggers of {size} sentences", "gold loses"]
    clean = ["as it is: F1", f1[0]]
    for arm, each in zip(ours, f1[1:], strict=True):
        head += [f"{arm} loses", "share"]
        clean += [each, "–"]
    rows = [head, clean]
    for name in robust[GOLD][0]["robustness"]:
        gold, *others = (
            POINTS * fmean(run["f1"] - run["robustness"][name] for run in robust[arm])
            for arm in (GOLD, *ours)
        )
        row = [name, f"{gold:.2f}"]
        for loss in others:
            row += [f"{loss:.2f}", f"{loss / gold:.0%}" if gold >= 0.05 else "–"]
        rows.append(row)
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return [lines[0], "|:--|--:|" + "--:|--:|" * len(ours), *lines[1:]]


def methods(runs: Runs, steps: int) -> list[str]:
    """Gains of all other arms, and of the policy for comparison, the largest first."""
    sizes = sorted({r["size"] for r in runs if r["arm"] not in (GOLD, POLICY, ROBUST)})
    if not sizes:
        return []

    def gain(size: int, arm: str) -> str:
        return paired(f1_of(runs, steps, size, arm), f1_of(runs, steps, size, GOLD))

    def mean(arm: str) -> float:
        gains = gains_of(f1_of(runs, steps, sizes[0], arm), f1_of(runs, steps, sizes[0], GOLD))
        return fmean(gains) if gains else float("-inf")

    there = {r["arm"] for r in runs if r["size"] in sizes and r["steps"] == steps}
    arms = sorted(there - {GOLD}, key=mean, reverse=True)
    lines = [
        f"| method | {' | '.join(f'gain at {size} sentences' for size in sizes)} | seeds |",
        "|:--|" + ":--|" * len(sizes) + "--:|",
    ]
    for arm in arms:
        counts = [len(found) for size in sizes if (found := f1_of(runs, steps, size, arm))]
        seeds = " / ".join(map(str, counts if len(set(counts)) > 1 else counts[:1]))
        gains = " | ".join(gain(size, arm) for size in sizes)
        lines.append(f"| {arm.replace('|', ' or ')} | {gains} | {seeds} |")
    return [*lines, ""]


def full(runs: Runs, steps: int) -> list[str]:
    """The gain with the whole training file, in more steps than the other runs."""
    lines = [
        "| labelled sentences | gold | with textaug | gain (95% interval) | seeds |",
        "|--:|--:|--:|:--|--:|",
    ]
    for more, size in sorted({(r["steps"], r["size"]) for r in runs if r["steps"] != steps}):
        gold, ours = f1_of(runs, more, size, GOLD), f1_of(runs, more, size, POLICY)
        if gold and ours:
            lines.append(
                f"| {size:,} ({more} steps) | {fmean(gold.values()):.2f} "
                f"| {fmean(ours.values()):.2f} | {paired(ours, gold)} "
                f"| {len(gold.keys() & ours.keys())} |"
            )
    return [*lines, ""] if len(lines) > 2 else []


def write(results: dict[str, Any], folder: Path) -> str:
    """Write ``results.md`` and ``results.png``; returns the tables."""
    table = markdown(results)
    (folder / "results.md").write_text(table)
    chart(results, folder / "results.png")
    return table


def chart(results: dict[str, Any], path: Path) -> None:
    """F1 by number of labelled sentences, with and without textaug, and the factor between."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from matplotlib.ticker import NullLocator

    runs, steps = results["runs"], results["settings"]["max_steps"]
    sizes = sorted({r["size"] for r in runs if r["arm"] == POLICY and r["steps"] == steps})
    pyplot.rcParams.update({"font.size": 11, "axes.spines.top": False, "axes.spines.right": False})
    figure, axes = pyplot.subplots(figsize=(8, 5), layout="constrained")
    for arm, label, colour in (
        (POLICY, "with textaug", "#4c72b0"),
        (GOLD, "labelled sentences alone", "#222222"),
    ):
        points = [(size, values) for size in sizes if (values := f1_of(runs, steps, size, arm))]
        axes.errorbar(
            [size for size, _ in points],
            [fmean(values.values()) for _, values in points],
            yerr=[interval(list(values.values())) or 0 for _, values in points],
            label=label,
            color=colour,
            marker="o",
            capsize=3,
            linewidth=1.8,
        )
    for size in sizes:
        f1 = fmean(f1_of(runs, steps, size, POLICY).values())
        value = worth(runs, steps, sizes, f1)
        if value and value > size:
            axes.annotate(
                "",
                (value, f1),
                (size, f1),
                arrowprops={"arrowstyle": "->", "color": "#4c72b0", "linestyle": ":"},
            )
            axes.annotate(
                f"×{value / size:.1f}",
                (size, f1),
                xytext=(10, -13),  # between the two curves
                textcoords="offset points",
                color="#4c72b0",
                fontsize=10,
            )
    axes.set_xscale("log")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("labelled sentences (log scale)")
    axes.set_ylabel("F1 of mentions, points")
    axes.set_title(
        "CoNLL-2003: what the same labels are worth (means and 95% intervals over seeds)",
        loc="left",
        fontsize=11,
    )
    axes.grid(axis="y", alpha=0.25)
    axes.legend(frameon=False, loc="lower right")
    figure.savefig(path, dpi=150)
    pyplot.close(figure)
