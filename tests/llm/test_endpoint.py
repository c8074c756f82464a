"""Against a real server on the loopback, which misbehaves in every way that servers do."""

import json
import logging
import pickle
import signal
import socket
import threading
import time
import traceback
from email.utils import formatdate
from random import Random

import pytest
from support.chat_server import KEY, OF_RESPONSES, ChatServer

from textaug.llm import endpoint as module
from textaug.llm.base import Request, Usage
from textaug.llm.cache import AnswerCache, ask
from textaug.llm.endpoint import EndpointError, OpenAIEndpoint
from textaug.llm.slots import Pattern

pytest.importorskip("urllib3", reason="servers need the extra 'llm'")


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    for name in (module.URL_VARIABLE, module.KEY_VARIABLE, "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(module, "_given", {})


@pytest.fixture
def fast(monkeypatch):
    """Tries follow each other at once, unless the server asks to wait."""
    monkeypatch.setattr(module, "SLOWEST_RETRY", 0.01)


def requests(number, **more):
    return [Request((("user", f"Sentence {i} is long enough."),), **more) for i in range(number)]


def asked(engine, some, cache=None):
    return ask(engine, some, cache, Usage())


def at(server, **more):
    return OpenAIEndpoint("tests", base_url=server.url, **{"timeout": 5.0, **more})


@pytest.mark.parametrize("fault", OF_RESPONSES[:5])
def test_what_passes_is_tried_again(fault, fast):
    with ChatServer([fault], share=1).serving() as server:
        answers = asked(at(server, timeout=0.5), requests(5))
    assert [a.text for a in answers] == [f"As we have heard, sentence {i} is long enough."
                                         for i in range(5)]  # fmt: skip
    assert set(server.received.values()) == {2} and set(server.delivered.values()) == {1}


@pytest.mark.parametrize(
    ("fault", "named"), [("cut off", "cut off"), ("400", "HTTP 400 (context_length_exceeded)")]
)
def test_what_stays_is_asked_once_and_named(fault, named, fast):
    with ChatServer([fault], share=1).serving() as server:
        answers = asked(at(server), requests(3))
    assert all(a.fault.endswith(named) and a.text == "" for a in answers)
    assert set(server.received.values()) == {1}


def test_a_server_that_does_not_recover_is_a_fault_of_the_row(fast):
    with ChatServer().serving() as server:
        server.fault_for = lambda *_: ("closed", Random(0))
        (answer,) = asked(at(server, retries=2), requests(1))
    assert answer.fault == "server: ProtocolError" and not answer.is_final
    assert list(server.received.values()) == [3]


def test_retry_after_is_waited_for_by_all_calls(fast):
    with ChatServer(["429"], share=1).serving() as server:
        start = time.monotonic()
        asked(at(server, requests_at_once=4), requests(4))
        assert 0.2 <= time.monotonic() - start < 2
    assert set(server.received.values()) == {2}


def test_retry_after_may_be_a_date():
    assert 58 < module._retry_after(formatdate(time.time() + 60, usegmt=True)) < 61
    assert [module._retry_after(text) for text in ("3", "-1", "soon", "")] == [3, 0, 0, 0]


def test_a_quota_that_is_used_up_stops_the_run(monkeypatch):
    monkeypatch.setattr(module, "LONGEST_WAIT", 0.1)
    with ChatServer(["429"], share=1).serving() as server, pytest.raises(EndpointError) as error:
        asked(at(server), requests(1))
    assert "asks to wait" in str(error.value) and "answers so far are kept" in str(error.value)


def test_so_many_at_once_and_no_more():
    with ChatServer(delay=0.05).serving() as server:
        asked(at(server, requests_at_once=5), requests(20))
    assert server.most_at_once == 5


def test_the_order_of_answers_is_that_of_the_requests():
    with ChatServer(["other"], share=0, delay=0.02).serving() as server:
        answers = asked(at(server), requests(30))
    assert [a.text.split()[5] for a in answers] == [str(i) for i in range(30)]


def test_what_is_sent():
    pattern = Pattern(("[PER1]",))
    (request,) = requests(1, seed=5, pattern=pattern)
    bodies = {}
    for structured in (None, *module.STRUCTURED):
        with ChatServer().serving() as server:
            extra = {"seed": None, "user": "me"} if structured is None else None
            asked(at(server, structured=structured, extra=extra), [request])
            bodies[structured] = json.loads(server.heard[0][1])
    plain = bodies[None]
    assert plain["messages"] == [{"role": "user", "content": "Sentence 0 is long enough."}]
    assert plain["user"] == "me" and "seed" not in plain and plain["stream"] is False
    assert bodies["regex"]["seed"] == 5
    assert bodies["regex"]["structured_outputs"] == {"regex": pattern.regex()}
    assert bodies["gbnf"]["grammar"] == pattern.gbnf()
    assert bodies["json"]["response_format"]["type"] == "json_schema"


# The key


def test_the_key_is_sent_and_part_of_nothing_else(monkeypatch, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    with ChatServer(key=KEY).serving() as server:
        engine = at(server, api_key=KEY)
        asked(engine, requests(2), AnswerCache(tmp_path))
        monkeypatch.setenv(module.KEY_VARIABLE, KEY)
        asked(OpenAIEndpoint("tests", base_url=server.url), requests(3))
    assert server.heard[0][0]["Authorization"] == f"Bearer {KEY}"
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for shown in (repr(engine), str(engine.__getstate__()), str(engine.identity()), caplog.text):
        assert KEY not in shown and server.url not in shown
    assert KEY.encode() not in pickle.dumps(engine) + files
    assert engine == at(server, api_key="another")


def test_a_copy_in_this_process_finds_address_and_key():
    with ChatServer(key=KEY).serving() as server:
        copy = pickle.loads(pickle.dumps(at(server, api_key=KEY)))
        assert not asked(copy, requests(1))[0].fault


def test_a_wrong_key_is_an_error_that_does_not_show_it(fast):
    with ChatServer(key=KEY).serving() as server:
        engine = at(server, api_key="sk-wrong-one")
        with pytest.raises(EndpointError, match="401 .invalid_api_key.: the key is missing or wr"):
            asked(engine, requests(1))
        try:
            asked(engine, requests(1))
        except EndpointError as error:
            shown = "".join(
                traceback.TracebackException.from_exception(error, capture_locals=True).format()
            )
    assert "sk-wrong-one" not in shown
    assert len(server.heard) <= 4


def test_no_key_for_openai_is_an_error_before_anything_is_sent():
    with pytest.raises(EndpointError, match="no key for https://api.openai.com/v1: set OPENAI_API"):
        asked(OpenAIEndpoint("gpt"), requests(1))


def test_no_server_is_named_at_once():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        start = time.monotonic()
        with pytest.raises(EndpointError, match=f"no server answers at {url}: start it, or set"):
            asked(OpenAIEndpoint("tests", base_url=url), requests(3))
    assert time.monotonic() - start < 2


def test_a_wrong_page_is_named():
    with ChatServer().serving() as server:
        engine = OpenAIEndpoint("tests", base_url=server.url.removesuffix("/v1"))
        with pytest.raises(EndpointError, match="404: it has no model 'tests', or the base URL"):
            asked(engine, requests(1))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"base_url": "localhost:11434"}, "base_url must be like"),
        ({"base_url": "http://me:secret@host/v1"}, "has a user, password or query in it"),
        ({"requests_at_once": 0}, "requests_at_once=0: must be at least 1"),
        ({"retries": -1}, "retries=-1: must be at least 0"),
        ({"timeout": 0}, "timeout=0"),
        ({"structured": "xml"}, "structured='xml': must be one of"),
        ({"prices": [1.0]}, "prices=.* give two"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message) as error:
        OpenAIEndpoint("tests", **arguments)
    assert "secret" not in str(error.value)


def test_the_environment_names_the_server(monkeypatch):
    with ChatServer().serving() as server:
        monkeypatch.setenv(module.URL_VARIABLE, server.url + "/")
        assert not asked(OpenAIEndpoint("tests"), requests(1))[0].fault


@pytest.fixture
def interruptible():
    """A process that a shell started in the background ignores SIGINT."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupted_run_keeps_the_calls_under_way(tmp_path):
    cache = AnswerCache(tmp_path)
    with ChatServer(delay=0.3).serving() as server:
        engine = at(server, requests_at_once=4)

        def interrupt_after_five_calls():
            while sum(server.received.values()) < 5:
                time.sleep(0.01)
            # To the main thread, as a terminal does; another thread's would not wake it.
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

        threading.Thread(target=interrupt_after_five_calls, daemon=True).start()
        with pytest.raises(KeyboardInterrupt):
            asked(engine, requests(24), cache)
        assert 5 <= len(cache) == sum(server.received.values()) < 24
        asked(engine, requests(24), cache)
    assert set(server.received.values()) == {1}
