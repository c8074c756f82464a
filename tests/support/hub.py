"""A small model hub on the loopback: what `huggingface_hub` asks for, and nothing more."""

import hashlib
import json
import re
from base64 import b64decode
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote, urlsplit

_FILE = re.compile(r"/(?:(datasets)/)?([^/]+/[^/]+)/resolve/([^/]+)/(.+)")
_WRITE = re.compile(r"/api/datasets/([^/]+/[^/]+)/(preupload|commit)/([^/]+)")
_API = re.compile(r"/api/(models|datasets)/([^/]+/[^/]+)(?:/(revision|tree)/([^/]+))?(?:/(.+))?")


class Hub:
    """Serves folders.

    Args:
        repositories: for ``"models/owner/name"`` or ``"datasets/owner/name"`` the folder of each
            revision.
        home: where folders of new data sets are made.
        token: without it, nobody can write; `None`: anybody can.

    Attributes:
        asked: method and path of every request, in order.
        url: for ``HF_ENDPOINT``.
    """

    def __init__(self, repositories, home=None, token=None):
        self.repositories = repositories
        self.home = home
        self.token = token
        self.asked = []
        self.port = 0  # any that is free

    def commit(self, repository, revision):
        """What stands for the hash of a commit; a revision may be given by it."""
        return hashlib.sha1(f"{repository}@{revision}".encode()).hexdigest()

    def folder(self, repository, revision):
        """The commit and the folder, or `None` for a revision that is not there."""
        for name, folder in self.repositories[repository].items():
            commit = self.commit(repository, name)
            if revision in (name, commit):
                return commit, folder
        return None

    @contextmanager
    def serving(self):
        handler = type("Handler", (_Handler,), {"hub": self})
        server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.port = server.server_port  # the same if it is served again
        self.url = f"http://127.0.0.1:{self.port}"
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = unquote(urlsplit(self.path).path)
        written = _WRITE.fullmatch(path)
        if path not in ("/api/repos/create", "/api/validate-yaml") and not written:
            self.do_GET()
            return
        self.hub.asked.append(f"{self.command} {path}")
        if self.hub.token is not None and f"Bearer {self.hub.token}" != (
            self.headers.get("Authorization")
        ):
            self._json(401, {"error": "Invalid credentials"})
        elif written and written[2] == "preupload":
            files = [{**file, "uploadMode": "regular", "shouldIgnore": False}
                     for file in json.loads(body)["files"]]  # fmt: skip
            self._json(200, {"files": files})
        elif written:
            self._commit(f"datasets/{written[1]}", written[3], body)
        elif path == "/api/validate-yaml":
            self._json(200, {"errors": [], "warnings": []})
        else:
            asked = json.loads(body)
            name = f"{asked.get('organization') or 'me'}/{asked['name']}"
            folder = self.hub.home / name
            folder.mkdir(parents=True)
            self.hub.repositories[f"datasets/{name}"] = {"main": folder}
            self._json(200, {"url": f"{self.hub.url}/datasets/{name}", "name": name})

    def _commit(self, repository, revision, body):
        _, folder = self.hub.folder(repository, revision)
        for operation in map(json.loads, body.splitlines()):
            if operation["key"] == "file":
                path = folder / operation["value"]["path"]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(b64decode(operation["value"]["content"]))
        commit = self.hub.commit(repository, revision)
        url = f"{self.hub.url}/{repository}/commit/{commit}"
        self._json(200, {"commitUrl": url, "commitOid": commit, "success": True})

    def _json(self, status, content):
        headers = {"Content-Type": "application/json"}
        self._answer(status, json.dumps(content).encode(), headers)

    def do_GET(self):
        path = unquote(urlsplit(self.path).path)
        self.hub.asked.append(f"{self.command} {path}")
        if match := _FILE.fullmatch(path):
            kind, name, revision, file = match.groups()
            self._file(f"{kind or 'models'}/{name}", revision, file)
        elif match := _API.fullmatch(path):
            kind, name, what, revision, below = match.groups()
            self._about(f"{kind}/{name}", what, revision or "main", below or "")
        else:
            self._answer(404, b"")

    def _found(self, repository, revision):
        if repository not in self.hub.repositories:
            self._answer(404, b"", {"X-Error-Code": "RepoNotFound"})
            return None
        found = self.hub.folder(repository, revision)
        if found is None:
            self._answer(404, b"", {"X-Error-Code": "RevisionNotFound"})
        return found

    def _file(self, repository, revision, file):
        if (found := self._found(repository, revision)) is None:
            return
        commit, folder = found
        if not (folder / file).is_file():
            self._answer(404, b"", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": commit})
            return
        content = (folder / file).read_bytes()
        headers = {"ETag": f'"{_etag(content)}"', "X-Repo-Commit": commit}
        self._answer(200, content, {**headers, "Accept-Ranges": "bytes"})

    def _about(self, repository, what, revision, below):
        if (found := self._found(repository, revision)) is None:
            return
        commit, folder = found
        if what == "tree" and not (folder / below).is_dir():
            self._answer(404, b"", {"X-Error-Code": "EntryNotFound"})
            return
        if what == "tree":
            recursive = "recursive=true" in self.path.lower()
            paths = (folder / below).rglob("*") if recursive else (folder / below).iterdir()
            content = [_entry(path, folder) for path in sorted(paths)]
        else:
            names = [str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()]
            siblings = [{"rfilename": name} for name in sorted(names)]
            name = repository.partition("/")[2]
            content = {
                "id": name,
                "sha": commit,
                "siblings": siblings,
                "tags": [],
                "private": False,
            }
        headers = {"Content-Type": "application/json"}
        self._answer(200, json.dumps(content).encode(), headers)

    def _answer(self, status, content, headers=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _etag(content):
    return hashlib.sha1(content).hexdigest()


def _entry(path, folder):
    name = str(path.relative_to(folder))
    if path.is_dir():
        return {"type": "directory", "path": name, "oid": _etag(name.encode()), "size": 0}
    content = path.read_bytes()
    return {"type": "file", "path": name, "oid": _etag(content), "size": len(content)}
