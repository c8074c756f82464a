"""Which runs there are, and which rows each step of a run sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

from .arguments import GOLD, REPEATED, Arguments

# Rows are sorted by length within pools of this many batches: half the padding, still random.
POOL = 8


@dataclass(frozen=True)
class Run:
    """One training: a sample size, a seed and an arm."""

    size: int
    seed: int
    arm: str
    augment: str | None = None
    on_the_fly: bool = False
    raw: bool = False  # whether raw sentences are labelled and added


def plan(arguments: Arguments, train_rows: int) -> list[Run]:
    """All runs of a call, seed by seed, so that even early results are pairs."""
    runs = []
    for seed in arguments.seeds:
        for size in arguments.train_size or [train_rows]:
            runs.append(Run(size, seed, GOLD))
            if arguments.gold_repeated:
                runs.append(Run(size, seed, REPEATED))
            for spec in arguments.augment:
                arm = f"{spec} (on the fly)" if arguments.on_the_fly else spec
                runs.append(Run(size, seed, arm, spec, arguments.on_the_fly))
                if arguments.raw_file:
                    with_raw = f"{arm}, raw sentences"
                    runs.append(Run(size, seed, with_raw, spec, arguments.on_the_fly, raw=True))
    return runs


def schedule(
    sources: Sequence[int], lengths: Sequence[int], steps: int, batch_size: int, seed: int
) -> list[int]:
    """The row numbers for every step, ``batch_size`` each: full batches, epoch after epoch.

    An epoch goes once through the sources (the gold sentences), in random order, and takes one of
    the rows made from each. So every arm has the same sentences in the same steps, unchanged or
    augmented, and a sentence that could not be augmented does not become rare. Sources of similar
    length share a batch, within pools of a few batches.

    Args:
        sources: for each row of the training set, the gold sentence it was made from.
        lengths: words in each row; the first row of a source gives its length.
        steps: number of batches.
        batch_size: rows in a batch.
        seed: of the order of the sources, and of the choice among their rows.
    """
    rows_of: dict[int, list[int]] = {}
    for row, source in enumerate(sources):
        rows_of.setdefault(source, []).append(row)
    length_of = {source: lengths[rows[0]] for source, rows in rows_of.items()}
    rng, choice = Random(seed), Random(f"{seed} rows").choice

    def epochs() -> Iterator[int]:
        while True:
            yield from rng.sample(sorted(rows_of), len(rows_of))

    stream = epochs()
    order: list[int] = []
    while len(order) < steps * batch_size:
        pool = sorted(islice(stream, POOL * batch_size), key=length_of.__getitem__)
        batches = [pool[i : i + batch_size] for i in range(0, len(pool), batch_size)]
        rng.shuffle(batches)
        order += [choice(rows_of[source]) for batch in batches for source in batch]
    return order[: steps * batch_size]
