"""A reader and a writer of tags that share no code with the library, to judge what it writes."""

MARKS = {  # of a mention's only tag, its first, those in the middle, its last
    "IOB1": "IIII",
    "IOB2": "BBII",
    "IOBES": "SBIE",
    "BILOU": "UBIL",
}


def written(mentions, length, scheme):
    """Tags for mentions, each given by type, start and end."""
    tags = ["O"] * length
    before = (None, -1)
    for kind, start, end in mentions:
        only, first, middle, last = MARKS[scheme]
        marks = only if end - start == 1 else first + middle * (end - start - 2) + last
        if scheme == "IOB1" and before == (kind, start):
            marks = "B" + marks[1:]
        tags[start:end] = [f"{mark}-{kind}" for mark in marks]
        before = (kind, end)
    return tags


def mentions(tags, scheme):
    """Type, start and end of each mention; fails where the tags are not well formed."""
    found = []
    for i, tag in enumerate(tags):
        mark, _, kind = tag.partition("-")
        goes_on = found and found[-1][0] == kind and found[-1][2] == i
        starts = mark in "BSU" or (scheme == "IOB1" and mark == "I" and not goes_on)
        if starts:
            found.append((kind, i, i + 1))
        elif mark != "O":
            assert goes_on, f"{tag} at {i} goes on with nothing: {tags}"
            found[-1] = (kind, found[-1][1], i + 1)
    assert written(found, len(tags), scheme) == tags, f"no {scheme}: {tags}"
    return found


def surfaces(tokens, tags, scheme):
    """Type and words of each mention."""
    return [(kind, tuple(tokens[a:b])) for kind, a, b in mentions(tags, scheme)]


def names_of(scheme, types):
    """All labels of a column."""
    marks = sorted({*MARKS[scheme], "B"})
    return ["O", *(f"{mark}-{kind}" for kind in types for mark in marks)]
