"""textaug: more labelled text, with every label still right.

>>> from textaug import NoiseInjection
>>> row = {"tokens": ["Ann", "lives", "in", "Rome"], "ner_tags": ["B-PER", "O", "O", "B-LOC"]}
>>> NoiseInjection(seed=4)(row)["ner_tags"]
['B-PER', 'O', 'O', 'B-LOC']
"""

from typing import Any

import lazy_loader

from textaug.core.sources import set_loader

__version__ = "0.1.0"

# The public names are in __init__.pyi. Each is imported when it is first used: all of them together
# take longer than `textaug --help` should.
__getattr__, __dir__, _names = lazy_loader.attach_stub(__name__, __file__)
# `from textaug import *` must not hide the package `ray`.
__all__ = [name for name in _names if name not in ("corpora", "offline", "ray")]


def _load(given: Any, strict: bool) -> Any:
    from textaug.io.load import load_for_use

    return load_for_use(given, strict)


set_loader(_load)
