"""Random numbers for one example, at the cost of one hash."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from math import log, log1p
from random import Random
from struct import Struct
from typing import Any, NoReturn, TypeVar

SMALLEST_STEP = 2.0**-53  # between two numbers of `random`
_WORDS = Struct("<8Q")  # a digest of BLAKE2b as numbers of 64 bits


class HashRandom(Random):
    """A ``random.Random`` whose numbers are the hash of a key, then the hash of that hash.

    Each example has its own generator and takes a few numbers from it. The Mersenne Twister behind
    ``random.Random`` takes longer to seed than most examples take to augment; here one call of
    BLAKE2b makes the first eight numbers. All methods of ``random.Random`` work, except those that
    read or set the state.

    Args:
        key: same key, same numbers.

    >>> HashRandom(b"a").random() == HashRandom(b"a").random() != HashRandom(b"b").random()
    True
    >>> HashRandom(b"a").choice(["one", "two", "three"])
    'one'
    """

    gauss_next = None  # what `Random.gauss` keeps for its next call

    def __init__(self, key: bytes) -> None:
        self._digest = key  # hashed for the first number: many examples never ask for one
        self._words: list[int] = []

    def _more(self) -> list[int]:
        self._digest = blake2b(self._digest).digest()
        self._words = words = list(_WORDS.unpack(self._digest))
        return words

    def random(self) -> float:
        """The next number, at least 0 and below 1, a multiple of 2**-53."""
        return ((self._words or self._more()).pop() >> 11) * SMALLEST_STEP

    def getrandbits(self, k: int, /) -> int:
        """An integer of ``k`` random bits."""
        bits = 0
        for _ in range(0, k, 64):
            bits = bits << 64 | (self._words or self._more()).pop()
        return bits >> (-k % 64)

    def _no_state(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotImplementedError(f"{type(self).__name__} is made from a key; create another one")

    seed = getstate = setstate = _no_state


Item = TypeVar("Item")


def choose(items: Sequence[Item], p: float, rng: Random) -> list[Item]:
    """Each item with probability ``p``, in order; at least one if there is any and ``p > 0``.

    At least one, because an augmented copy without a change is useless.
    """
    if not items or p <= 0:
        return []
    if p >= 1:
        return list(items)
    # One draw for each chosen item, not for each item: the number of items that are skipped before
    # the next chosen one is geometrically distributed.
    chosen = []
    log_skip = log1p(-p)
    position = log(1 - rng.random()) // log_skip
    while position < len(items):
        chosen.append(items[int(position)])
        position += 1 + log(1 - rng.random()) // log_skip
    return chosen or [items[int(rng.random() * len(items))]]
