"""A server with the OpenAI protocol on the loopback, which misbehaves as it is told.

In a process of its own::

    python tests/support/chat_server.py --delay 0.05 --faults all

prints its address on the first line; ``GET /counts`` returns what it was asked.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import select
import socket
import threading
import time
from collections import Counter
from contextlib import contextmanager
from hashlib import blake2b
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SLOT = re.compile(r"\[[A-Z_]+\d+\]")
KEY = "sk-of-the-tests-1234567890"
HANG = 1.5  # seconds
# What may be wrong with a text, and with a response.
OF_TEXTS = (
    "lost slot", "doubled slot", "name outside", "invented name", "prose", "refusal", "empty",
    "bare slot", "invented slot", "other numbers", "too long", "same again", "slot in a word",
)  # fmt: skip
OF_RESPONSES = ("cut JSON", "429", "500", "closed", "hangs", "cut off", "400")


def rewritten(text):
    """An acceptable rewriting of nearly every sentence."""
    stop = text[-1] if text[-1:] in ".?!" else ""
    body = text.removesuffix(stop)
    if re.match(r"\w", body) and not SLOT.match(body):
        body = body[0].lower() + body[1:]
    return f"As we have heard, {body}{stop}"


def spoilt(text, fault, rng):
    """An answer with something wrong; a good one where there is nothing to go wrong."""
    good, slots = rewritten(text), SLOT.findall(text)
    slot = rng.choice(slots) if slots else ""
    if fault == "lost slot":
        return good.replace(slot, "somebody", 1) if slot else good
    if fault == "doubled slot":
        return f"{good} {slot}" if slot else good
    if fault == "bare slot":
        return good.replace(slot, slot.strip("[]"), 1) if slot else good
    if fault == "slot in a word":
        return good.replace(slot, f"pro{slot}-led", 1) if slot else good
    return {
        "name outside": f"{good} So says Germany.",
        "invented name": f"{good[:-1]} with Zacharias Quill{good[-1:]}",
        "prose": f"Sure! Here is the rewritten sentence:\n\n{good}",
        "refusal": "I'm sorry, but I can't help with that.",
        "empty": " ",
        "invented slot": f"{good} [MISC77]",
        "other numbers": f"{good} again 4711 times",
        "too long": f"{good} {'and that was that for all of us ' * 12}",
        "same again": text,
    }[fault]


class ChatServer:
    """Answers each request by its hash: the same request always gets the same answer.

    Args:
        faults: which of :data:`OF_TEXTS` and :data:`OF_RESPONSES` there are.
        share: of requests with a fault.
        delay: seconds until an answer.
        key: that requests must have, if any.

    Attributes:
        received: for each request how often it came.
        delivered: for each request how often it was answered in full to a client that was there.
    """

    def __init__(self, faults=(), share=0.5, delay=0.0, key=None, reply=None):
        self.faults, self.share, self.delay, self.key = tuple(faults), share, delay, key
        self.reply = reply
        self.received, self.delivered, self.made = Counter(), Counter(), Counter()
        self.busy = self.most_at_once = 0
        self.heard = []
        self.lock = threading.Lock()

    def fault_for(self, digest, times):
        """The fault of a request; that of a response only the first time."""
        rng = random.Random(digest)
        if not self.faults or rng.random() >= self.share:
            return None, rng
        fault = rng.choice(self.faults)
        return (None if fault in OF_RESPONSES[:5] and times > 1 else fault), rng

    @contextmanager
    def serving(self):
        handler = type("Handler", (_Handler,), {"owner": self})
        server = _Server(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{server.server_port}/v1"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass  # a client that went away


class _Handler(BaseHTTPRequestHandler):
    owner: ChatServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_GET(self):
        owner = self.owner
        twice = {k: n for k, n in owner.delivered.items() if n > 1}
        self._send(200, {
            "received": sum(owner.received.values()), "different": len(owner.received),
            "delivered": sum(owner.delivered.values()), "delivered twice": len(twice),
            "faults": dict(owner.made), "most at once": owner.most_at_once,
            "data": [{"id": "tests"}],
        })  # fmt: skip

    def do_POST(self):
        length, owner = int(self.headers["Content-Length"]), self.owner
        body = self.rfile.read(length)
        if len(body) < length:  # the client was killed while it wrote
            return
        digest = blake2b(body, digest_size=12).hexdigest()
        with owner.lock:
            owner.received[digest] += 1
            owner.heard.append((dict(self.headers), body))
            owner.busy += 1
            owner.most_at_once = max(owner.most_at_once, owner.busy)
            times = owner.received[digest]
        try:
            self._answer(owner, digest, times, json.loads(body))
        finally:
            with owner.lock:
                owner.busy -= 1

    def _answer(self, owner, digest, times, asked):
        if self.path != "/v1/chat/completions":
            return self._send(404, {"error": {"message": "no such page"}})
        if owner.key and self.headers.get("Authorization") != f"Bearer {owner.key}":
            given = self.headers.get("Authorization")
            error = {"message": f"Incorrect API key provided: {given}", "code": "invalid_api_key"}
            return self._send(401, {"error": error})
        fault, rng = owner.fault_for(digest, times)
        with owner.lock:
            owner.made[fault] += 1
        # Not all the same, so that answers come in another order than requests.
        time.sleep(owner.delay * (1 if owner.faults == () else rng.uniform(0.5, 1.5)))
        text = asked["messages"][-1]["content"]
        if fault == "429":
            return self._send(429, {"error": {"message": text}}, {"Retry-After": "0.2"})
        if fault == "500":
            return self._send(500, {"error": {"message": text}})
        if fault == "400":
            error = {"message": f"too long: {text}", "code": "context_length_exceeded"}
            return self._send(400, {"error": error})
        if fault == "closed":
            return self._close()
        if fault == "hangs":
            time.sleep(HANG)
            return self._close()
        reply = owner.reply or rewritten
        reason = "length" if fault == "cut off" else "stop"
        answer = spoilt(text, fault, rng) if fault in OF_TEXTS else reply(text)
        content = {
            "choices": [
                {"index": 1, "message": {"role": "assistant", "content": "another choice"}},
                {"index": 0, "message": {"role": "assistant", "content": answer},
                 "finish_reason": reason},
            ],
            "usage": {"prompt_tokens": 50, "completion_tokens": 10},
        }  # fmt: skip
        if fault == "cut JSON":
            return self._send(200, json.dumps(content)[:40])
        if self._is_gone():  # as servers do that stop to write when the client has left
            return None
        self._send(200, content)
        with owner.lock:
            owner.delivered[digest] += 1

    def _is_gone(self):
        readable, _, _ = select.select([self.connection], [], [], 0)
        return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)

    def _close(self):
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _send(self, status, content, headers=None):
        data = content.encode() if isinstance(content, str) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--share", type=float, default=0.5)
    parser.add_argument("--faults", choices=["none", "texts", "all"], default="none")
    given = parser.parse_args()
    faults = {"none": (), "texts": OF_TEXTS, "all": OF_TEXTS + OF_RESPONSES}[given.faults]
    with ChatServer(faults, given.share, given.delay).serving() as server:
        print(server.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
