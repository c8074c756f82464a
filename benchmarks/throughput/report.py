"""Tables and chart from the results of the throughput benchmark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

OURS = "textaug"


def _rate(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def markdown(results: dict[str, Any]) -> str:
    """The tables of all sections that were measured."""
    parts = [
        write(results[name]["results"])
        for name, write in (
            ("floor", _floor),
            ("expand", _floor),
            ("precision", _precision),
            ("peers", _peers),
            ("growth", _growth),
            ("training", _training),
            ("workers", _workers),
            ("around the model", _around),
            ("decoding", _decoding),
            ("doubling", _doubling),
            ("policy", _policy),
            ("start", _start),
        )
        if name in results
    ]
    return "\n\n".join([*parts, _footer(results)]) + "\n"


def _floor(found: dict[str, Any]) -> str:
    lines = [
        "| `dataset.map` with | time over | ratio | sentences/s |",
        "|:--|:--|--:|--:|",
    ]
    least = {
        "copying": "`map` that copies the columns",
        "copying as many rows": "`map` that copies the columns of as many rows",
        "forward": "the bare forward, ideal batches",
        "generate": "bare `generate` there and back, ideal batches",
        "translate_batch": "bare `translate_batch` there and back, ideal batches",
        "engine": "the bare engine on the same texts",
    }
    for name, entry in found.items():
        model = f" ({entry['model']})" if "model" in entry else ""
        lines.append(
            f"| {name}{model} | {least[entry['base']]} | {entry['ratio']:.2f} "
            f"| {_rate(entry['per_second'])} |"
        )
    lines += ["", *(f"{name}: {_use(entry)}" for name, entry in found.items() if _use(entry))]
    return "\n".join(lines).rstrip()


def _use(entry: dict[str, Any]) -> str:
    """The utilisation of a GPU, as far as it was measured."""
    parts = []
    if "share_in_encoder" in entry:
        parts += [
            f"{entry['share_in_encoder']:.0%} of the largest rate of matrix products "
            f"({entry['ceiling_flops'] / 1e12:,.3g} Tflop/s in {entry['dtype']}) inside the bare "
            f"forward's encoder, {entry['share_of_ceiling']:.1%} over the whole `map`"
        ]
    if "same_rows" in entry:
        shares = ", ".join(f"{share:.1%} ({name})" for name, share in entry["same_rows"].items())
        parts.append(f"rows with the same words in batches of 7 and of 256: {shares}")
    if entry.get("busy") is not None:
        parts += [f"the GPU is busy {entry['busy']:.0%} of the time, bare {entry['busy_bare']:.0%}"]
    return "; ".join(parts) and "; ".join(parts) + "."


def _workers(found: dict[str, Any]) -> str:
    few, many = found["sentences"]
    busy = "" if found["busy"] is None else f", the GPU busy {found['busy']:.0%} of the time"
    rate = found["per_second_started"]
    started = "(too few to tell)" if rate is None else _rate(rate)
    return (
        f"Masked LM ({found['model']}) with `num_proc={found['processes']}` on one device: "
        f"{many:,} sentences at {_rate(found['per_second'])} a second, start-up and all{busy}; "
        f"without the start-up (the difference to {few:,} sentences) at {started}."
    )


def _precision(found: dict[str, Any]) -> str:
    top_1 = found.get("top-1", {})
    table = _floor({name: entry for name, entry in found.items() if name != "top-1"})
    if not top_1:
        return table
    shares = " and ".join(f"{each['share']:.1%} in {name}" for name, each in top_1.items())
    table = table.replace("the bare forward,", "the bare forward in float32,")
    words = f"{top_1['float32']['words']:,}"
    return f"{table}\n\nThe offline model finds {shares} of {words} masked words."


def _peers(found: dict[str, Any]) -> str:
    lines = [
        "| | library | sentences/s | textaug is faster by | words changed | rows whose tags fit |",
        "|:--|:--|--:|--:|--:|--:|",
    ]
    for title, entry in found.items():
        for name, library in entry["libraries"].items():
            factors = " / ".join(f"{factor:.1f}×" for factor in library["faster"].values())
            lines.append(
                f"| {title} | {name} | {_rate(library['per_second'])} "
                f"| {'' if name.startswith(OURS) else factors} "
                f"| {library['changed_words']:.1f} | {library['tags_fit']:.1%} |"
            )
        if "copying" in entry:
            factors = " / ".join(f"{factor:.1f}×" for factor in entry["copying"]["faster"].values())
            lines.append(
                f"| {title} | (a `map` that only copies) | {_rate(entry['copying']['per_second'])} "
                f"| {factors} faster than the above | | |"
            )
        for name, why in entry["not_run"].items():
            lines.append(f"| {title} | {name} | does not run: {why[:60]} | | | |")
    lines += [
        f"\nWhere textaug's time goes in {title}, µs a sentence: "
        + ", ".join(f"{name} {each:.1f}" for name, each in entry["where_time_goes"].items())
        + "."
        for title, entry in found.items()
        if "where_time_goes" in entry
    ]
    return "\n".join(lines)


def peers_in_short(results: dict[str, Any]) -> str:
    """For the README: each library in a column, its speed and the rows whose tags still fit."""
    found = results["peers"]["results"]
    names = list(dict.fromkeys(name for entry in found.values() for name in entry["libraries"]))
    lines = [f"| | {' | '.join(names)} |", "|:--|" + "--:|" * len(names)]
    for title, entry in found.items():
        cells = [
            f"{_rate(library['per_second'])}/s, {library['tags_fit']:.0%}"
            if (library := entry["libraries"].get(name))
            else ""
            for name in names
        ]
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _growth(found: dict[str, Any]) -> str:
    lines = ["| | sentences | µs a sentence | peak memory |", "|:--|--:|--:|--:|"]
    for name, sizes in found["sizes"].items():
        for entry in sizes:
            each = 1e6 * entry["seconds"] / entry["sentences"]
            lines.append(
                f"| {name} | {entry['sentences']:,} | {each:.0f} | {entry['peak_mib']:,.0f} MiB |"
            )
    for name, entry in found["num_proc"].items():
        lines.append(
            f"| {name}, `num_proc=2` over one process | {entry['sentences']:,} "
            f"| {entry['ratio']:.2f}× as fast | |"
        )
    if "two_processes" in found:
        lines.append(
            "| two processes that only count, over one | "
            f"| {found['two_processes']['ratio']:.2f}× as fast | |"
        )
    return "\n".join(lines)


def _training(found: dict[str, Any]) -> str:
    text = (
        f"Training steps per second that the collator keeps ({found['augmenter']}): "
        f"{found['kept']:.1%}."
    )
    longer = found["sub_tokens"]["augmenting"] / found["sub_tokens"]["plain"]
    kept = found.get("kept_by_policy_in_worker")
    text += (
        f" Its batches have {longer - 1:.1%} more sub-tokens, padding counted (a misspelt word is "
        "cut into more). Of the steps per second on rows that were augmented before, which have "
        f"as many, it keeps {found['kept_of_augmented_before']:.1%}"
    )
    if kept is None:
        return text + "."
    return text + (
        f"; with the default policy in one worker (`dataloader_num_workers=1`), for as "
        f"many sub-tokens, {kept:.1%}."
    )


def _around(found: dict[str, Any]) -> str:
    each = found["us"]
    parts = ", ".join(f"{name} {value:.0f}" for name, value in each.items())
    return (
        f"Around the forward pass of the masked LM, µs a sentence on one core: {parts}; together "
        f"{sum(each.values()):.0f}. That is what one process needs on any GPU."
    )


def _decoding(found: dict[str, Any]) -> str:
    each = found["ms_per_step"]
    whole = sum(each.values())
    parts = ", ".join(f"{name} {ms:.1f} ms ({ms / whole:.0%})" for name, ms in each.items())
    return (
        f"A step of transformers' `generate` (Marian base, {found['batch']} rows): {parts}. What "
        "is between the modules is Python that chooses the next token, and no part of textaug."
    )


def _doubling(found: dict[str, Any]) -> str:
    lines = ["| one long input, doubled | time |", "|:--|--:|"]
    return "\n".join([*lines, *(f"| {n} | {each['ratio']:.2f}× |" for n, each in found.items())])


def _policy(found: dict[str, Any]) -> str:
    seconds = found["seconds"]
    return (
        f"`default_policy` of {found['rows']:,} rows: {seconds['build']:.2f} s to build, "
        f"{found['pickle_bytes'] / 1e6:.2f} MB pickled, {1000 * seconds['hash']:.0f} ms to hash "
        f"({seconds['first hash']:.2f} s the first time)."
    )


def _start(found: dict[str, Any]) -> str:
    each = ", ".join(f"{name} {took:.2f} s" for name, took in found["seconds"].items())
    return f"From a fresh start of Python: {each}."


def _footer(results: dict[str, Any]) -> str:
    newest = max((entry["environment"] for entry in results.values()), key=lambda e: e["date"])
    versions = ", ".join(f"{name} {number}" for name, number in newest["versions"].items())
    gpu = f", {newest['gpu']}" if newest["gpu"] else ""
    sections: dict[str, list[str]] = {}
    for name, entry in results.items():
        sections.setdefault(entry["environment"]["machine"], []).append(name)
    machines = " and ".join(
        machine if len(sections) == 1 else f"{machine} for {', '.join(names)}"
        for machine, names in sections.items()
    )
    return f"Medians of rounds in turns, on {machines}{gpu}; {versions}."


def chart(results: dict[str, Any], path: Path) -> None:
    """Sentences per second compared with the peers, and time divided by that of the floor."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    floor = results.get("floor", {}).get("results", {})
    peers = results.get("peers", {}).get("results", {})
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(11, 0.5 + 0.42 * max(4, 3 * len(peers))), layout="constrained"
    )
    names = [name.replace(", ", ",\n") for name in floor]
    bars = left.barh(names, [entry["ratio"] for entry in floor.values()], color="#4c72b0")
    left.axvline(1, color="black", linewidth=1)
    behind = {"facecolor": "white", "edgecolor": "none", "pad": 1}  # the line at 1
    left.bar_label(bars, fmt="%.2f", padding=3, bbox=behind)
    left.set_xlabel("time over the bare minimum (1 is the floor)")
    left.invert_yaxis()
    left.margins(x=0.15)
    labels, rates, colours = [], [], []
    for title, entry in peers.items():
        for name, library in entry["libraries"].items():
            labels.append(f"{title}: {name}")
            rates.append(library["per_second"])
            colours.append("#4c72b0" if name.startswith(OURS) else "#c44e52")
    bars = right.barh(labels, rates, color=colours)
    right.bar_label(bars, labels=[_rate(rate) for rate in rates], padding=3)
    right.set_xlabel("sentences per second")
    if rates:
        right.set_xscale("log")
        right.margins(x=0.15)
    right.invert_yaxis()
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120)
    plt.close(figure)
