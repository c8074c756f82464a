"""The state of an augmenter: its constructor arguments as one canonical JSON string."""

from __future__ import annotations

import bz2
import inspect
import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import islice
from typing import Any, ClassVar

from textaug.core.content import content_of

# Part of every state, and so of every fingerprint: `datasets` does not reuse results that it cached
# under another version. Raise it when the output of any augmenter changes.
VERSION = 11
LONGEST_SHOWN = 200  # characters of an argument in a repr
LARGE = 1000  # items of an argument (those of its lists included) from which on it is compressed


class Constructed:
    """Equality, repr and pickle from the constructor's arguments, each kept by its name."""

    secret: ClassVar[frozenset[str]] = frozenset()  # arguments in no state, repr and fingerprint
    private: ClassVar[frozenset[str]] = frozenset()  # arguments in no card

    def arguments(self, changed_only: bool = False) -> dict[str, Any]:
        """The constructor's arguments by name."""
        return {
            name: getattr(self, name)
            for name, default in constructor_parameters(type(self)).items()
            if name not in self.secret and not (changed_only and getattr(self, name) == default)
        }

    def model_names(self) -> list[str]:
        """The models that this object loads: names, or folders whose content counts."""
        own = [getattr(self, "model", None)]
        engine = getattr(self, "engine", None)  # translators, which have models of their own
        parts = engine if isinstance(engine, list) else []
        own += [getattr(part, "model", None) for part in parts]
        return [name for name in own if isinstance(name, str)]

    def __repr__(self) -> str:
        arguments = self.arguments(changed_only=True).items()
        return f"{type(self).__name__}({', '.join(f'{k}={shown(v)}' for k, v in arguments)})"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__getstate__() == self.__getstate__()

    def __hash__(self) -> int:
        return hash(self.__getstate__()[0])

    def __getstate__(self) -> tuple[str, tuple[Any, ...]]:
        # One canonical string, so that `datasets` hashes the same for equal arguments in every
        # process, and what is not plain data (functions, augmenters in augmenters), or is large.
        # Loaded models are not part of it, but the content of their folders is: rows that were
        # cached with the old weights must not be reused after a model was trained again.
        objects: list[Any] = []
        state = {
            "version": VERSION,
            "arguments": {
                name: _encode(self._compressed(name, value), objects)
                for name, value in self.arguments().items()
            },
            "models": [content_of(name) for name in self.model_names()],
        }
        return json.dumps(state, sort_keys=True), tuple(objects)

    def __setstate__(self, state: tuple[str, tuple[Any, ...]]) -> None:
        text, objects = state
        made = json.loads(text)
        if made["version"] != VERSION:
            raise ValueError(
                f"this {type(self).__name__} was pickled with output version {made['version']} of "
                f"textaug, and here it is {VERSION}: make it anew"
            )
        arguments = made["arguments"]
        self.__init__(**{k: _decode(v, objects) for k, v in arguments.items()})  # type: ignore[misc]

    def _compressed(self, name: str, value: Any) -> Any:
        """A large argument as ``_Compressed``, which is made once; others as they are."""
        if not _is_large(value):
            return value
        digest: Any
        try:  # much faster than `_encode`, and enough to see a change
            digest = hash(value) if isinstance(value, tuple) else _digest(value)
        except TypeError:  # not plain data, or lists in a tuple
            return value
        kept: dict[str, tuple[Any, Any]] = self.__dict__.setdefault("_kept_compressed", {})
        if name not in kept or kept[name][0] != digest:
            objects: list[Any] = []
            text = json.dumps(_encode(value, objects))
            # Of bz2 there is one implementation, so the bytes are the same on every machine.
            kept[name] = digest, value if objects else _Compressed(bz2.compress(text.encode()))
        return kept[name][1]


class _Compressed(bytes):
    """A large argument as JSON, compressed."""

    __slots__ = ()


def constructor_parameters(cls: type) -> dict[str, Any]:
    """Names and defaults of the constructor's arguments, the class's own first."""
    found: dict[str, Any] = {}
    for owner in cls.__mro__[:-1]:
        constructor = owner.__dict__.get("__init__")
        if constructor is not None:
            for parameter in inspect.signature(constructor).parameters.values():
                if parameter.name != "self" and parameter.kind != parameter.VAR_KEYWORD:
                    found.setdefault(parameter.name, parameter.default)
    return found


def _encode(value: Any, objects: list[Any]) -> Any:
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [_encode(item, objects) for item in value]
    if isinstance(value, Mapping):
        return {"mapping": [[key, _encode(item, objects)] for key, item in value.items()]}
    objects.append(value)
    return {"object": len(objects) - 1}


def _decode(value: Any, objects: Sequence[Any]) -> Any:
    if isinstance(value, list):
        return [_decode(item, objects) for item in value]
    if not isinstance(value, dict):
        return value
    if "object" in value:
        found = objects[value["object"]]
        if isinstance(found, _Compressed):
            return _decode(json.loads(bz2.decompress(found)), ())
        return found
    return {key: _decode(item, objects) for key, item in value["mapping"]}


def _digest(value: Any) -> bytes:
    if isinstance(value, Mapping) and any(type(key) is not str for key in value):
        value = _encode(value, [])  # JSON would write other keys as strings
    return blake2b(json.dumps(value).encode()).digest()


def _is_large(value: Any) -> bool:
    return sum(1 for _ in islice(_items(value), LARGE)) == LARGE


def _items(value: Any) -> Iterator[None]:
    """One for each item of lists in lists and mappings."""
    if isinstance(value, Mapping):
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        return
    for item in value:
        yield None
        yield from _items(item)


def shown(value: Any) -> str:
    """The repr of an argument; of a long collection only the size.

    >>> shown({"PER": ["Ann"]}), shown(["a sentence"] * 100)
    ("{'PER': ['Ann']}", '[… 100 items]')
    """
    if isinstance(value, (list, tuple)) and not all(map(_is_plain, value)):
        return f"[{', '.join(map(shown, value))}]"
    text = repr(value)
    if len(text) <= LONGEST_SHOWN or not isinstance(value, (list, tuple, Mapping)):
        return text
    if isinstance(value, Mapping):
        parts = (
            f"{key!r}: … {len(each)}" for key, each in value.items() if hasattr(each, "__len__")
        )
        text = f"{{{', '.join(parts)}}}"
        return text if len(text) <= LONGEST_SHOWN else f"{{… {len(value)} keys}}"
    return f"[… {len(value)} items]"


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float, list, tuple, Mapping))
