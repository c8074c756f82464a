r"""Mutation testing: a random sample of small changes to the code, and whether the tests notice.

Run it on a copy of the repository, since it changes files in place; it resumes where it stopped::

    python -m venv --system-site-packages mutation-env && mutation-env/bin/pip install cosmic-ray
    git worktree add ../mutants && cd ../mutants
    ../textaug/mutation-env/bin/python scripts/mutation.py \
        --tests-python ../textaug/.venv/bin/python

The mutants are those of ``cosmic-ray``, at most one at a position of the code. Each runs against
the tests of its package, and then against the quick files of ``tests/contract``, until one fails.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import shlex
from collections import Counter
from pathlib import Path
from random import Random

from cosmic_ray.commands.init import _all_work_items  # type: ignore[import-not-found]
from cosmic_ray.mutating import mutate_and_test  # type: ignore[import-not-found]

# Files, how many of their mutants are run out of 120, and their own tests.
GROUPS = {
    "core": ("textaug/core/*.py", 68, "tests/core"),
    "pipeline": ("textaug/pipeline/*.py", 16, "tests/pipeline"),
    "runs": ("textaug/runs/*.py", 16, "tests/runs"),
    "filters": ("textaug/filters/*.py", 10, "tests/filters"),
    "mention alignment": (
        "textaug/augmenters/mention_alignment.py",
        10,
        "tests/augmenters/test_mention_alignment.py tests/augmenters/test_round_trip.py",
    ),
}
ALL = 120
CONTRACT = " ".join(
    f"tests/contract/test_{name}.py"
    for name in ("matrix", "contract", "annotations", "bad_input", "safety", "version")
)


def annotations(path: Path) -> set[int]:
    """Lines of annotations, where a change of ``X | None`` changes nothing."""
    lines: set[int] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for part in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if isinstance(part, ast.expr):
                lines.update(range(part.lineno, (part.end_lineno or part.lineno) + 1))
    return lines


def sample(pattern: str, number: int, rng: Random) -> list[object]:
    """Mutants of some files, each position equally likely."""
    by_position: dict[object, list[object]] = {}
    for path in sorted(Path().glob(pattern)):
        skipped = annotations(path)
        for item in _all_work_items([path], {}):
            (mutation,) = item.mutations
            if "BitOr" in mutation.operator_name and mutation.start_pos[0] in skipped:
                continue
            by_position.setdefault((str(path), mutation.start_pos), []).append(mutation)
    positions = rng.sample(sorted(by_position), min(number, len(by_position)))  # type: ignore[type-var]
    return [rng.choice(by_position[position]) for position in positions]


def mirrored(module: Path, tests: str) -> str:
    """The tests, those of the module itself first."""
    own = Path("tests", module.parent.name, f"test_{module.stem}.py")
    return f"{own} {tests}" if own.exists() else tests


def main() -> None:
    """Run the sample, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mutants", type=int, default=ALL, help="how many, in all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tests-python", default="python", help="the Python that runs the tests")
    parser.add_argument("--output", default="mutation.jsonl", help="one line for each mutant")
    parser.add_argument("--quick", action="store_true", help="without tests/contract")
    parser.add_argument("--timeout", type=int, default=900, help="seconds for the tests of one")
    args = parser.parse_args()
    os.environ |= {"PYTHONPATH": str(Path.cwd()), "HF_HUB_OFFLINE": "1"}
    output = Path(args.output)
    lines = output.read_text(encoding="utf-8").splitlines() if output.exists() else []
    done = {line["mutant"]: line for line in map(json.loads, lines)}
    table: dict[str, Counter[str]] = {}
    for group, (pattern, share, tests) in GROUPS.items():
        for mutation in sample(pattern, round(share * args.mutants / ALL), Random(args.seed)):
            key = f"{mutation.module_path}:{mutation.operator_name}:{mutation.occurrence}"
            if key not in done:
                done[key] = {"mutant": key, "group": group}
                rooms = [mirrored(mutation.module_path, tests), *([] if args.quick else [CONTRACT])]
                for chosen in rooms:
                    command = f"-m pytest -x -q -p no:cacheprovider {chosen}"
                    result = mutate_and_test(
                        [mutation], f"{shlex.quote(args.tests_python)} {command}", args.timeout
                    )
                    outcome = result.test_outcome.value
                    if outcome != "survived":
                        failed = [x for x in result.output.splitlines() if x.startswith("FAILED")]
                        done[key]["by"] = failed[:1] or result.output[-200:]
                        break
                done[key] |= {"outcome": outcome, "diff": result.diff}
                with output.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(done[key]) + "\n")
            table.setdefault(group, Counter())[done[key]["outcome"]] += 1
    for group, counts in table.items():
        print(f"{group}: {dict(counts)}")
    for line in done.values():
        if line["outcome"] != "killed":
            print(f"\n{line['mutant']}: {line['outcome']}\n{line['diff']}")


if __name__ == "__main__":
    main()
