"""Shards written by this process or by workers: damaged rows, and processes that are killed."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from datasets import Dataset, DatasetDict, Features, List, Value
from support.runs import content, loaded, run

from textaug.runs import workers
from textaug.runs.folder import RunError


def rows_with_a_fault(number, fault):
    """Twelve rows, of which one has two tags for one token."""
    features = Features({"tokens": List(Value("string")), "ner_tags": List(Value("string"))})
    rows = {"tokens": [["a"]] * number, "ner_tags": [["O"]] * number}
    rows["ner_tags"][fault] = ["O", "O"]
    return Dataset.from_dict(rows, features=features)


@pytest.mark.parametrize("copies", [2, lambda row: 1 + len(row["tokens"])])
@pytest.mark.parametrize(("fault", "shard"), [(0, 0), (3, 0), (4, 1), (7, 1), (11, 2)])
def test_a_damaged_row_is_named_as_in_the_split(tmp_path, copies, fault, shard):
    data = DatasetDict({"train": rows_with_a_fault(12, fault)})
    message = rf"^row {fault} of split 'train' .*column 'ner_tags'.*has 2 tags for 1 tokens"
    with pytest.raises(RunError, match=message):
        run(data, tmp_path, copies=copies, shard_size=4, batch_size=3)
    assert [name for name in content(tmp_path) if "train" in name] == [
        f".unfinished/train-{i:05d}-of-00003.parquet" for i in range(shard)
    ]


def test_columns_that_cannot_be_told_are_an_error_before_any_shard(tmp_path):
    data = DatasetDict({"train": Dataset.from_dict({"a": ["x"] * 5, "b": ["y"] * 5})})
    with pytest.raises(ValueError, match="^cannot tell which column to augment"):
        run(data, tmp_path, shard_size=4)


@pytest.mark.parametrize("num_proc", [1, 2])
def test_every_row_is_told_once(splits, num_proc, tmp_path):
    told = []
    run(splits, tmp_path / "out", num_proc=num_proc, batch_size=3,
        progress=lambda done, total: told.append((done, total)))  # fmt: skip
    rows = sum(map(len, splits.values()))
    assert told == sorted(told)
    assert told[0] == (0, rows)
    assert told[-1] == (rows, rows)


def test_an_unfinished_folder_is_not_taken_for_a_data_set(splits, tmp_path, monkeypatch):
    write_shard = workers._write_shard

    def fail(run, shard, rank, tick):
        if shard.start:
            raise RuntimeError("killed here")
        return write_shard(run, shard, rank, tick)

    monkeypatch.setattr(workers, "_write_shard", fail)
    with pytest.raises(RuntimeError):
        run(splits, tmp_path / "out", command="textaug augment …")
    assert "not finished" in (tmp_path / "out" / "README.md").read_text()
    with pytest.raises(FileNotFoundError):
        loaded(tmp_path / "out")
    monkeypatch.undo()
    run(splits, tmp_path / "out", command="textaug augment …")
    run(splits, tmp_path / "again", command="textaug augment …")
    assert content(tmp_path / "out") == content(tmp_path / "again")


ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import multiprocessing, sys
from datasets import Dataset, DatasetDict
from textaug import NoiseInjection
from textaug.runs.run import augment

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    rows = Dataset.from_dict({"text": ["Shares fell sharply on Friday."] * 9000})
    augment(DatasetDict(train=rows), NoiseInjection(), "out", copies=9, shard_size=9, num_proc=2)
"""


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_end_with_a_killed_parent(tmp_path, method):
    (tmp_path / "program.py").write_text(PROGRAM)
    command = [sys.executable, "program.py", method]
    process = subprocess.Popen(command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)})
    while len(list(tmp_path.glob("out/.unfinished/*.parquet"))) < 2:
        assert process.poll() is None
        time.sleep(0.01)
    workers = children(process.pid)
    assert len(workers) >= 2
    process.kill()
    process.wait()
    give_up = time.monotonic() + 20
    while any(map(is_alive, workers)) and time.monotonic() < give_up:
        time.sleep(0.05)
    assert not any(map(is_alive, workers))


ONE_IS_KILLED = """
import os, signal, time
from datasets import Dataset, DatasetDict
from textaug import NoiseInjection
from textaug.runs.run import augment


class Killed(NoiseInjection):
    def propose(self, examples, rngs):
        if examples[0].tokens[0] == "deadly":
            time.sleep(0.5)
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(1)
        return super().propose(examples, rngs)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as the shell command does
    rows = Dataset.from_dict({"text": ["deadly", "slow"]})
    augment(DatasetDict(train=rows), Killed(), "out", num_proc=2, shard_size=1)
"""


def test_a_killed_worker_ends_the_others_while_they_work(tmp_path):
    (tmp_path / "program.py").write_text(ONE_IS_KILLED)
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True, timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 1 and "a worker process was killed" in done.stderr
