"""Any server that speaks the OpenAI protocol: vLLM, llama.cpp, Ollama, LM Studio, hosted ones."""

from __future__ import annotations

import json
import os
import random
import re
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from email.utils import parsedate_to_datetime
from threading import Event, Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from textaug.llm.base import Answer, Engine, Keep, Request

if TYPE_CHECKING:
    import urllib3

EXTRA = "pip install 'textaug-nlp[llm]'"
OPENAI_URL = "https://api.openai.com/v1"
URL_VARIABLE, KEY_VARIABLE = "OPENAI_BASE_URL", "OPENAI_API_KEY"
CONNECT_TIMEOUT = 10.0  # seconds
LONGEST_WAIT = 120.0  # seconds that a server may ask for before the run stops
SLOWEST_RETRY = 30.0  # seconds between two tries
STRUCTURED = ("json", "regex", "gbnf")
# What another try may change; a 200 without JSON was cut.
_AGAIN = frozenset({200, 408, 409, 425, 429, *range(500, 600)})
_WRONG_SET_UP = {401, 403, 404, 405}
_CODE = re.compile(r"\w{1,60}")  # of an error; a message may repeat the prompt, or the key

# Where the models of this process are, for copies that were pickled: a key is in no pickle.
_given: dict[str, tuple[str | None, str | None]] = {}


class EndpointError(OSError):
    """A server that cannot be used as it is set up; all answers so far are kept."""


