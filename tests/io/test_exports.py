"""One file of each kind that people export: the annotated words have their labels.

Every export below holds the same sentence with the same four entities, written as the tool's
documentation shows it. What a tool writes beside them comes along, or is left out with a warning.
"""

import json

import pytest
from support.files import lines, mentions, tags, text_file

from textaug.core.tag_schemes import from_spans, to_spans
from textaug.io.conll import load_conll
from textaug.io.read import read

TEXT = "Ann Lee of Oslo-based Nordbank didn't sell 🙂 Rome's shares."
ENTITIES = {"Ann Lee": "PER", "Oslo": "LOC", "Nordbank": "ORG", "Rome": "LOC"}
_WORDS = "Ann Lee of Oslo -based Nordbank did n't sell 🙂 Rome 's shares ."
WORDS = _WORDS.split()
TAGS = ["B-PER", "I-PER", "O", "B-LOC", "O", "B-ORG", *["O"] * 4, "B-LOC", *["O"] * 3]
FOUND = [(label, surface) for surface, label in ENTITIES.items()]


def spans(utf16=False):
    """Start, end, label and text of each entity, in characters or in UTF-16 units."""
    for surface, label in ENTITIES.items():
        start = TEXT.index(surface)
        if utf16:
            start = len(TEXT[:start].encode("utf-16-le")) // 2
        yield start, start + len(surface), label, surface


TRIPLES = [[start, end, label] for start, end, label, _ in spans()]
DICTS = [{"start": start, "end": end, "label": label} for start, end, label, _ in spans()]
LABEL_STUDIO = [
    {"start": start, "end": end, "text": surface, "labels": [label]}
    for start, end, label, surface in spans(utf16=True)
]


def token_positions():
    positions, at = [], 0
    for i, word in enumerate(WORDS):
        at = TEXT.index(word, at)
        positions.append({"text": word, "start": at, "end": at + len(word), "id": i})
        at += len(word)
    return positions


def token_spans():
    """First token, last token and label."""
    starts = [i for i, tag in enumerate(TAGS) if tag[0] == "B"]
    return [
        [i, i + 1 if TAGS[i + 1][0] == "I" else i, label]
        for i, label in zip(starts, ENTITIES.values(), strict=True)
    ]


def task(*results, data=None):
    """A task of Label Studio with these results."""
    annotation = {"id": 9, "completed_by": 1, "was_cancelled": False, "result": list(results)}
    return {"id": 7, "data": data or {"text": TEXT}, "annotations": [annotation], "predictions": []}


def result(form, value):
    return {"id": "x", "from_name": "ner", "to_name": "text", "type": form, "value": value}


def html(value):
    whole = "/text()[1]"
    return {
        **{key: value[key] for key in ("text",)},
        **{"start": whole, "end": whole, "startOffset": value["start"], "endOffset": value["end"]},
        "globalOffsets": {"start": value["start"], "end": value["end"]},
        "hypertextlabels": value["labels"],
    }


def paragraph(value):
    return {
        **{"start": "1", "end": "1", "startOffset": value["start"], "endOffset": value["end"]},
        **{"text": value["text"], "paragraphlabels": value["labels"]},
    }


DIALOGUE = [{"author": "A", "text": "Really?"}, {"author": "B", "text": TEXT}]

