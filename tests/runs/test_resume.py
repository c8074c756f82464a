"""A run killed at any moment, or stopped by a full disk, ends with the bytes of one left alone.

The full version kills far more often and says what it hit::

    pytest tests/runs/test_resume.py --slow -s
"""

import json
import os
import random
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest
from support.forked import start_shell
from support.runs import content

# Many small shards, so that a kill is likely to hit the writing of one; no model to load.
COMMAND = """augment builtin --with label-wise --with mentions --with noise --copies 6
    --shard-size 6 --provenance by --seed 5"""


def start(folder, num_proc):
    return start_shell(*f"{COMMAND} -o {folder} --num-proc {num_proc}".split())


def finish(folder, num_proc=1):
    process = start(folder, num_proc)
    errors = process.communicate()[1]
    return process.returncode, errors


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The folder of a run that nothing disturbed, and how many seconds it took."""
    folder = tmp_path_factory.mktemp("whole") / "out"
    begin = time.perf_counter()
    code, errors = finish(folder)
    assert code == 0, errors
    return content(folder), time.perf_counter() - begin


def shards_of(folder):
    return [*folder.glob(".unfinished/*"), *folder.glob("data/*")]


def manifest_shards(folder):
    manifest = folder / "manifest.json"
    return len(json.loads(manifest.read_text())["shards"]) if manifest.exists() else 0


def kill_until_finished(folder, expected, seconds, num_proc, rng, most_kills, anywhere=0.5):
    """Start, kill at a random moment, look, start again. Returns where the kills hit."""
    hits = Counter()
    while hits["kills"] < most_kills:
        before = manifest_shards(folder)
        process = start(folder, num_proc)
        # Some kills at any moment at all, the others once it has begun to write.
        if rng.random() >= anywhere:
            give_up = time.monotonic() + 60
            while manifest_shards(folder) == before and time.monotonic() < give_up:
                if process.poll() is not None:
                    break
                time.sleep(0.002)
            time.sleep(rng.uniform(0, 0.15))
        else:
            time.sleep(rng.uniform(0, seconds))
        if process.poll() is not None:
            assert process.returncode == 0, process.communicate()[1]
            break
        process.send_signal(signal.SIGKILL)
        process.communicate()
        hits["kills"] += 1
        time.sleep(0.2)  # for its workers to end
        done = manifest_shards(folder)
        hits["while writing shards"] += done > before
        for path in shards_of(folder):
            if path.name.endswith(".tmp"):
                hits["with half a file left"] += 1
            else:
                assert path.read_bytes() == expected[f"data/{path.name}"], "a shard is not whole"
        hits["between a shard and its entry"] += done < sum(
            not path.name.endswith(".tmp") for path in shards_of(folder)
        )
        hits["before the first shard"] += done == 0
    code, errors = finish(folder, num_proc)
    assert code == 0, errors
    assert content(folder) == expected
    return hits


@pytest.mark.parametrize("num_proc", [1, 2])
def test_killed_and_started_again(whole, tmp_path, num_proc):
    rng = random.Random(num_proc)
    hits = kill_until_finished(
        tmp_path / "out", *whole, num_proc, rng, most_kills=num_proc, anywhere=0
    )
    assert hits["while writing shards"] > 0


@pytest.mark.slow
def test_killed_many_times(whole, tmp_path):
    expected, seconds = whole
    rng = random.Random(2026)
    total, runs = Counter(), 0
    while total["kills"] < 60:
        total += kill_until_finished(
            tmp_path / str(runs), expected, seconds, 1 + runs % 2, rng, most_kills=60
        )
        runs += 1
    print(f"\n{runs} runs of {len(expected) - 2} shards, same bytes each time: {dict(total)}")


def children(process):
    path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(pid) for pid in path.read_text().split()] if path.exists() else []


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_a_worker_killed_for_memory(whole, tmp_path):
    process = start(tmp_path / "out", num_proc=2)
    while not manifest_shards(tmp_path / "out"):
        time.sleep(0.01)
    os.kill(children(process)[0], signal.SIGKILL)
    errors = process.communicate()[1]
    assert process.returncode == 2 and "a worker process was killed" in errors, errors
    assert "Traceback" not in errors
    assert finish(tmp_path / "out")[0] == 0
    assert content(tmp_path / "out") == whole[0]


@pytest.fixture
def small_disk(tmp_path):
    """A tmpfs, and a function that changes its size."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(*options):
        return subprocess.run(
            ["mount", "-t", "tmpfs", *options, "tmpfs", str(folder)], capture_output=True, text=True
        )

    try:
        made = mount("-o", "size=64k")
    except FileNotFoundError:
        pytest.skip("there is no mount command")
    if made.returncode:
        pytest.skip(f"a tmpfs may not be mounted here: {made.stderr.strip()}")
    yield folder, lambda kilobytes: mount("-o", f"remount,size={kilobytes}k")
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk(whole, small_disk):
    folder, resize = small_disk
    expected = whole[0]
    needed = sum(-(-len(file) // 4096) * 4 for file in expected.values())
    size, stops = 64, 0
    while True:
        code, errors = finish(folder / "out", num_proc=1 + stops % 2)
        if code == 0:
            break
        assert code == 2 and "No space left on device" in errors, errors
        assert "the same command resumes" in errors and "Traceback" not in errors
        assert not list(folder.rglob("*.tmp"))
        for path in shards_of(folder / "out"):
            assert path.read_bytes() == expected[f"data/{path.name}"]
        stops += 1
        size += needed // 2
        resize(size)
    assert stops >= 2
    assert content(folder / "out") == expected
    print(f"\nstopped {stops} times by a full disk, same bytes at the end")