class OpenAIEndpoint(Engine):
    """A server with the OpenAI protocol (``/chat/completions``, not streamed).

    A call is tried again after a 429, a 5xx, a timeout, a closed connection or a body that is no
    JSON, with growing pauses, and not before the time that ``Retry-After`` names. A row whose call
    fails in the end is rejected and counted.

    Args:
        model: its name at the server. It stands for the model: answers in the cache are found by
            it, whatever the address.
        base_url: such as ``"http://localhost:11434/v1"`` (Ollama); default: the environment
            variable ``OPENAI_BASE_URL``, else OpenAI.
        api_key: default: the environment variable ``OPENAI_API_KEY``; servers of your own need
            none. Address and key are part of no state, repr, log, card or fingerprint; other
            processes read them from the environment.
        requests_at_once: how many calls wait for an answer at the same time; it changes no result.
        timeout: seconds without a byte from the server.
        retries: how often a call is tried again.
        structured: how the server is told what an answer must look like: ``"json"`` (a JSON schema,
            as OpenAI, Ollama and LM Studio take it), ``"regex"`` (vLLM), ``"gbnf"`` (llama.cpp).
        prices: per million tokens, sent and received, for :attr:`Usage.cost`.
        extra: further fields of each request; ``None`` leaves a field out, such as
            ``{"seed": None, "max_tokens": None, "max_completion_tokens": 500}``.

    Raises:
        ValueError: for an argument out of range, or an address with a password in it.
        EndpointError: when called: no server, no key, a wrong key, a model that it does not have.

    >>> OpenAIEndpoint("llama3.2", base_url="http://localhost:11434/v1", api_key="secret")
    OpenAIEndpoint(model='llama3.2')
    """

    secret = frozenset({"base_url", "api_key"})

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        requests_at_once: int = 16,
        timeout: float = 60.0,
        retries: int = 5,
        structured: str | None = None,
        prices: Sequence[float] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        for name, value, least in (
            ("requests_at_once", requests_at_once, 1),
            ("retries", retries, 0),
            ("timeout", timeout, 1e-3),
        ):
            if value < least:
                raise ValueError(f"{name}={value}: must be at least {least}")
        if structured not in (None, *STRUCTURED):
            raise ValueError(f"structured={structured!r}: must be one of {STRUCTURED}, or None")
        if prices is not None and len(prices) != 2:
            raise ValueError(f"prices={prices!r}: give two, of a million tokens sent and received")
        self.model = model
        self.requests_at_once = requests_at_once
        self.timeout = timeout
        self.retries = retries
        self.structured = structured
        self.prices = None if prices is None else (float(prices[0]), float(prices[1]))
        self.extra = None if extra is None else dict(extra)
        if base_url is not None or api_key is not None:
            _given[model] = base_url, api_key
        self._url, self._key = _given.get(model, (None, None))
        self._has_answered = False
        self._not_before = 0.0  # as the server asked, for all calls
        self._stop = Event()
        self._address()

    def model_names(self) -> list[str]:
        """No folder: the name is the server's."""
        return []

    def identity(self) -> dict[str, Any]:
        """By the name of the model and what each request is sent with."""
        return {"openai": self.model, "structured": self.structured, "extra": self.extra}

    def _address(self) -> str:
        """The base URL; neither user nor password may be in it."""
        url = (self._url or os.environ.get(URL_VARIABLE) or OPENAI_URL).rstrip("/")
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(
                "base_url must be like 'http://localhost:11434/v1' (the given one is not shown)"
            )
        if parts.username or parts.password or parts.query:
            raise ValueError("base_url has a user, password or query in it; give api_key= instead")
        return url

    def _headers(self) -> dict[str, str]:
        key = self._key or os.environ.get(KEY_VARIABLE)
        if key is None and self._address() == OPENAI_URL:
            raise EndpointError(
                f"no key for {OPENAI_URL}: set {KEY_VARIABLE}, or {URL_VARIABLE} for a server of "
                "your own (other processes see the environment, not arguments)"
            )
        return {"Content-Type": "application/json"} | (
            {"Authorization": f"Bearer {key}"} if key else {}
        )

    def answer(self, requests: Sequence[Request], keep: Keep) -> None:
        """Ask for all answers, some at once; each is kept as soon as it is there.

        Where this is interrupted, the calls that the server is at work on are waited for and kept.
        """
        self._stop = Event()
        self._headers()  # raises if there is no key
        writing = Lock()

        def one(pool: urllib3.PoolManager, i: int) -> None:
            answer = self._one(pool, requests[i])
            if answer.is_final or not self._stop.is_set():
                with writing:  # before this thread sends the next request
                    keep(i, answer)

        with self._pool() as pool, ThreadPoolExecutor(self.requests_at_once) as threads:
            futures = [threads.submit(one, pool, i) for i in range(len(requests))]
            try:
                for future in as_completed(futures):
                    future.result()
            except BaseException:  # leaving the block waits for the calls under way
                self._stop.set()
                for future in futures:
                    future.cancel()
                raise

    def _pool(self) -> urllib3.PoolManager:
        """Connections that stay open between calls, through the proxy of the environment."""
        try:
            import urllib3
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(f"servers are called with urllib3: {EXTRA}") from error
        parts = urlsplit(self._address())
        proxy = getproxies().get(parts.scheme)
        if proxy and not proxy_bypass(parts.netloc):
            return urllib3.ProxyManager(proxy, maxsize=self.requests_at_once)
        return urllib3.PoolManager(maxsize=self.requests_at_once)

    def _one(self, pool: urllib3.PoolManager, request: Request) -> Answer:
        """One call, with its retries."""
        import urllib3

        url, body = f"{self._address()}/chat/completions", json.dumps(self._body(request))
        fault = "stopped"
        for attempt in range(self.retries + 1):
            pause = attempt and min(2.0 ** (attempt - 2), SLOWEST_RETRY)
            self._rest(pause * (1 + random.random()))  # at different moments
            if self._stop.is_set():
                return Answer(fault="stopped", is_final=False)
            timeout = urllib3.Timeout(connect=CONNECT_TIMEOUT, read=self.timeout)
            try:
                response = pool.request(
                    "POST", url, body=body, headers=self._headers(), timeout=timeout,
                    retries=False, redirect=False, preload_content=True,
                )  # fmt: skip
            except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError):
                fault = "no server"
                if not self._has_answered:
                    break
            except urllib3.exceptions.ReadTimeoutError:
                fault = "server timeout"
            except urllib3.exceptions.HTTPError as error:  # closed, cut
                fault = f"server: {type(error).__name__}"
            else:
                self._has_answered = True
                answer = self._read(response.status, response.headers, response.data)
                if isinstance(answer, str):  # raised here, where no variable holds what was read
                    raise EndpointError(answer)
                if answer.is_final or response.status not in _AGAIN:
                    return answer
                fault = answer.fault
        if fault == "no server":
            raise EndpointError(
                f"no server answers at {self._address()}: start it, or set {URL_VARIABLE}"
            )
        return Answer(fault=fault, is_final=False)

    def _rest(self, seconds: float) -> None:
        until = max(time.monotonic() + seconds, self._not_before)
        self._stop.wait(max(0.0, until - time.monotonic()))

    def _body(self, request: Request) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": role, "content": text} for role, text in request.messages],
            "temperature": request.temperature,
            "top_p": request.top_p,
            "max_tokens": request.max_tokens,
            "seed": request.seed,
            "stream": False,
        }
        pattern = request.pattern
        if pattern is not None and self.structured == "regex":
            body["structured_outputs"] = {"regex": pattern.regex()}
        elif pattern is not None and self.structured == "gbnf":
            body["grammar"] = pattern.gbnf()
        elif self.structured == "json":
            schema = {
                "type": "object",
                "properties": {"sentences": {"type": "array", "items": {"type": "string"}}},
                "required": ["sentences"],
                "additionalProperties": False,
            }
            form = {"name": "sentences", "strict": True, "schema": schema}
            body["response_format"] = {"type": "json_schema", "json_schema": form}
        body |= self.extra or {}
        return {name: value for name, value in body.items() if value is not None}

    def _read(self, status: int, headers: Mapping[str, str], content: bytes) -> Answer | str:
        """The answer in a response; or why no call can succeed."""
        if status == 200:
            return _answer_in(content)
        if status in _AGAIN:
            wait = _retry_after(headers.get("Retry-After", ""))
            if wait > LONGEST_WAIT:
                return (
                    f"the server answers {status} and asks to wait {wait:.0f} seconds; start again "
                    "then (answers so far are kept)"
                )
            if wait:
                self._not_before = max(self._not_before, time.monotonic() + wait)
            return Answer(fault=f"server: HTTP {status}", is_final=False)
        code = _code(content)
        if status in _WRONG_SET_UP or 300 <= status < 400:
            what = {
                401: f"the key is missing or wrong; set {KEY_VARIABLE}",
                403: f"the key may not use {self.model!r}",
                404: f"it has no model {self.model!r}, or the base URL is not the one with '/v1'",
            }.get(status, "is the base URL the one that ends with '/v1'?")
            shown = f" ({code})" if code else ""
            return f"{self._address()} answers {status}{shown}: {what}"
        # Nothing that waiting would change: a prompt that is too long, a field it does not know.
        return Answer(fault=f"server: HTTP {status}{f' ({code})' if code else ''}", is_final=False)


def _answer_in(content: bytes) -> Answer:
    """What a server wrote, and what it cost."""
    try:
        found = json.loads(content)
        choice = min(found["choices"], key=lambda each: each.get("index") or 0)
        message = choice["message"]
        text = message.get("content") or ""
        usage = found.get("usage") or {}
        sent, received = (
            int(usage.get(name) or 0) for name in ("prompt_tokens", "completion_tokens")
        )
    except (ValueError, LookupError, TypeError, AttributeError):
        return Answer(fault="server: no JSON", is_final=False)
    fault = ""
    if message.get("refusal") or choice.get("finish_reason") == "content_filter":
        fault = "refusal"
    elif choice.get("finish_reason") == "length":
        fault = "cut off"
    elif not isinstance(text, str) or not text.strip():
        fault = "empty answer"
    return Answer("" if fault else text, fault, True, sent, received)


def _retry_after(value: str) -> float:
    """Seconds, from a number or a date; 0 for anything else."""
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return 0.0


def _code(content: bytes) -> str:
    """The code of an error, if it has one."""
    try:
        error = json.loads(content)["error"]
        found = error.get("code") or error.get("type")
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    return found if isinstance(found, str) and _CODE.fullmatch(found) else ""