JSON_EXPORTS = {
    "Label Studio, JSON": task(*(result("labels", value) for value in LABEL_STUDIO)),
    "Label Studio, JSON-MIN": {"id": 7, "text": TEXT, "ner": LABEL_STUDIO, "annotator": 1},
    "Label Studio, HyperText": task(
        *(result("hypertextlabels", html(value)) for value in LABEL_STUDIO)
    ),
    "Label Studio before 1.0": {
        "id": 7,
        "data": {"text": TEXT},
        "completions": [{"result": [result("labels", value) for value in LABEL_STUDIO]}],
    },
    "Doccano, label": {"id": 1, "text": TEXT, "label": TRIPLES, "Comments": []},
    "Doccano, labels": {"text": TEXT, "labels": TRIPLES, "meta": {}},
    "Doccano, entities and relations": {
        "id": 1,
        "text": TEXT,
        "Comments": [],
        "entities": [
            {"id": i, "label": label, "start_offset": start, "end_offset": end}
            for i, (start, end, label) in enumerate(TRIPLES)
        ],
        "relations": [{"id": 0, "from_id": 0, "to_id": 1, "type": "at"}],
    },
    "Prodigy": {
        "text": TEXT,
        "tokens": token_positions(),
        "spans": [{**span, "token_start": 0, "token_end": 0} for span in DICTS],
        "answer": "accept",
        "_input_hash": -1,
        "_task_hash": 3,
        "_view_id": "ner_manual",
    },
    "Prodigy without tokens": {"text": TEXT, "spans": DICTS, "answer": "accept"},
    "Argilla 1": {
        "text": TEXT,
        "tokens": WORDS,
        "annotation": DICTS,
        "prediction": None,
        "status": "Validated",
    },
    "Argilla 1, tuples": {
        "text": TEXT,
        "tokens": WORDS,
        "annotation": [[label, start, end] for start, end, label in TRIPLES],
    },
    "Argilla 2": {
        "id": "a",
        "fields": {"text": TEXT},
        "metadata": {"page": 3},
        "suggestions": {},
        "vectors": {},
        "responses": {"names": [{"value": DICTS, "user_id": "u", "status": "submitted"}]},
    },
    "LightTag": {
        "name": "task",
        "schema_id": "s",
        "examples": [
            {
                "example_id": "e",
                "content": TEXT,
                "metadata": {},
                "annotations": [
                    {"start": start, "end": end, "value": surface, "tag": label, "tag_id": "t"}
                    for start, end, label, surface in spans()
                ],
            }
        ],
    },
    "spaCy 2": [TEXT, {"entities": TRIPLES}],
    "NER Annotator for spaCy": {
        "classes": ["PER", "LOC", "ORG"],
        "annotations": [[TEXT, {"entities": TRIPLES}]],
    },
    "GLiNER": {"tokenized_text": WORDS, "ner": token_spans()},
    "UBIAI": {
        "documentName": "a.txt",
        "document": TEXT,
        "tokens": [
            {
                "text": surface,
                "start": start,
                "end": end,
                "token_start": 0,
                "token_end": 1,
                "entityLabel": label,
            }
            for start, end, label, surface in spans()
        ],
        "relations": [],
    },
    "Presidio": {
        "full_text": TEXT,
        "masked": "{{PER}} of …",
        "spans": [
            {
                "entity_type": label,
                "entity_value": surface,
                "start_position": start,
                "end_position": end,
            }
            for start, end, label, surface in spans()
        ],
        "template_id": 3,
    },
    "ai4privacy": {
        "source_text": TEXT,
        "privacy_mask": [
            {"value": surface, "start": start, "end": end, "label": label}
            for start, end, label, surface in spans()
        ],
    },
    "Rasa": {
        "rasa_nlu_data": {
            "common_examples": [
                {
                    "text": TEXT,
                    "intent": "inform",
                    "entities": [
                        {"start": start, "end": end, "value": surface.lower(), "entity": label}
                        for start, end, label, surface in spans()
                    ],
                }
            ]
        }
    },
    "token classification, string tags": {"id": "0", "tokens": WORDS, "ner_tags": TAGS},
}

CONLL = "".join(f"{word} {tag}\n" for word, tag in zip(WORDS, TAGS, strict=True))
KAGGLE = "Sentence #,Word,POS,Tag\n" + "".join(
    f"{'' if i else 'Sentence: 1'},{word},NN,{tag}\n"
    for i, (word, tag) in enumerate(zip(WORDS, TAGS, strict=True))
)
CONLLU = "# sent_id = s1\n# text = unused\n" + "".join(
    f"{i}\t{word}\t_\tX\t_\t_\t0\troot\t_\t_\n" for i, word in enumerate(WORDS, start=1)
)


def webanno():
    rows, number, at = [], 0, 0
    for i, (word, tag) in enumerate(zip(WORDS, TAGS, strict=True), start=1):
        at = TEXT.index(word, at)
        start = len(TEXT[:at].encode("utf-16-le")) // 2
        end = start + len(word.encode("utf-16-le")) // 2
        number += tag[0] == "B"
        label = "_" if tag == "O" else f"{tag[2:]}[{number}]" if "PER" in tag else tag[2:]
        rows.append(f"1-{i}\t{start}-{end}\t{word}\t*\t{label}\tNN\t")
        at += len(word)
    head = (
        "#FORMAT=WebAnno TSV 3.3\n"
        "#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value\n"
        "#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue\n\n\n"
    )
    return head + f"#Text={TEXT}\n" + "\n".join(rows) + "\n"


def csv(rows):
    import csv as module
    from io import StringIO

    out = StringIO()
    module.writer(out).writerows(rows)
    return out.getvalue()


FILES = {
    "CoNLL, two columns": ("a.conll", CONLL),
    "CoNLL in .txt": ("a.txt", CONLL),
    "CoNLL in .tsv": ("a.tsv", CONLL.replace(" ", "\t")),
    "WebAnno TSV 3.3": ("a.tsv", webanno()),
    "Kaggle": ("a.csv", KAGGLE),
    "Label Studio, CSV": (
        "a.csv",
        csv([["id", "text", "label"], [7, TEXT, json.dumps(LABEL_STUDIO)]]),
    ),
    "pandas, lists in CSV": ("a.csv", csv([["text", "entities"], [TEXT, str(DICTS)]])),
    "token classification in CSV": (
        "a.csv",
        csv([["id", "tokens", "ner_tags"], [0, json.dumps(WORDS), json.dumps(TAGS)]]),
    ),
}


def check(data):
    assert data["tokens"][0] == WORDS
    assert tags(data)[0] == TAGS
    assert "text" not in data.column_names, "it would be wrong once the tokens change"


