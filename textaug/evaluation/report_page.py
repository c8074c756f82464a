"""The report as one HTML page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from statistics import median

from textaug.core.example import Example
from textaug.core.markup import STYLE as PREVIEW_STYLE
from textaug.core.markup import Pair, pairs_html, printable, types_in

SHOWN = 8  # examples
LISTED = 12  # new mentions named for each type
BINS = 24


@dataclass(frozen=True)
class Side:
    """A data set before or after.

    Attributes:
        rows: how many.
        examples: the sentences (of text, one for each text column of a row).
        labels: how often each type of mention, or each class, occurs.
        mentions: for each type the different mentions, and how often each occurs.
    """

    rows: int
    examples: list[Example]
    labels: Counter[str]
    mentions: dict[str, Counter[str]]

    @property
    def tokens(self) -> int:
        """How many words."""
        return sum(len(example.tokens) for example in self.examples)

    @property
    def vocabulary(self) -> set[str]:
        """The different words."""
        return {token for example in self.examples for token in example.tokens}


@dataclass(frozen=True)
class Report:
    """What :func:`measure` found; :meth:`html` makes the page.

    Attributes:
        names: of the data set before and after.
        before: the data set before.
        after: the data set after.
        of_mentions: whether ``labels`` are types of mentions; otherwise classes of rows.
        pairs: copies with what they were made of; ``None`` if that cannot be told.
        kept: for each pair the share of words kept, 0..1 (2 × words in common / words in both).
        meaning: for each pair the likeness in meaning, -1..1, if it was asked for.
        counts: what became of the copies, if ``textaug augment`` has noted it.
        faults: how many labels are damaged, before and after.
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

    def html(self) -> str:
        """The page: self-contained, light and dark, everything from the data escaped."""
        return _page(self)


# The page


