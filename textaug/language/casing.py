"""The case of one word given to another."""

from __future__ import annotations


def match_case(word: str, like: str) -> str:
    """Write ``word`` in the case pattern of ``like``.

    Args:
        word: one word or several, in the case a dictionary gives it.
        like: the word whose pattern to take. Lower and mixed case leave ``word`` as it is, upper
            case is taken over, Title case makes the first letter a capital. A single capital letter
            counts as Title case.

    >>> match_case("motor vehicle", "CAR"), match_case("motor vehicle", "Car")
    ('MOTOR VEHICLE', 'Motor vehicle')
    >>> match_case("one", "A"), match_case("automobile", "car"), match_case("tablet", "iPad")
    ('One', 'automobile', 'tablet')
    """
    if len(like) > 1 and like.isupper():
        return word.upper()
    if like == like.capitalize() != like.lower():
        return word[:1].upper() + word[1:]
    return word