@pytest.mark.parametrize("tool", JSON_EXPORTS)
@pytest.mark.parametrize("form", ["line", "lines", "list", "indented", "windows"])
def test_json(tool, form, tmp_path):
    row = JSON_EXPORTS[tool]
    content = {
        "line": json.dumps(row),
        "lines": f"{json.dumps(row)}\n\n{json.dumps(row)}\n",
        "list": json.dumps([row, row]),
        "indented": json.dumps(row, indent=2, ensure_ascii=False),
        "windows": "\ufeff" + json.dumps(row, ensure_ascii=False) + "\r\n",
    }[form]
    if "examples" in row or "annotations" in row or "rasa_nlu_data" in row:
        content = json.dumps(row, indent=2) if form in ("lines", "list") else content
    check(read(text_file(tmp_path / "export.json", content))["train"])


@pytest.mark.parametrize("tool", FILES)
@pytest.mark.parametrize("windows", [False, True])
def test_files(tool, windows, tmp_path):
    name, content = FILES[tool]
    if windows:
        content = "\ufeff" + content.replace("\r\n", "\n").replace("\n", "\r\n")
    check(read(text_file(tmp_path / name, content))["train"])


def test_brat(tmp_path):
    annotations = "".join(
        f"T{i}\t{label} {start} {end}\t{surface}\n"
        for i, (start, end, label, surface) in enumerate(spans(), start=1)
    )
    text_file(tmp_path / "a.txt", TEXT + "\n")
    text_file(tmp_path / "a.ann", annotations)
    check(read(str(tmp_path))["train"])


def test_spacy(tmp_path):
    spacy = pytest.importorskip("spacy", reason="needs the extra 'spacy'")
    document = spacy.blank("en")(TEXT)
    document.ents = [document.char_span(start, end, label) for start, end, label in TRIPLES
                     if document.char_span(start, end, label)]  # fmt: skip
    spacy.tokens.DocBin(docs=[document]).to_disk(tmp_path / "a.spacy")
    data = read(str(tmp_path / "a.spacy"))["train"]
    assert mentions(data)[0] == [("PER", "Ann Lee"), ("LOC", "Oslo"), ("ORG", "Nordbank"),
                                 ("LOC", "Rome")]  # fmt: skip


def test_offsets_of_a_whole_corpus(conll_files, tmp_path):
    """CoNLL-2003's development set as offsets of characters and of tokens gives the same tags."""
    gold = load_conll(conll_files / "eng.testa")
    expected, prodigy, gliner = [], [], []
    for tokens, row in zip(gold["tokens"], tags(gold), strict=True):
        found = to_spans(row)
        expected.append(from_spans(found, len(tokens), "IOB2"))
        starts = [len(" ".join(tokens[:i])) + (i > 0) for i in range(len(tokens))]
        entities = [
            {"start": starts[a], "end": starts[b - 1] + len(tokens[b - 1]), "label": label}
            for a, b, label in found
        ]
        prodigy.append({"text": " ".join(tokens), "tokens": tokens, "spans": entities})
        gliner.append({"tokenized_text": tokens, "ner": [[a, b - 1, n] for a, b, n in found]})
    for rows in (prodigy, gliner):
        data = read(lines(tmp_path / "a.jsonl", *rows))["train"]
        assert data["tokens"][:] == gold["tokens"][:] and tags(data) == expected


def test_conllu(tmp_path):
    data = read(text_file(tmp_path / "a.conllu", CONLLU))["train"]
    assert data["tokens"][:] == [WORDS] and data["sent_id"][:] == ["s1"]
    assert data["upos"][0] == ["X"] * len(WORDS)


def test_a_dialogue_of_label_studio(tmp_path):
    row = task(
        *(result("paragraphlabels", paragraph(value)) for value in LABEL_STUDIO),
        data={"dialogue": DIALOGUE},
    )
    data = read(text_file(tmp_path / "a.json", json.dumps([row])))["train"]
    assert data["tokens"][0] == ["Really", "?", *WORDS] and mentions(data) == [FOUND]


NESTABLE = ("Doccano, label", "Prodigy without tokens", "Label Studio, JSON-MIN", "Argilla 1",
            "Argilla 2", "spaCy 2", "NER Annotator for spaCy", "GLiNER")  # fmt: skip


@pytest.mark.parametrize("tool", NESTABLE)
def test_a_nested_entity_keeps_text_and_offsets(tool, tmp_path):
    row = JSON_EXPORTS[tool]
    nested = {**DICTS[0], "end": 3, "label": "FIRST"}
    inner = json.dumps(row)
    for outer, extra in (
        (TRIPLES, [0, 3, "FIRST"]),
        (DICTS, nested),
        (LABEL_STUDIO, {"start": 0, "end": 3, "text": "Ann", "labels": ["FIRST"]}),
        (token_spans(), [0, 0, "FIRST"]),
    ):
        inner = inner.replace(json.dumps(outer), json.dumps([*outer, extra]))
    data = read(text_file(tmp_path / "a.json", inner))["train"]
    text = " ".join(WORDS) if tool == "GLiNER" else TEXT
    assert data["text"][:] == [text] and "tokens" not in data.column_names
    assert mentions(data) == [[("FIRST", "Ann"), *FOUND]]