def _page(report: Report) -> str:
    before, after = report.before, report.after
    title = f"{report.names[0]} → {report.names[1]}"
    grown = after.rows / before.rows if before.rows else 0
    tiles = [
        ("Rows", before.rows, after.rows),
        ("Words", before.tokens, after.tokens),
        ("Different words", len(before.vocabulary), len(after.vocabulary)),
    ]
    if report.of_mentions:
        tiles += [
            ("Mentions", before.labels.total(), after.labels.total()),
            ("Different mentions", _different(before), _different(after)),
        ]
    sections = [
        _labels_section(report),
        _lengths_section(report),
        *([_new_section(report)] if report.of_mentions else []),
        _similarity_section(report),
        *([_meaning_section(report)] if report.meaning else []),
        _rejected_section(report),
    ]
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{_safe(title)} · textaug</title>
<style>{PREVIEW_STYLE}{STYLE}</style>
</head>
<body>
<header>
<p class="kicker">textaug report</p>
<h1>{_safe(report.names[0])} <span>→</span> {_safe(report.names[1])}</h1>
<p class="lead">{_lead(report, grown)}</p>
</header>
<main>
<dl class="tiles">{"".join(_tile(*tile) for tile in tiles)}{_fault_tile(report)}</dl>
<p class="key"><i class="before"></i> before <i class="after"></i> after</p>
<div class="cards">{"".join(sections)}</div>
{_examples_section(report)}
</main>
</body>
</html>
"""


def _lead(report: Report, grown: float) -> str:
    before, after = report.before, report.after
    parts = [f"{before.rows:,} rows became {after.rows:,}, {grown:.1f} times as many."]
    if report.kept:
        parts.append(f"A copy keeps {median(report.kept):.0%} of its original's words (median).")
    new = sum(_new(report, label).total() for label in after.mentions)
    if new:
        parts.append(f"{new:,} mentions are new to the data set.")
    return " ".join(parts)


def _different(side: Side) -> int:
    return sum(map(len, side.mentions.values()))


def _new(report: Report, label: str) -> Counter[str]:
    """The mentions of a type that were not there before, each once."""
    known = report.before.mentions.get(label, Counter())
    return Counter({surface: 1 for surface in report.after.mentions[label] if surface not in known})


def _tile(name: str, before: int, after: int) -> str:
    ratio = f"×{after / before:.2g}" if before and after != before else "unchanged"
    return (
        f"<div><dt>{name}</dt><dd>{after:,}</dd>"
        f"<dd class='from'>{before:,} before <b>{ratio}</b></dd></div>"
    )


def _fault_tile(report: Report) -> str:
    was, now = report.faults
    state = "bad" if now > was else "good"
    word = "none before" if not was else f"{was:,} before"
    return (
        f"<div class='{state}'><dt>Damaged labels</dt><dd>{now:,}</dd>"
        f"<dd class='from'>{word}</dd></div>"
    )


def _card(title: str, says: str, body: str, wide: bool = False) -> str:
    return f"<section{' class=wide' if wide else ''}><h2>{title}</h2><p>{says}</p>{body}</section>"


def _labels_section(report: Report) -> str:
    before, after = report.before.labels, report.after.labels
    what = "Types of mentions" if report.of_mentions else "Classes"
    if not after:
        return _card(what, "The data set has no labels that are known here.", "")
    largest = max(after.values())
    rows = []
    for label, _ in after.most_common():
        share_was = before[label] / max(before.total(), 1)
        share_is = after[label] / after.total()
        rows.append(
            f"<dt>{_safe(label)}</dt><dd>{_bar('before', before[label], largest)}"
            f"{_bar('after', after[label], largest)}"
            f"<small>{share_was:.0%} of all → {share_is:.0%}</small></dd>"
        )
    shift = max(abs(after[x] / after.total() - before[x] / max(before.total(), 1)) for x in after)
    says = (
        f"No share shifts by more than {100 * shift:.1f} points."
        if shift >= 0.005
        else "The balance is the same."
    )
    return _card(what, says, f"<dl class='bars'>{''.join(rows)}</dl>")


def _bar(side: str, value: int, largest: int) -> str:
    return f"<span class='bar'>{_strip(side, value, largest)}<b>{value:,}</b></span>"


def _strip(side: str, value: int, largest: int) -> str:
    return f"<i class='{side}' style='--share:{value / largest:.4f}'></i>" if value else ""


def _lengths_section(report: Report) -> str:
    was = [len(example.tokens) for example in report.before.examples]
    now = [len(example.tokens) for example in report.after.examples]
    if not was or not now:
        return ""
    longest = sorted([*was, *now])[int(0.995 * (len(was) + len(now) - 1))]
    width = max(1, -(-(longest + 1) // BINS))
    number = max(2, -(-(longest + 1) // width))
    shares = [_shares(lengths, width, number) for lengths in (was, now)]
    top = max(max(share) for share in shares) or 1
    paths = "".join(
        f"<path class='{side}' d='{_steps(share, top)}' vector-effect='non-scaling-stroke'/>"
        for side, share in zip(("before", "after"), shares, strict=True)
    )
    ticks = "".join(f"<span>{round(k * width * number / 4)}</span>" for k in range(4))
    says = f"Median {median(was):.0f} words before, {median(now):.0f} after."
    chart = (
        f"<figure class='curve'><div class='plot'><small>{top:.0%} of rows</small>"
        f"<svg viewBox='0 0 100 40' preserveAspectRatio='none' role='img' "
        f"aria-label='Words in a row, before and after'>{paths}</svg></div>"
        f"<div class='ticks'>{ticks}<span>{width * number}+</span></div>"
        "<figcaption>words in a row</figcaption></figure>"
    )
    return _card("Length", says, chart)


def _shares(lengths: Sequence[int], width: int, number: int) -> list[float]:
    bins = Counter(min(length // width, number - 1) for length in lengths)
    return [bins[i] / len(lengths) for i in range(number)]


def _steps(shares: Sequence[float], top: float) -> str:
    step = 100 / len(shares)
    points = ["M0 40"]
    for i, share in enumerate(shares):
        y = 40 - 39 * share / top
        points.append(f"L{i * step:.2f} {y:.2f} L{(i + 1) * step:.2f} {y:.2f}")
    return " ".join([*points, "L100 40"])


def _new_section(report: Report) -> str:
    after = report.after
    largest = max((len(found) for found in after.mentions.values()), default=0)
    rows, total = [], 0
    for label in sorted(after.mentions, key=lambda label: -len(after.mentions[label])):
        new = sorted(_new(report, label))
        total += len(new)
        known = len(after.mentions[label]) - len(new)
        names = ", ".join(_safe(name) for name in new[:: max(1, len(new) // LISTED)][:LISTED])
        rows.append(
            f"<dt>{_safe(label)}</dt><dd><span class='bar'>"
            f"{_strip('before', known, largest)}{_strip('after', len(new), largest)}"
            f"<b>{known:,}{f' + {len(new):,} new' if new else ''}</b></span>"
            f"<small class='names'>{names}{' …' if len(new) > LISTED else ''}</small></dd>"
        )
    says = (
        f"{total:,} different mentions stand after augmentation that did not before."
        if total
        else "Every mention was there before: augmentation changed what is said around them."
    )
    return _card("New mentions", says, f"<dl class='bars new'>{''.join(rows)}</dl>")


def _similarity_section(report: Report) -> str:
    if report.pairs is None:
        says = (
            "Not known: which row a copy was made of can only be told where each row is followed "
            "by its copies, or has one in its place."
        )
        return _card("Likeness to the original", says, "")
    if not report.kept:
        return _card("Likeness to the original", "No row was changed.", "")
    says = f"{len(report.kept):,} copies compared; share of the words that are the same."
    body = _columns(report.kept, [i / 10 for i in range(11)], "words kept")
    makers: dict[str, list[float]] = {}
    for pair, kept in zip(report.pairs, report.kept, strict=True):
        if pair.by:
            makers.setdefault(pair.by, []).append(kept)
    if len(makers) > 1:
        rows = "".join(
            f"<tr><td>{_safe(maker)}</td><td>{len(values):,}</td><td>{median(values):.0%}</td></tr>"
            for maker, values in sorted(makers.items())
        )
        body += (
            "<table><thead><tr><th>made by</th><th>copies</th><th>median</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )
    return _card("Likeness to the original", says, body)


def _meaning_section(report: Report) -> str:
    says = f"Cosine of MiniLM sentence vectors; median {median(report.meaning):.2f}."
    body = _columns(report.meaning, [i / 10 for i in range(11)], "likeness in meaning")
    return _card("Meaning", says, body)


def _columns(values: Sequence[float], edges: Sequence[float], caption: str) -> str:
    """A histogram of shares, 0 % to 100 %."""
    number = len(edges) - 1
    bins = Counter(min(max(int(value * number + 1e-9), 0), number - 1) for value in values)
    top = max(bins.values())
    bars = "".join(
        f"<i class='after' style='height:{100 * bins[i] / top:.1f}%' "
        f"title='{edges[i]:.0%} to {edges[i + 1]:.0%}: {bins[i]:,}'></i>"
        for i in range(number)
    )
    ticks = "".join(f"<span>{share}%</span>" for share in (0, 25, 50, 75, 100))
    return (
        f"<figure><div class='plot'><small>{top:,} copies</small><div class='columns'>{bars}</div>"
        f"</div><div class='ticks'>{ticks}</div><figcaption>{caption}</figcaption></figure>"
    )


def _rejected_section(report: Report) -> str:
    title = "What became of the copies"
    if report.counts is None:
        says = "Not known: the data set was not made by <code>textaug augment</code>."
        return _card(title, says, "")
    counts = {reason: n for reason, n in report.counts.items() if n > 0}
    changed = sum(n for reason, n in counts.items() if reason.startswith("changed"))
    doubles = sum(n for reason, n in counts.items() if reason.startswith("left out"))
    total = sum(counts.values()) - doubles
    if not total:
        return _card(title, "No copies were asked for.", "")
    largest = max(counts.values())
    rows = "".join(
        f"<dt>{_safe(reason[:1].upper() + reason[1:])}</dt>"
        f"<dd>{_bar('after' if reason.startswith('changed') else 'off', n, largest)}</dd>"
        for reason, n in sorted(counts.items(), key=_made_first)
    )
    says = (
        f"{changed - doubles:,} of {total:,} copies came out ({(changed - doubles) / total:.0%}). "
        "The others were left out rather than labelled by a guess, or would have added nothing."
    )
    return _card(title, says, f"<dl class='bars long'>{rows}</dl>")


def _made_first(item: tuple[str, int]) -> tuple[bool, int]:
    return (not item[0].startswith("changed"), -item[1])


def _examples_section(report: Report) -> str:
    if not report.pairs:
        return ""
    # From the most changed to the least: the reader sees the whole range, not the best.
    order = sorted(range(len(report.pairs)), key=lambda i: (report.kept[i], i))
    some = [order[k * (len(order) - 1) // max(SHOWN - 1, 1)] for k in range(SHOWN)]
    chosen = [report.pairs[i] for i in dict.fromkeys(some)]
    return (
        "<section class='wide'><h2>Examples</h2><p>From the most changed copy to the least: "
        "mentions underlined, changes marked.</p>"
        f"<div class='textaug'>{pairs_html(chosen, types_in(chosen))}</div></section>"
    )


def _safe(text: str) -> str:
    return escape(printable(text))


STYLE = """
:root { color-scheme: light dark;
  --page: light-dark(#f5f6f8, #14161a); --card: light-dark(#ffffff, #1d2026);
  --ink: light-dark(#1b1f24, #e8eaed); --soft: light-dark(#5b6470, #9aa3af);
  --line: light-dark(#e1e5ea, #2d323a); --before: light-dark(#a9b3c0, #5f6b7a);
  --after: light-dark(#1f6feb, #5aa2ff); --off: light-dark(#d99a2b, #e0ac4f);
  --good: light-dark(#1a7f4b, #4cc38a); --bad: light-dark(#b3261e, #ff8f85) }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); line-height: 1.5;
  font-family: system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif }
header, main { max-width: 72rem; margin: 0 auto; padding: 0 clamp(1rem, 3vw, 2rem) }
header { padding-top: 2.5rem }
.kicker { margin: 0; color: var(--after); font-weight: 600; font-size: .8rem;
  letter-spacing: .08em; text-transform: uppercase }
h1 { margin: .2rem 0 .4rem; font-size: clamp(1.5rem, 4vw, 2.3rem); line-height: 1.2;
  overflow-wrap: anywhere }
h1 span { color: var(--soft); font-weight: 400 }
.lead { margin: 0 0 1.6rem; color: var(--soft); font-size: 1.05rem; max-width: 46rem }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .8rem;
  margin: 0 }
.tiles div, section { background: var(--card); border: 1px solid var(--line);
  border-radius: .8rem }
.tiles div { padding: .8rem 1rem }
.tiles dt { color: var(--soft); font-size: .85rem }
.tiles dd { margin: 0; font-size: 1.6rem; font-weight: 650; line-height: 1.3;
  font-variant-numeric: tabular-nums }
.tiles dd.from { font-size: .8rem; font-weight: 400; color: var(--soft) }
.tiles dd.from b { color: var(--ink); font-weight: 600 }
.tiles .good dd:not(.from) { color: var(--good) }
.tiles .bad dd:not(.from) { color: var(--bad) }
.key { margin: 1.4rem 0 .6rem; color: var(--soft); font-size: .85rem }
.key i { display: inline-block; width: .8em; height: .8em; border-radius: .2em;
  margin: 0 .25em 0 .9em; vertical-align: -.05em }
.key i:first-child { margin-left: 0 }
i.before { background: var(--before) } i.after { background: var(--after) }
i.off { background: var(--off) }
.cards { columns: 22rem 2; column-gap: .8rem; margin-bottom: .8rem }
section { padding: 1.1rem 1.3rem 1.3rem; margin: 0 0 .8rem; break-inside: avoid }
section.wide { margin-bottom: 3rem }
h2 { margin: 0; font-size: 1.1rem }
section > p { margin: .15rem 0 1rem; color: var(--soft); font-size: .92rem }
.bars { display: grid; grid-template-columns: fit-content(38%) minmax(0, 1fr);
  gap: .8rem 1rem; margin: 0 }
.bars dt { font-weight: 600; font-size: .9rem; overflow-wrap: anywhere }
.bars dd { margin: 0; min-width: 0 }
.bars.long { grid-template-columns: 1fr; gap: .15rem }
.bars.long dt { font-weight: 400; margin-top: .5rem }
.bar { display: flex; align-items: center; height: 1.15rem; font-size: .8rem }
.bar i { display: block; height: .72rem; min-width: 2px; border-radius: .2rem; flex: none;
  width: calc((100% - var(--room)) * var(--share)) }
.bars { --room: 4.5rem }
.bars.new { --room: 8.5rem }
.bar i + i { margin-left: 2px }
.bar b { margin-left: .5em; font-weight: 500; white-space: nowrap;
  font-variant-numeric: tabular-nums }
small { color: var(--soft); font-size: .78rem }
.names { display: block; overflow-wrap: anywhere; line-height: 1.4; margin-top: .15rem }
figure { margin: 0 }
.plot { position: relative; height: 11rem; border-bottom: 1px solid var(--soft) }
.plot > small { position: absolute; top: 0; right: 0 }
.plot svg { width: 100%; height: 100%; display: block }
path.before { fill: var(--before); fill-opacity: .5; stroke: none }
path.after { fill: var(--after); fill-opacity: .12; stroke: var(--after); stroke-width: 2 }
.columns { display: flex; align-items: flex-end; gap: 3px; height: 100%; padding-top: 1.2rem }
.columns i { flex: 1; border-radius: .2rem .2rem 0 0 }
.ticks { display: flex; justify-content: space-between; font-size: .78rem; color: var(--soft);
  font-variant-numeric: tabular-nums; margin-top: .2rem }
figcaption { text-align: center; font-size: .82rem; color: var(--soft) }
table { width: 100%; border-collapse: collapse; font-size: .85rem; margin-top: .8rem }
th { text-align: left; font-weight: 500; color: var(--soft) }
th, td { padding: .25rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere }
th:not(:first-child), td:not(:first-child) { text-align: right;
  font-variant-numeric: tabular-nums; padding-left: .8rem }
.textaug { max-width: none; overflow-wrap: anywhere }
code { font-size: .92em }
@media print { body { background: none } section { break-inside: avoid } }
"""
