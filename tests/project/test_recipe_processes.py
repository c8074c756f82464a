"""Recipes that train in several processes."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

for _package in ("evaluate", "matplotlib", "seqeval", "sklearn", "accelerate"):
    pytest.importorskip(_package, reason="the recipes need: pip install 'textaug-nlp[recipes]'")

from support import recipes  # noqa: E402

from recipes.classification import experiment as classification  # noqa: E402
from recipes.ner import experiment as ner  # noqa: E402
from recipes.ner import workers  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module", autouse=True)
def imported_once():
    """Both recipes get one pool, whose new processes share their imports: they take seconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([classification.__name__])
    pools, spawned = [], ner.spawned

    def once(number, threads):
        if not pools:
            pools.append(spawned(number, threads))
        return SimpleNamespace(submit=pools[0].submit, shutdown=lambda **_: None)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workers, "get_context", lambda _: context)
        patch.setattr(ner, "spawned", once)
        yield
    for pool in pools:
        pool.shutdown()


def test_on_the_fly(tmp_path):
    arguments = recipes.ner(
        tmp_path, train_size=[8], seeds=[1], augment=["noise"], on_the_fly=True, jobs=2
    )
    results = ner.run(arguments)
    by_arm = {run["arm"]: run for run in results["runs"]}
    assert set(by_arm) == {"gold", "noise (on the fly)"}
    assert by_arm["noise (on the fly)"]["train_rows"] == 8
    assert by_arm["noise (on the fly)"]["augmentation_counts"]["changed"] > 0
    assert (tmp_path / "out" / "results.png").exists()  # a single size, a single seed


def test_two_processes_give_the_same_results(tmp_path):
    arguments = recipes.classification(tmp_path)
    arguments.train_size, arguments.seeds = [8], [1]
    one = classification.run(arguments)["runs"]
    arguments.jobs, arguments.output_dir = 2, str(tmp_path / "two")
    two = classification.run(arguments)["runs"]
    key = lambda r: r["arm"]
    assert [(r["arm"], r["accuracy"]) for r in sorted(one, key=key)] == [
        (r["arm"], r["accuracy"]) for r in sorted(two, key=key)
    ]


POOL = """
import time
from recipes.ner.workers import spawned

if __name__ == "__main__":
    pool = spawned(2)
    print(*{pool.submit(__import__("os").getpid).result() for _ in range(4)}, flush=True)
    pool.submit(time.sleep, 60)
    time.sleep(60)
"""


def test_workers_end_with_a_killed_parent(tmp_path):
    script = tmp_path / "pool.py"
    script.write_text(POOL)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=environment
    )
    started = [int(number) for number in parent.stdout.readline().split()]
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert started
    end = time.monotonic() + 20
    while alive := [pid for pid in started if Path(f"/proc/{pid}/stat").exists()]:
        # An orphan that has ended may wait for its new parent to read its status.
        if all(Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z" for pid in alive):
            break
        assert time.monotonic() < end, f"still running: {alive}"
        time.sleep(0.1)
