"""An answer is paid for once, whoever asks, and whatever happens to the process."""

import json
import sqlite3
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from textaug.llm.base import Answer, CallableEngine, Engine, Request, Usage
from textaug.llm.cache import AnswerCache, ask, default_folder


class Counting(Engine):
    """Answers with a number; notes what it was asked, and stops after some calls."""

    def __init__(self, name="a", stop_after=None):
        self.name, self.stop_after = name, stop_after
        self.asked = []

    def identity(self):
        return {"name": self.name}

    def answer(self, requests, keep):
        for i, request in enumerate(requests):
            if self.stop_after is not None and len(self.asked) == self.stop_after:
                raise KeyboardInterrupt
            self.asked.append(request)
            keep(i, Answer(request.prompt.upper(), "", True, 7, 3))


def requests(*texts, **more):
    return [Request((("user", text),), **more) for text in texts]


def test_equal_requests_are_asked_once(tmp_path):
    cache, engine, usage = AnswerCache(tmp_path), Counting(), Usage(prices=(1, 10))
    texts = [answer.text for answer in ask(engine, requests("a", "b", "a"), cache, usage)]
    assert texts == ["A", "B", "A"] and len(engine.asked) == 2
    assert (usage.calls, usage.cached, usage.prompt_tokens, usage.cost) == (2, 0, 14, 74e-6)
    assert [a.text for a in ask(engine, requests("b", "c"), cache, usage)] == ["B", "C"]
    assert (usage.calls, usage.cached, len(engine.asked)) == (3, 1, 3)


def test_half_a_character_is_kept_as_it_is(tmp_path):
    engine = CallableEngine(lambda prompts: ["ä \ud800"] * len(prompts), name="m")
    for cached in (0, 1):
        usage = Usage()
        (answer,) = ask(engine, requests("a"), AnswerCache(tmp_path), usage)
        assert answer.text == "ä \ud800" and usage.cached == cached


def test_without_a_cache_all_is_asked_again():
    engine, usage = Counting(), Usage()
    for _ in range(2):
        ask(engine, requests("a", "a"), None, usage)
    assert usage.calls == 2


def test_what_was_answered_before_a_stop_is_kept(tmp_path):
    cache, usage = AnswerCache(tmp_path), Usage()
    with pytest.raises(KeyboardInterrupt):
        ask(Counting(stop_after=2), requests("a", "b", "c"), cache, usage)
    rest = Counting()
    assert [a.text for a in ask(rest, requests("a", "b", "c"), cache, usage)] == ["A", "B", "C"]
    assert rest.asked == requests("c")


@pytest.mark.parametrize(
    "change",
    [{"seed": 1}, {"temperature": 0.1}, {"top_p": 0.5}, {"max_tokens": 9}, {"engine": "other"}],
    ids=str,
)
def test_an_answer_depends_on_all_that_it_was_asked_with(tmp_path, change):
    cache, usage = AnswerCache(tmp_path), Usage()
    ask(Counting(), requests("a"), cache, usage)
    engine = Counting(change.pop("engine", "a"))
    ask(engine, requests("a", **change), cache, usage)
    assert usage.cached == 0 and len(engine.asked) == 1


def test_faults_are_kept_only_if_they_would_come_again(tmp_path):
    class Faulty(Counting):
        def answer(self, requests, keep):
            super().answer(requests, lambda i, _: keep(i, answers[i]))

    answers = [Answer(fault="refusal"), Answer(fault="server: HTTP 500", is_final=False)]
    cache, usage = AnswerCache(tmp_path), Usage()
    assert ask(Faulty(), requests("a", "b"), cache, usage) == answers
    again = Counting()
    found = ask(again, requests("a", "b"), cache, usage)
    assert found[0].fault == "refusal" and again.asked == requests("b")


def test_the_file_has_hashes_and_answers_and_no_prompts(tmp_path):
    cache = AnswerCache(tmp_path)
    ask(Counting(), requests("Zacharias met Quillon"), cache, Usage())
    rows = sqlite3.connect(cache.file).execute("SELECT * FROM answers").fetchall()
    assert [json.loads(row[1])["text"] for row in rows] == ["ZACHARIAS MET QUILLON"]
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Zacharias" not in content


def test_size_and_clear(tmp_path):
    cache = AnswerCache(tmp_path / "new")
    assert (len(cache), cache.size(), cache.clear()) == (0, 0, 0)
    ask(Counting(), requests(*map(str, range(700))), cache, Usage())
    assert len(cache) == 700 and cache.size() > 10_000
    assert cache.clear() == 700 and len(cache) == 0


def test_the_default_folder_is_beside_the_models():
    assert AnswerCache().folder == default_folder() and default_folder().name == "llm"


def test_a_file_that_is_no_cache_is_named(tmp_path):
    (tmp_path / "answers.sqlite").write_text("this is text" * 100)
    with pytest.raises(OSError, match=r"answers\.sqlite cannot be used .* delete the file"):
        ask(Counting(), requests("a"), AnswerCache(tmp_path), Usage())


def fill(folder, start):
    texts = [str(i) for i in range(start, start + 100)]
    return [a.text for a in ask(Counting(), requests(*texts), AnswerCache(folder), Usage())]


def test_processes_share_a_file(tmp_path):
    with ProcessPoolExecutor(3) as pool:
        found = list(pool.map(fill, [tmp_path] * 3, [0, 50, 100]))
    assert found[1] == [str(i) for i in range(50, 150)] and len(AnswerCache(tmp_path)) == 200


def open_together(folder, barrier):
    for number in range(100):
        barrier.wait()
        ask(Counting(), requests("a"), AnswerCache(folder / str(number)), Usage())


def test_processes_make_a_file_at_the_same_moment(tmp_path):
    context = get_context("fork")
    barrier = context.Barrier(3, timeout=60)
    started = [context.Process(target=open_together, args=(tmp_path, barrier)) for _ in range(3)]
    for process in started:
        process.start()
    for process in started:
        process.join()
    assert [process.exitcode for process in started] == [0, 0, 0]


def test_answers_of_a_function_are_kept_if_it_has_a_name(tmp_path):
    cache, calls = AnswerCache(tmp_path), []

    def answer(prompts):
        calls.append(prompts)
        return prompts

    for engine in (CallableEngine(answer), CallableEngine(answer, name="echo")):
        for _ in range(2):
            ask(engine, requests("a"), cache, Usage())
    assert len(calls) == 3


@pytest.mark.parametrize("found", [["a"], ["a", None], ["a", "b", "c"]], ids=str)
def test_a_function_must_answer_every_prompt(found):
    with pytest.raises(ValueError, match="was given 2 prompts and returned"):
        ask(CallableEngine(lambda prompts: found), requests("x", "y"), None, Usage())
