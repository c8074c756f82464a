"""Answers that were paid for once, in a SQLite file, so that a killed run repeats no call."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from typing import Any

from textaug.llm.base import Answer, Engine, Request, Usage

FILE = "answers.sqlite"
FORMAT = 1  # of what is hashed and kept
WAIT = 60.0  # seconds for another process that writes
_AT_ONCE = 500  # hashes in one query; SQLite allows 999 variables


class AnswerCache:
    """Answers by the hash of all that they depend on.

    Model, content of its folder, messages, sampling, seed and pattern count; the address and the
    key of a server do not. The file holds hashes and answers, no prompts. An answer is written
    before the next one is waited for, and survives when the process is killed. Several processes
    may use one folder.

    Args:
        folder: where the file is; default: ``textaug/llm`` in ``HF_HOME``.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        self.folder = Path(folder) if folder is not None else default_folder()

    @property
    def file(self) -> Path:
        """The file with the answers."""
        return self.folder / FILE

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        # For one batch, so that no connection outlives a fork.
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with closing(self._connection()) as connection:
                self._prepare(connection)
                yield connection
        except sqlite3.DatabaseError as error:
            raise OSError(
                f"the answers in {self.file} cannot be used ({error}); delete the file, or give "
                "another folder with cache="
            ) from error

    def _connection(self) -> sqlite3.Connection:
        # Engines keep answers from their threads, one at a time.
        return sqlite3.connect(self.file, WAIT, isolation_level=None, check_same_thread=False)

    @staticmethod
    def _prepare(connection: sqlite3.Connection) -> None:
        end = time.monotonic() + WAIT
        while True:
            try:
                # What is committed outlives the process; a power cut may lose the last answers.
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=NORMAL")
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS answers "
                    "(hash TEXT PRIMARY KEY, answer TEXT NOT NULL) WITHOUT ROWID"
                )
                return
            except sqlite3.OperationalError as error:
                # SQLite does not wait for a process that changes the journal or recovers it.
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    raise
                time.sleep(0.01)

    def __len__(self) -> int:
        if not self.file.exists():
            return 0
        with self._opened() as connection:
            return int(connection.execute("SELECT COUNT(*) FROM answers").fetchone()[0])

    def size(self) -> int:
        """Bytes on the disk."""
        return sum(path.stat().st_size for path in self.folder.glob(f"{FILE}*"))

    def clear(self) -> int:
        """Delete all answers; the number of them."""
        number = len(self)
        if number:
            with self._opened() as connection:
                connection.execute("DELETE FROM answers")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.execute("VACUUM")
        return number


def find_cache(cache: str | bool) -> AnswerCache | None:
    """The cache of a folder, of the default one for ``True``; ``None`` for ``False``."""
    if cache is False:
        return None
    return AnswerCache(None if cache is True else cache)


def default_folder() -> Path:
    """Where answers are kept unless ``cache=`` says otherwise."""
    from huggingface_hub.constants import HF_HOME

    return Path(HF_HOME) / "textaug" / "llm"


def ask(
    engine: Engine, requests: Sequence[Request], cache: AnswerCache | None, usage: Usage
) -> list[Answer]:
    """The answers to requests, equal ones asked once, those of the cache not at all.

    Args:
        engine: what answers.
        requests: in any number.
        cache: ``None`` for none.
        usage: where calls and tokens are added.

    Returns:
        One answer for each request, in order.
    """
    unique = list(dict.fromkeys(requests))
    identity = engine.identity() if cache is not None else None
    if cache is None or identity is None:
        found: dict[Request, Answer] = {}
        _answer(engine, unique, found, usage, lambda *_: None)
        return [found[request] for request in requests]
    hashes = {request: hash_of(identity, request) for request in unique}
    with cache._opened() as connection:
        kept = _read(connection, list(hashes.values()))
        found = {r: kept[h] for r, h in hashes.items() if h in kept}
        usage.cached += len(found)

        def save(request: Request, answer: Answer) -> None:
            # In ASCII: SQLite cannot hold the half characters that a model may answer.
            text = json.dumps(asdict(answer))
            connection.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?)", (hashes[request], text)
            )

        _answer(engine, [r for r in unique if r not in found], found, usage, save)
    return [found[request] for request in requests]


def _answer(
    engine: Engine,
    requests: Sequence[Request],
    found: dict[Request, Answer],
    usage: Usage,
    save: Any,
) -> None:
    def keep(i: int, answer: Answer) -> None:
        found[requests[i]] = answer
        if answer.is_final:
            save(requests[i], answer)
        usage.calls += 1
        usage.prompt_tokens += answer.prompt_tokens
        usage.completion_tokens += answer.completion_tokens

    if requests:
        engine.answer(requests, keep)


def hash_of(identity: dict[str, Any], request: Request) -> str:
    """The name of an answer in the cache."""
    everything = json.dumps([FORMAT, identity, asdict(request)], sort_keys=True)
    return blake2b(everything.encode(errors="surrogatepass"), digest_size=20).hexdigest()


def _read(connection: sqlite3.Connection, hashes: Sequence[str]) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for start in range(0, len(hashes), _AT_ONCE):
        part = hashes[start : start + _AT_ONCE]
        marks = ",".join("?" * len(part))
        rows = connection.execute(f"SELECT * FROM answers WHERE hash IN ({marks})", part)
        found |= {name: Answer(**json.loads(text)) for name, text in rows}
    return found
