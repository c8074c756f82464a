"""What a language model is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textaug.llm.slots import Slots

STYLES = {
    "paraphrase": "Say the same in other words.",
    "simplify": "Say the same in simpler words.",
    "formal": "Say the same in formal language.",
    "informal": "Say the same in informal, spoken language.",
    "news": "Say the same as a reporter would write it in a news report.",
    "tweet": "Say the same as somebody would write it in a short post on social media.",
    "dialogue": "Say the same as one line of a conversation.",
    "question": "Turn it into a question.",
    "negated": "Turn it into its negation.",
}
# These say something else, so that a label of the whole sentence may not fit any more.
CHANGES_MEANING = frozenset({"question", "negated"})
DEFAULT_STYLE = "paraphrase"
# One exchange before the real one shows a small model what is wanted. The answers begin with a
# slot: other first words a small model copies into its own answers.
_BEFORE = "After 3 months {0} has left {1}, where nobody was surprised."
_AFTER = {
    "paraphrase": "{0} quit {1} after 3 months, which surprised nobody there.",
    "simplify": "{0} left {1} after 3 months. People there expected it.",
    "formal": "{0} resigned from {1} after 3 months, to the surprise of none of its members.",
    "informal": "{0} walked out on {1} after 3 months, and folks there weren't surprised at all.",
    "news": "{0} has stepped down from {1} after 3 months, a move that surprised nobody there.",
    "tweet": "{0} out of {1} after 3 months! no surprise to anybody there",
    "dialogue": '"{0} left {1} after 3 months, and nobody there was surprised, you know."',
    "question": "{0} left {1} after 3 months, but was nobody there surprised?",
    "negated": "{0} has not left {1} after 3 months, where nobody was surprised.",
}
_DEMONSTRATED = ("PER1", "ORG1")


def messages_for(
    text: str,
    slots: Slots,
    task: str,
    style: str | None,
    labels: Sequence[Any] = (),
    examples: Sequence[str] = (),
    n: int = 1,
    demonstrate: bool = True,
) -> tuple[tuple[str, str], ...]:
    """The messages that ask for a sentence in other words.

    Args:
        text: the sentence, with its slots.
        slots: these slots.
        task: what to do with it.
        style: the name of the task, if it is one of :data:`STYLES`.
        labels: of the whole sentence, as read from its row; those that are words are named.
        examples: sentences from the same source.
        n: how many different answers.
        demonstrate: whether to show one exchange in English.
    """
    opening, closing = slots.signs
    system = ["You rewrite sentences.", task, "Keep every number."]
    if slots.names:
        system.append(
            f"Names stand in {opening}{closing}, such as {slots.written[0]}. Copy each of them "
            "exactly once, as it is. Write no other names."
        )
    else:
        system.append("Write no new names.")
    named = _names(labels)
    if named:
        system.append(
            f"The sentence is labelled {', '.join(named)}; this must stay true of the new one."
        )
    if n > 1:
        system.append(f"Give {n} different sentences, numbered, one on a line, and nothing else.")
    else:
        system.append("Answer with the new sentence and nothing else.")
    if examples:
        system.append("\n".join(["Sentences from the same source:", *examples]))
    messages = [("system", " ".join(system))]
    if demonstrate and n == 1 and style is not None:
        shown = [opening + name + closing for name in _DEMONSTRATED]
        messages += [
            ("user", _BEFORE.format(*shown)),
            ("assistant", _AFTER[style].format(*shown)),
        ]
    return (*messages, ("user", text))


def _names(labels: Any) -> list[str]:
    """The labels that are words; a number says nothing."""
    if isinstance(labels, str):
        return [repr(labels)]
    if isinstance(labels, (tuple, list)):
        return [name for label in labels for name in _names(label)]
    return []
