"""Back-translation with a table of sentences as translator.

Tests write sentences with their mentions in brackets: "The head of [ORG Nord Bank] left ."
"""

from textaug import BackTranslation
from textaug.core.tag_schemes import to_spans


def row(marked):
    tokens, tags, label, first = [], [], "O", False
    for word in marked.split():
        if word.startswith("["):
            label, first = word[1:], True
            continue
        closes = label != "O" and word.endswith("]")
        tokens.append(word[:-1] if closes else word)
        tags.append("O" if label == "O" else f"{'B' if first else 'I'}-{label}")
        label, first = ("O" if closes else label), False
    return {"tokens": tokens, "ner_tags": tags}


def marked(row):
    words = list(row["tokens"])
    for span in to_spans(row["ner_tags"]):
        words[span.start] = f"[{span.label} {words[span.start]}"
        words[span.end - 1] += "]"
    return " ".join(words)


class Engine:
    """A pair of functions: what is not in the table comes back as it went out."""

    def __init__(self, table):
        self.table = table
        self.seen = []

    def out(self, texts):
        self.seen += texts
        return list(texts)

    def back(self, texts):
        return [self.table.get(text, text) for text in texts]


def augmenter(table, **settings):
    engine = Engine(table)
    return BackTranslation(engine=(engine.out, engine.back), **settings)


def translated(sentence, table, **settings):
    """The sentence after back-translation with this table, and what was counted."""
    augment = augmenter(table, **settings)
    after = augment(row(sentence))
    (outcome,) = augment.counts
    return marked(after), outcome
