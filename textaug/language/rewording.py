"""The changes between a sentence and its paraphrase, one by one, and what they look like.

For English. Features that tell good changes from bad ones are fitted by
``scripts/fit_rewording.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

import regex

from textaug.core.example import Augmented, Edit, Example, apply_edits
from textaug.language.inflection import lemmas_of
from textaug.language.senses import senses_of
from textaug.language.word_lists import stop_words
from textaug.offline import lower_case_words


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LETTERS = "nvar"  # parts of speech in WordNet
NEGATIONS = _words("n't cannot neither never no nobody none nor not nothing nowhere without")
PERSONS = (
    _words("he him his himself"),
    _words("she her hers herself"),
    _words("it its itself"),
    _words("they them their theirs themselves"),
    _words("i me my mine myself"),
    _words("we us our ours ourselves"),
    _words("you your yours yourself yourselves"),
)
NUMBERS = _words(
    "two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred "
    "thousand million billion trillion first second third fourth fifth half twice dozen"
)
PREPOSITIONS = _words(
    "in on at to for from of by with over under into onto through during between against about "
    "after before until since across off out up down as than like"
)
PARTICLES = _words("up out off down over away so back on")
PRONOUNS = _words("who whom whose which")
_ONE_VERB = (_words("is are was were be been being"), _words("has have had"), _words("do does did"))
# A change of these words alone rarely harms: "the", "that", tenses, "the X of Y" for "Y's X".
LIGHT = _words("the that , which whom has have 's of is are was were been had with will")
MINOR = _words("the a an that")
AUXILIARIES = _words(
    "is are was were be been being has have had do does did will would can could should may might "
    "must 's 've 're 'm 'd 'll"
)
_WORD = regex.compile(r"\p{L}[\p{L}-]*")


class Block(NamedTuple):
    """The tokens ``start:end`` of the old sentence, and ``new_start:new_end`` of the new one."""

    start: int
    end: int
    new_start: int
    new_end: int


Change = tuple[Block, ...]  # blocks that belong together, because words moved between them


def changes_between(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """The changes from one tokenized sentence to another, by position.

    Blocks with at most one common word between them are one block, and blocks between which a
    content word moved are one change.

    >>> changes_between("He left the old city".split(), "He left an old town".split())
    [(Block(start=2, end=5, new_start=2, new_end=5),)]
    """
    lower = [token.lower() for token in old], [token.lower() for token in new]
    blocks: list[Block] = []
    for kind, *ends in SequenceMatcher(None, *lower, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        block = Block(*ends)
        if blocks and block.start - blocks[-1].end <= 1:
            block = Block(blocks[-1].start, block.end, blocks[-1].new_start, block.new_end)
            blocks.pop()
        blocks.append(block)
    owner = list(range(len(blocks)))
    words = [(_counted(lower[0][a:b]), _counted(lower[1][c:d])) for a, b, c, d in blocks]
    for i, (lost, gained) in enumerate(words):
        for j, (other_lost, other_gained) in enumerate(words):
            moved = (lost - gained) & (other_gained - other_lost)
            if i != j and any(map(_is_content, moved)):
                owner = [owner[j] if each == owner[i] else each for each in owner]
    return [
        tuple(block for block, each in zip(blocks, owner, strict=True) if each == group)
        for group in dict.fromkeys(owner)
    ]


def as_edits(change: Change, old: Sequence[str], new: Sequence[str]) -> list[Edit]:
    """A change as edits of the old sentence, whose new words have no annotations."""
    blocks = (_with_capital(block, old, new) for block in change)
    return [Edit(a, b, tuple(new[c:d]), (None,) * (d - c)) for a, b, c, d in blocks]


def _with_capital(block: Block, old: Sequence[str], new: Sequence[str]) -> Block:
    """The block, with the word after it if that has another capital now."""
    start, end, new_start, new_end = block
    is_same = end == len(old) or new_end == len(new) or old[end] == new[new_end]
    return block if is_same else Block(start, end + 1, new_start, new_end + 1)


def with_changes(old: Example, new: Example, changes: Sequence[Change]) -> Augmented:
    """The old sentence with some of the changes of the new one, and their white space."""
    edits = [edit for change in changes for edit in as_edits(change, old.tokens, new.tokens)]
    result = apply_edits(old, edits)
    if old.spaces is None or new.spaces is None:
        return result
    spaces: list[str] = []
    done, here = 0, old.spaces[0]
    for block in sorted(block for change in changes for block in change):
        start, end, new_start, new_end = _with_capital(block, old.tokens, new.tokens)
        if start > done:
            spaces += [here, *old.spaces[done + 1 : start]]
        spaces += new.spaces[new_start:new_end]
        done, here = end, new.spaces[new_end]
    last = old.spaces[-1]
    spaces += [here, *old.spaces[done + 1 :]] if done < len(old.tokens) else [last]
    return result._replace(example=result.example._replace(spaces=tuple(spaces)))


def is_safe(change: Change, example: Example, new: Sequence[str]) -> bool:
    """Whether a change keeps mentions, names, negations, persons, numbers; all words are known."""
    old = example.tokens
    edits = as_edits(change, old, new)
    fixed = [(span.start, span.end) for span in example.spans] + list(example.protected)
    if any(
        (edit.start < end and edit.end > start) or start < edit.start == edit.end < end
        for start, end in fixed
        for edit in edits
    ):
        return False
    lost, gained = _exchanged(change, old, new)
    names = (old[i] for start, end, *_ in change for i in range(max(start, 1), end))
    if any(name[0].isupper() and name.lower() in lost for name in names):
        return False
    before = [token for edit in edits for token in old[edit.start : edit.end]]
    after = [token for edit in edits for token in edit.tokens]
    if [token for token in before if token[0].isdigit()] != [
        token for token in after if token[0].isdigit()
    ]:
        return False
    if any(
        _number_of(lost, group) != _number_of(gained, group) for group in (NEGATIONS, *PERSONS)
    ) or any((lost - gained)[word] or (gained - lost)[word] for word in NUMBERS):
        return False
    is_more = _has_other_words(_pairs(change, old, new), PREPOSITIONS | MINOR)
    if _breaks_grammar(lost, gained, is_more):
        return False
    return all(is_known(token) for token in gained if _WORD.fullmatch(token))


def _breaks_grammar(lost: Counter[str], gained: Counter[str], is_more: bool) -> bool:
    """Whether function words changed in a way that is wrong in most sentences.

    "Who" for "which" or "that", a preposition that is dropped (but not in "board members" for
    "members of the board") or replaced by another, an auxiliary
    that comes in or is replaced by another form of itself, a passive that is lost, another form of
    one word, another tokenization.
    """
    words, others = list(lost.elements()), list(gained.elements())
    if PRONOUNS & lost.keys() and PRONOUNS & gained.keys() and "that" not in (*words, *others):
        return True
    if "that" in lost and "who" in gained:
        return True
    dropped, new = PREPOSITIONS & lost.keys(), PREPOSITIONS & gained.keys()
    is_alone = not any(any(map(str.isalpha, word)) for word in others)
    if dropped and (new or (is_alone and not (dropped == {"of"} and is_more))):
        return True
    if not words and others and set(others) <= AUXILIARIES:
        return True
    if words and not others and set(words) <= _ONE_VERB[0]:  # "had been left" > "had left"
        return True
    if "".join(words) == "".join(others) != "":
        return True
    if len(words) != 1 or len(others) != 1:
        return False
    if any({*words, *others} <= forms for forms in _ONE_VERB):
        return True
    return _kinship(words[0], others[0]) == 3


def _number_of(words: Counter[str], group: frozenset[str]) -> int:
    return sum(n for word, n in words.items() if word in group)


def is_minor(change: Change, old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether a change only adds or leaves out articles, "that" and punctuation."""
    pairs = _pairs(change, old, new)
    return any(before != after for before, after in pairs) and not _has_other_words(pairs, MINOR)


