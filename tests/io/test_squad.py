"""SQuAD's nested JSON becomes a row for each question."""

import json

import pytest

import textaug
from textaug import NoiseInjection
from textaug.io.errors import SourceError

CONTEXT = "The bridge was designed by Ada Moe."
FIRST = {"id": "1", "question": "By whom?", "answers": [{"text": "Ada Moe", "answer_start": 27}]}
SECOND = {"id": "2", "question": "When?", "answers": [], "is_impossible": True}


def written(tmp_path, paragraph, **further):
    document = {"title": "Bridges", "paragraphs": [paragraph], **further}
    path = tmp_path / "train-v2.0.json"
    path.write_text(json.dumps({"version": "v2.0", "data": [document]}, indent=1))
    return path


def test_each_question_is_a_row_and_answers_move_with_their_words(tmp_path):
    path = written(tmp_path, {"context": CONTEXT, "qas": [FIRST, SECOND]})
    rows = textaug.load(path)["train"]
    assert rows["title"][:] == ["Bridges"] * 2
    assert rows["context"][:] == [CONTEXT] * 2
    assert rows["answers"][1] == {"text": [], "answer_start": []}
    assert rows["is_impossible"][:] == [None, True]
    noisy = rows.map(NoiseInjection(p=0.5, seed=1), batched=True)[0]
    start = noisy["answers"]["answer_start"][0]
    assert noisy["context"] != CONTEXT
    assert noisy["context"][start:].startswith("Ada Moe")


@pytest.mark.parametrize(
    ("paragraph", "further", "problem"),
    [
        ({"context": CONTEXT}, {}, "document 0, paragraph 0 has no list 'qas'"),
        ({"qas": [FIRST]}, {}, "or no string 'context'"),
        ({"context": CONTEXT, "qas": [FIRST | {"answers": [{"text": "x"}]}]}, {}, "answers must"),
        ({"context": CONTEXT, "qas": ["Who?"]}, {}, "question 0 is 'Who.', not an object"),
        ({"context": CONTEXT, "qas": [FIRST]}, {"id": "7"}, "question 0: 'id' has two values"),
    ],
)
def test_what_is_missing_or_said_twice_is_an_error(tmp_path, paragraph, further, problem):
    with pytest.raises(SourceError, match=f"train-v2.0.json: .*{problem}"):
        textaug.load(written(tmp_path, paragraph, **further))


def test_a_question_whose_answers_are_not_known_is_none_without_an_answer(tmp_path):
    unknown = {"id": "3", "question": "Where?"}
    rows = textaug.load(written(tmp_path, {"context": CONTEXT, "qas": [FIRST, unknown]}))["train"]
    assert rows["answers"][1] is None
    assert len(rows.map(NoiseInjection(), batched=True)) == 2
