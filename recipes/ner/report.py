"""Tables and a chart from the results of ``ner_finetune.py``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from .arguments import GOLD

POINTS = 100  # F1 is shown in points
COLOURS = ("#4c72b0", "#dd8452", "#55a868", "#c44e52", "#8172b3", "#937860", "#da8bc3", "#8c8c8c")
MARKERS = "oDs^vP*X"


def interval(values: Sequence[float]) -> float | None:
    """Half the width of the 95% t-interval of a mean; ``None`` for a single value."""
    from scipy.stats import t

    if len(values) < 2:
        return None
    return float(t.ppf(0.975, len(values) - 1) * stdev(values) / len(values) ** 0.5)


def summary(runs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One entry for each size and arm; gains are paired with the gold run of the same seed.

    Gold comes first, then the arms from best to worst.
    """
    f1_of: dict[str, list[float]] = {}
    for run in runs:
        f1_of.setdefault(run["arm"], []).append(run["f1"])
    arms = sorted(
        f1_of, key=lambda arm: (not arm.startswith(GOLD), arm != GOLD, -fmean(f1_of[arm]))
    )
    entries = []
    for size in sorted({run["size"] for run in runs}):
        gold = {r["seed"]: r["f1"] for r in runs if (r["size"], r["arm"]) == (size, GOLD)}
        for arm in arms:
            of_arm = [run for run in runs if (run["size"], run["arm"]) == (size, arm)]
            if not of_arm:
                continue
            f1 = [run["f1"] for run in of_arm]
            gains = [run["f1"] - gold[run["seed"]] for run in of_arm if run["seed"] in gold]
            entries.append(
                {
                    "size": size,
                    "arm": arm,
                    "seeds": sorted(run["seed"] for run in of_arm),
                    "f1": fmean(f1),
                    "f1_interval": interval(f1),
                    "f1_by_seed": f1,
                    "gain": fmean(gains) if gains and arm != GOLD else None,
                    "gain_interval": interval(gains) if arm != GOLD else None,
                    "train_rows": fmean(run["train_rows"] for run in of_arm),
                    "train_mentions": fmean(run["train_mentions"] for run in of_arm),
                    "augment_seconds": fmean(run["seconds"]["augment"] for run in of_arm),
                    "train_seconds": fmean(run["seconds"]["train"] for run in of_arm),
                }
            )
    return entries


def source_of(settings: dict[str, Any]) -> str:
    """The name of the data that taggers were evaluated on."""
    return Path(settings["test_file"] or settings["train_file"] or settings["dataset"]).name


def markdown(results: dict[str, Any]) -> str:
    """The table of all arms."""
    settings, machine = results["settings"], results["environment"]["machine"]
    lines = [
        "| sentences | arm | F1 | gain over gold (95% interval) | seeds | rows | mentions "
        "| augmenting | training |",
        "|--:|:--|--:|:--|--:|--:|--:|--:|--:|",
    ]
    for entry in results["summary"]:
        gain = "–"
        if entry["gain"] is not None:
            gain = f"{POINTS * entry['gain']:+.2f}"
            if (half := entry["gain_interval"]) is not None:
                low, high = entry["gain"] - half, entry["gain"] + half
                gain += f" [{POINTS * low:+.2f}, {POINTS * high:+.2f}]"
        arm = entry["arm"].replace("|", " or ")
        lines.append(
            f"| {entry['size']:,} | {arm} | {POINTS * entry['f1']:.2f} "
            f"| {gain} | {len(entry['seeds'])} | {entry['train_rows']:,.0f} "
            f"| {entry['train_mentions']:,.0f} | {entry['augment_seconds']:.1f} s "
            f"| {entry['train_seconds']:.0f} s |"
        )
    lines += [
        "",
        f"F1 of whole mentions (strict IOB2, points) on {source_of(settings)}, split "
        f"`{settings['eval_split']}`; means over seeds. Gain: paired by seed, against gold data "
        f"alone, repeated for the same {settings['max_steps']} optimiser steps of "
        f"{settings['batch_size']} sentences. Model {settings['model']}, learning rate "
        f"{settings['learning_rate']:g}, {settings['copies']} copies. Rows, mentions and "
        "seconds are means for one run, on "
        f"{machine['gpu'] or machine['cpu']} ({machine['cores']} cores).",
    ]
    return "\n".join(lines) + "\n"


def token_table(tokens: dict[str, Any]) -> str:
    """The table by token, ``O`` included, that tutorials show."""
    rows = {name: row for name, row in tokens.items() if name != "accuracy"}
    # If all labels count, the micro averages are the accuracy.
    micro = dict.fromkeys(("precision", "recall", "f1-score"), tokens["accuracy"])
    rows["micro avg"] = {**micro, "support": tokens["macro avg"]["support"]}
    averages = ["micro avg", "macro avg", "weighted avg"]
    order = [name for name in rows if name not in averages] + averages
    lines = [f"{'':>12}  precision    recall  f1-score   support", ""]
    for name in order:
        if name == "micro avg":
            lines.append("")
        row = rows[name]
        scores = "".join(f"{row[key]:>10.4f}" for key in ("precision", "recall", "f1-score"))
        lines.append(f"{name:>12} {scores}{row['support']:>10,.0f}")
    return "\n".join(lines)


def token_tables(results: dict[str, Any]) -> str:
    """The token tables of every arm at the largest size, for the first seed."""
    runs = results["runs"]
    size, seed = max(run["size"] for run in runs), min(run["seed"] for run in runs)
    parts = [f"# By token: {size:,} training sentences, seed {seed}\n"]
    for run in runs:
        if (run["size"], run["seed"]) == (size, seed):
            parts.append(f"## {run['arm']}\n\n```\n{token_table(run['tokens'])}\n```\n")
    return "\n".join(parts)


