"""Docstrings as mkdocstrings needs them: doctests fenced, the roles of Sphinx as plain code."""

from __future__ import annotations

import re
from typing import Any

import griffe

_ROLE = re.compile(r":\w+:`~?([^`]+)`")
_DOCTEST = re.compile(r"^(?P<blank>[ ]*)>>> .*(?:\n[ ]*\S.*)*", re.MULTILINE)


class Docstrings(griffe.Extension):
    """Rewrites each docstring once, when it is read."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite the docstring of a module, class, function or attribute."""
        if obj.docstring is not None:
            text = _ROLE.sub(_name, obj.docstring.value)
            obj.docstring.value = _DOCTEST.sub(_fenced, text)


def _name(role: re.Match[str]) -> str:
    return f"`{role[1].rpartition('.')[2]}`"


def _fenced(doctest: re.Match[str]) -> str:
    blank = doctest["blank"]
    return f"{blank}```pycon\n{doctest[0]}\n{blank}```"