def _pairs(
    change: Change, old: Sequence[str], new: Sequence[str]
) -> list[tuple[list[str], list[str]]]:
    """The words of each block of a change, before and after."""
    return [
        ([word.lower() for word in old[a:b]], [word.lower() for word in new[c:d]])
        for a, b, c, d in change
    ]


def _has_other_words(pairs: Sequence[tuple[list[str], list[str]]], small: frozenset[str]) -> bool:
    """Whether words besides small ones and signs changed in some block."""

    def kept(words: list[str]) -> list[str]:
        return [word for word in words if word not in small and any(map(str.isalnum, word))]

    return any(kept(before) != kept(after) for before, after in pairs)


def features_of(change: Change, old: Sequence[str], new: Sequence[str]) -> list[float]:
    """What a change looks like, in the order of :data:`FEATURES` but for the last."""
    lost, gained = _exchanged(change, old, new)
    content = [word for word in lost.elements() if _is_content(word)]
    new_content = [word for word in gained.elements() if _is_content(word)]
    related = [0, 0, 0]  # number of pairs: any, synonyms, forms of one word
    for word in list(content):
        if new_content:
            kind, partner = max((_kinship(word, other), other) for other in new_content)
            if kind:
                related[kind - 1] += 1
                content.remove(word)
                new_content.remove(partner)
    others = min(len(content), len(new_content))
    function = not (sum(related) + len(content) + len(new_content))
    prepositions = [sum(n for w, n in c.items() if w in PREPOSITIONS) for c in (lost, gained)]
    rest = [
        sum(n for w, n in c.items() if not (_is_content(w) or w in _COUNTED))
        for c in (lost, gained)
    ]
    span = sum(end - start + new_end - new_start for start, end, new_start, new_end in change)
    return [
        float(function),
        float(function and {*lost, *gained} <= LIGHT),
        float(not PARTICLES.isdisjoint(lost)),
        float(max(0, span - 4)),
        float(len(change)),
        float(min(prepositions)),
        *map(float, rest),
        float(not gained),
        *map(float, related),
        float(others),
        float(len(content) - others),
        float(len(new_content) - others),
    ]


