"""The options of the benchmark, and the runs that they request."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from recipes.ner.arguments import GOLD, Arguments
from recipes.ner.schedule import Run

from .report import POLICY, ROBUST

RESULTS = Path(__file__).resolve().parent.parent / "results" / "label_efficiency"
METHODS = (
    "mentions",
    "mentions:fresh=0.8",
    "label-wise",
    "segments",
    "shuffle",
    "joining",
    "nominals",
    "synonyms",
    "noise",
    "masked-lm:model=offline,keep_meaning=true",
    "back-translation",
    ROBUST,
)
ROBUST_SIZE = 800
# Copies of the default policy, made before the training: all of them; those that a tagger trained
# on the gold sample labels right; more copies of rows with a rare type. The last needs rows sampled
# at random, because otherwise every gold sentence is seen equally often.
EXPANDED, TEACHER = "default, expanded", "default, teacher agrees"
SHUFFLED, BALANCED = "default, expanded, shuffled", "default, balanced, shuffled"
CHOICES = (EXPANDED, TEACHER, SHUFFLED, BALANCED)
# Controls: gold in steps as wide as those of joined rows, of which four in five have two sentences,
# and gold with twice the steps. The policy must beat these too, for it computes more in each step.
WIDE, LONG = "gold, 29 a step", "gold, twice the steps"
CONTROLS = {WIDE: {"batch_size": 29}, LONG: {"max_steps": 600}}


@dataclass
class Options:
    """The options."""

    train_file: str | None = field(
        default=None, metadata={"help": "such as CoNLL-2003's eng.train; default: the small corpus"}
    )
    test_file: str | None = field(default=None, metadata={"help": "such as its eng.testa"})
    parts: list[str] = field(
        default_factory=lambda: ["curve"],
        metadata={"help": "some of: curve methods choices full"},
    )
    arms: list[str] = field(
        default_factory=lambda: [GOLD, POLICY], metadata={"help": "of the curve and the full set"}
    )
    sizes: list[int] = field(default_factory=lambda: [50, 100, 200, 400, 800])
    seeds: list[int] = field(default_factory=lambda: [1, 2, 3, 4, 5])
    methods: list[str] = field(default_factory=lambda: list(METHODS))
    method_sizes: list[int] = field(default_factory=lambda: [100, 400])
    method_seeds: list[int] = field(default_factory=lambda: [1, 2, 3])
    max_steps: int = field(default=300, metadata={"help": "of 16 sentences, in every arm"})
    full_steps: int = field(default=900, metadata={"help": "on the whole training file"})
    model: str = field(default="minilm", metadata={"help": "encoder"})
    jobs: int = field(default=1, metadata={"help": "processes that train at the same time"})
    output_dir: str = str(RESULTS)


def arguments_of(options: Options) -> Arguments:
    """The recipe's arguments that all runs share."""
    return Arguments(
        train_file=options.train_file,
        test_file=options.test_file,
        model=options.model,
        max_steps=options.max_steps,
        bf16=True,
        packed=True,
        jobs=options.jobs,
        output_dir=options.output_dir,
    )


def plan(options: Options, train_rows: int) -> list[tuple[int, Run]]:
    """Steps and run for all that the options request, seed by seed."""
    runs: list[tuple[int, Run]] = []

    def add(size: int, seed: int, arm: str, steps: int) -> None:
        augment = None if arm in (GOLD, *CHOICES, *CONTROLS) else arm
        runs.append((steps, Run(size, seed, arm, augment, on_the_fly=augment is not None)))

    for seed in options.seeds:
        for size in options.sizes if "curve" in options.parts else ():
            for arm in options.arms:
                add(size, seed, arm, options.max_steps)
    for part, arms in (("methods", options.methods), ("choices", CHOICES)):
        for seed in options.method_seeds if part in options.parts else ():
            for size in options.method_sizes:
                for arm in (GOLD, *arms):
                    add(size, seed, arm, options.max_steps)
    for seed in options.seeds if "full" in options.parts else ():
        for arm in options.arms:
            add(train_rows, seed, arm, options.full_steps)
    return list(dict.fromkeys(runs))
