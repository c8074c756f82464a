"""The shell: answers of language models, and a run with a server."""

import json

import pytest
from support.chat_server import KEY, ChatServer
from support.shell import shell

from textaug.llm.base import Answer, CallableEngine, Request, Usage
from textaug.llm.cache import AnswerCache, ask
from textaug.llm.endpoint import KEY_VARIABLE, URL_VARIABLE


def test_size_and_clear(tmp_path):
    engine = CallableEngine(lambda prompts: prompts, name="echo")
    cache = AnswerCache(tmp_path)
    assert ask(engine, [Request((("user", "a"),))], cache, Usage()) == [Answer("a")]
    assert "1 answers kept (0.0 MB)" in shell("answers", "--folder", tmp_path).output
    assert "1 answers deleted" in shell("answers", "--folder", tmp_path, "--clear").output
    assert len(cache) == 0


@pytest.fixture
def data(tmp_path):
    rows = [
        {"tokens": f"the old house of Zacharias {i} was sold".split(), "ner_tags": [0, 0, 0, 0, 1]}
        for i in range(6)
    ]
    path = tmp_path / "data.jsonl"
    for row in rows:
        row["ner_tags"] = ["O"] * 4 + ["B-PER", "O", "O", "O"]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_a_run_with_a_server_leaves_neither_key_nor_address(data, tmp_path, monkeypatch):
    pytest.importorskip("urllib3", reason="servers need the extra 'llm'")
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    out, cache = tmp_path / "out", tmp_path / "cache"
    with ChatServer(key=KEY).serving() as server:
        monkeypatch.setenv(URL_VARIABLE, server.url)
        done = shell("augment", data, "-o", out, "--with", f"llm:model=a-model,cache={cache}")
    assert "6 rows became 12" in done.output and "changed: 6" in done.output
    shown = done.output + "".join(p.read_text() for p in (out / "README.md", out / "manifest.json"))
    assert "a-model" in shown
    for part in (KEY, server.url, "You rewrite sentences", "Zacharias", str(cache.parent)):
        assert part not in shown.replace(str(out), "")


def test_no_server_is_one_message(data, tmp_path, monkeypatch):
    pytest.importorskip("urllib3", reason="servers need the extra 'llm'")
    monkeypatch.setenv(URL_VARIABLE, "http://127.0.0.1:9/v1")
    done = shell("augment", data, "-o", tmp_path / "out", "--with", "llm:model=a-model,cache=false")
    assert done.exit_code == 2 and "no server answers at http://127.0.0.1:9/v1" in done.output