def write(results: dict[str, Any], folder: Path) -> None:
    """Write ``results.md``, ``token_tables.md`` and ``results.png`` into a folder."""
    (folder / "results.md").write_text(markdown(results))
    (folder / "token_tables.md").write_text(token_tables(results))
    chart(results["summary"], folder / "results.png")


def chart(entries: Sequence[dict[str, Any]], path: Path) -> None:
    """F1 against training size on the left (by arm, for a single size), gains on the right."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    arms = list(dict.fromkeys(entry["arm"] for entry in entries))
    sizes = sorted({entry["size"] for entry in entries})
    style = {
        arm: {"color": COLOURS[i % len(COLOURS)], "marker": MARKERS[i % len(MARKERS)]}
        for i, arm in enumerate(arms)
    }
    if GOLD in style:
        style[GOLD]["color"] = "#222222"
    pyplot.rcParams.update({"font.size": 10, "axes.spines.top": False, "axes.spines.right": False})
    figure, (left, right) = pyplot.subplots(
        1,
        2,
        figsize=(11, max(3.6, 1.6 + 0.42 * len(arms) * (1 + 0.35 * (len(sizes) - 1)))),
        width_ratios=(1, 1.1),
        layout="constrained",
    )
    if len(sizes) > 1:
        _f1_by_size(left, entries, arms, sizes, style)
    else:
        _f1_by_arm(left, entries, arms, style)
    _gains(right, entries, [arm for arm in arms if arm != GOLD], sizes, style)
    figure.savefig(path, dpi=160)
    pyplot.close(figure)


def _error(half: float | None) -> float:
    return POINTS * (half or 0.0)


def _f1_by_size(axes: Any, entries: Any, arms: Any, sizes: Any, style: Any) -> None:
    from matplotlib.ticker import NullLocator

    for i, arm in enumerate(arms):
        own = [entry for entry in entries if entry["arm"] == arm]
        spread = 1 + 0.025 * (i - (len(arms) - 1) / 2)  # side by side, so that bars stay readable
        axes.errorbar(
            [entry["size"] * spread for entry in own],
            [POINTS * entry["f1"] for entry in own],
            yerr=[_error(entry["f1_interval"]) for entry in own],
            label=arm,
            capsize=2,
            linewidth=1.4,
            elinewidth=0.9,
            markersize=5,
            zorder=3 if arm == GOLD else 2,
            **style[arm],
        )
    axes.set_xscale("log")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("training sentences (log scale)")
    axes.set_ylabel("F1 of mentions, points")
    axes.set_title("F1 by training size, 95% interval over seeds", loc="left", fontsize=10)
    axes.grid(axis="y", alpha=0.25)
    axes.legend(frameon=False, loc="lower right", fontsize=9)


def _f1_by_arm(axes: Any, entries: Any, arms: Any, style: Any) -> None:
    for y, arm in enumerate(arms):
        (entry,) = [entry for entry in entries if entry["arm"] == arm]
        by_seed = [POINTS * value for value in entry["f1_by_seed"]]
        axes.plot(by_seed, [y] * len(by_seed), "o", color=style[arm]["color"], alpha=0.25, ms=4)
        axes.errorbar(
            POINTS * entry["f1"],
            y,
            xerr=_error(entry["f1_interval"]),
            capsize=3,
            ms=7,
            **style[arm],
        )
    axes.set_yticks(range(len(arms)), arms)
    axes.set_ylim(len(arms) - 0.5, -0.5)
    axes.set_xlabel("F1 of mentions, points")
    axes.set_title(
        f"F1, {entries[0]['size']:,} training sentences, 95% interval over seeds",
        loc="left",
        fontsize=10,
    )
    axes.grid(axis="x", alpha=0.25)


def _gains(axes: Any, entries: Any, arms: Any, sizes: Any, style: Any) -> None:
    step = 0.7 / len(sizes)
    for i, size in enumerate(sizes):
        for y, arm in enumerate(arms):
            for entry in entries:
                if (entry["arm"], entry["size"]) != (arm, size) or entry["gain"] is None:
                    continue
                height = y + step * (i - (len(sizes) - 1) / 2)
                axes.errorbar(
                    POINTS * entry["gain"],
                    height,
                    xerr=_error(entry["gain_interval"]),
                    capsize=3,
                    ms=7,
                    alpha=0.45 + 0.55 * (i + 1) / len(sizes),
                    **style[arm],
                )
                if len(sizes) > 1:
                    axes.annotate(
                        f"{size:,}",
                        (1.0, height),
                        xycoords=("axes fraction", "data"),
                        va="center",
                        ha="left",
                        fontsize=8,
                        color="#666666",
                    )
    if len(sizes) > 1:
        axes.annotate(
            "sentences",
            (1.0, 1.0),
            xycoords="axes fraction",
            va="bottom",
            ha="center",
            fontsize=8,
            color="#666666",
        )
    axes.axvline(0, color="#222222", linewidth=1)
    axes.set_yticks(range(len(arms)), arms)
    axes.set_ylim(len(arms) - 0.5, -0.5)
    axes.set_xlabel("points of F1 over gold alone, same seeds and steps")
    axes.set_title("Paired gain, 95% interval over seeds", loc="left", fontsize=10)
    axes.grid(axis="x", alpha=0.25)
