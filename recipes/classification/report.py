"""The table and the chart of ``classification_finetune.py``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from recipes.ner.report import COLOURS, MARKERS, POINTS, interval

from .arguments import GOLD


def summary(runs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One entry for each size and arm; gains are paired with the gold run of the same seed."""
    entries = []
    arms = dict.fromkeys(run["arm"] for run in runs)
    for size in sorted({run["size"] for run in runs}):
        of = {a: {r["seed"]: r for r in runs if (r["size"], r["arm"]) == (size, a)} for a in arms}
        for arm, by_seed in of.items():
            if not by_seed:
                continue
            accuracy = [run["accuracy"] for run in by_seed.values()]
            common = [seed for seed in by_seed if seed in of.get(GOLD, {}) and arm != GOLD]
            gains = [by_seed[s]["accuracy"] - of[GOLD][s]["accuracy"] for s in common]
            entries.append(
                {
                    "size": size,
                    "arm": arm,
                    "seeds": sorted(by_seed),
                    "accuracy": fmean(accuracy),
                    "accuracy_interval": interval(accuracy),
                    "macro_f1": fmean(run["macro_f1"] for run in by_seed.values()),
                    "gain": fmean(gains) if gains else None,
                    "gain_interval": interval(gains),
                    "train_seconds": fmean(run["seconds"]["train"] for run in by_seed.values()),
                }
            )
    return entries


def markdown(results: dict[str, Any]) -> str:
    """The table of all arms."""
    settings, machine = results["settings"], results["environment"]["machine"]
    lines = [
        "| texts | arm | accuracy | gain over gold (95% interval) | macro F1 | seeds | training |",
        "|--:|:--|--:|:--|--:|--:|--:|",
    ]
    for entry in results["summary"]:
        gain = "–"
        if entry["gain"] is not None:
            gain = f"{POINTS * entry['gain']:+.2f}"
            if (half := entry["gain_interval"]) is not None:
                low, high = entry["gain"] - half, entry["gain"] + half
                gain += f" [{POINTS * low:+.2f}, {POINTS * high:+.2f}]"
        lines.append(
            f"| {entry['size']:,} | {entry['arm'].replace('|', ' or ')} "
            f"| {POINTS * entry['accuracy']:.2f} | {gain} | {POINTS * entry['macro_f1']:.2f} "
            f"| {len(entry['seeds'])} | {entry['train_seconds']:.0f} s |"
        )
    lines += [
        "",
        f"Accuracy in points on {Path(settings['test_file']).name}; means over seeds, gains paired "
        f"by seed. {settings['max_steps']} optimiser steps of {settings['batch_size']} texts in "
        f"every arm, model {settings['model']}, learning rate {settings['learning_rate']:g}, fresh "
        f"copies in every batch ({settings['copies']} for every original). "
        f"{machine['gpu'] or machine['cpu']}, {machine['cores']} cores.",
    ]
    return "\n".join(lines) + "\n"


def chart(entries: Sequence[dict[str, Any]], path: Path) -> None:
    """Accuracy by training size and arm."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.5), layout="constrained")
    for i, arm in enumerate(dict.fromkeys(entry["arm"] for entry in entries)):
        own = [entry for entry in entries if entry["arm"] == arm]
        axes.errorbar(
            [entry["size"] * (1 + 0.02 * i) for entry in own],  # bars side by side
            [POINTS * entry["accuracy"] for entry in own],
            yerr=[POINTS * (entry["accuracy_interval"] or 0) for entry in own],
            label=arm,
            color="#222222" if arm == GOLD else COLOURS[i % len(COLOURS)],
            marker=MARKERS[i % len(MARKERS)],
            capsize=2,
        )
    sizes = sorted({entry["size"] for entry in entries})
    axes.set_xscale("log")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.set_xlabel("training texts (log scale)")
    axes.set_ylabel("accuracy, points")
    axes.grid(axis="y", alpha=0.25)
    axes.legend(frameon=False, loc="lower right")
    figure.savefig(path, dpi=150)
    pyplot.close(figure)