FEATURES = (
    "function words only", "light words only", "particle lost", "length above 4", "blocks",
    "prepositions replaced", "other function words lost",
    "other function words gained", "deletion", "related words", "synonyms", "forms of one word",
    "other words", "words lost", "words gained", "distance",
)  # fmt: skip
_COUNTED = PREPOSITIONS | AUXILIARIES | {"the", "a", "an"}


def is_known(word: str) -> bool:
    """Whether every part of a word is English: in WordNet, or in BERT's vocabulary.

    >>> is_known("well-organized"), is_known("squeathed")
    (True, False)
    """
    return all(_is_known(part) for part in word.lower().split("-") if part)


@lru_cache(1 << 16)
def _is_known(word: str) -> bool:
    if word in lower_case_words() or word in stop_words():
        return True
    return any(senses_of(lemma, letter) for letter in _LETTERS for lemma in lemmas_of(word, letter))


def _exchanged(
    change: Change, old: Sequence[str], new: Sequence[str]
) -> tuple[Counter[str], Counter[str]]:
    """The words that a change loses, and those that it gains."""
    lost = _counted([token.lower() for start, end, *_ in change for token in old[start:end]])
    gained = _counted([token.lower() for *_, start, end in change for token in new[start:end]])
    return lost - gained, gained - lost


def _counted(words: Sequence[str]) -> Counter[str]:
    return Counter(words)


def _is_content(word: str) -> bool:
    return word not in stop_words() and any(map(str.isalpha, word))


@lru_cache(1 << 16)
def _kinship(word: str, other: str) -> int:
    """3 for forms of one word, 2 for synonyms, 1 for hypernyms and similar adjectives, else 0."""
    lemmas = {lemma for letter in _LETTERS for lemma in lemmas_of(word, letter)}
    others = {lemma for letter in _LETTERS for lemma in lemmas_of(other, letter)}
    if lemmas & others:
        return 3
    senses = [
        sense for lemma in lemmas for letter in _LETTERS for sense in senses_of(lemma, letter)
    ]
    if any(not others.isdisjoint(sense.lemmas) for sense in senses):
        return 2
    back = [sense for lemma in others for letter in _LETTERS for sense in senses_of(lemma, letter)]
    near = any(not others.isdisjoint((*s.hypernyms, *s.similar)) for s in senses)
    return int(near or any(not lemmas.isdisjoint((*s.hypernyms, *s.similar)) for s in back))
