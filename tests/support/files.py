"""Files to read, and what is in them afterwards."""

import json


def lines(path, *rows):
    """A JSON Lines file of these rows, as a source."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def text_file(path, content):
    """A file of this content, as a source."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def tags(data, column="ner_tags"):
    """The names of a column's tags."""
    names = data.features[column].feature.names
    return [[None if tag < 0 else names[tag] for tag in row] for row in data[column]]


def mentions(data):
    """Label and tokens of each mention, row by row; by tags or by entities."""
    if "entities" in data.features:
        return [
            [(e["label"], row["text"][e["start"] : e["end"]]) for e in row["entities"]]
            for row in data
        ]
    found = []
    for tokens, row in zip(data["tokens"], tags(data), strict=True):
        found.append([])
        for token, tag in zip(tokens, row, strict=True):
            if tag[0] == "B":
                found[-1].append((tag[2:], token))
            elif tag[0] == "I":
                label, words = found[-1][-1]
                found[-1][-1] = (label, f"{words} {token}")
    return found
