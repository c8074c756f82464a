"""From tokens to printed text, and from text to tokens and sentences.

Data sets for tagging have tokens in the style of the Penn Treebank and of CoNLL: punctuation,
brackets and clitics are separate. A translator needs printed sentences, and its output must be
tokenized like the data set.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import regex

_OPENING = frozenset({"(", "[", "{", "``", "“", "‘", "«", "¿", "¡", "-LRB-", "-LSB-", "-LCB-"})
_CLOSING = frozenset(
    {",", ".", ";", ":", "?", "!", "%", "…", ")", "]", "}", "”", "’", "''", "»"}
    | {"-RRB-", "-RSB-", "-RCB-"}
)
_STOPS = tuple(".!?…。！？")
_AFTER_STOP = frozenset({'"', "'", "''", "”", "’", "»", ")", "]"})
_QUOTES = ('"', "'")  # one sign both opens and closes
_JOINERS = ("/", "-")  # may join the tokens on both sides
_CURRENCY = ("$", "£", "€", "¥", "#")
_CLITIC = regex.compile(r"['’](?:s|m|d|re|ve|ll)|n['’]t|\.\.+", regex.IGNORECASE)
_NUMBER = regex.compile(r"[.,]?\d.*")

# Abbreviations that keep their full stop, and after which no sentence ends.
_ABBREVIATION = (
    r"(?:Adm|Ala|Ariz|Ark|Aug|Av|Ave|Bros|Calif|Capt|Cmdr|Co|Col|Colo|Conn|Corp|Dec|Del|Dept|Dr|Feb"
    r"|Fla|Ft|Ga|Gen|Gov|Hon|Ill|Inc|Ind|Jan|Jr|Kan|Ky|La|Lt|Ltd|Maj|Mass|Md|Messrs|Mich|Minn|Miss"
    r"|Mo|Mont|Mr|Mrs|Ms|Mt|Nev|Nos?(?=\.\s*\d)|Nov|Oct|Okla|Ore|Pa|Penn|Prof|Reps?|Rev|Sens?|Sept?"
    r"|Sgt|Sr|St|Ste|Tenn|Tex|Va|Vt|Wash|Wis|cf|vs)"
)
_SENTENCE_END = regex.compile(
    rf"((?<!\s)\s*\n\s*|(?<=[.!?…]['\"”’)\]]*)(?<!\b(?:{_ABBREVIATION}|\p{{Lu}})\.)\s+(?=['\"“‘(\[]*[\p{{Lu}}\p{{N}}]))"
)
_SPACE = r"\s\x1c-\x1f\x85"  # the white space of `str.split`
_WORD = r"[\p{L}\p{M}\p{N}_]"
_CUT_CLITIC = r"['’](?i:s|m|d|re|ve|ll)(?!\w)"
# Longest part of an e-mail address before the "@" (RFC 5321). A bound also keeps the search linear.
_LOCAL_PART = 64
_TOKEN = regex.compile(
    rf"""
      (?:https?://|www\.)[^{_SPACE}<>"]*[\w/]              # web addresses
    | [\w.+\-]{{1,{_LOCAL_PART}}}@\w+(?:[.\-]\w+)+        # e-mail addresses
    | [@\#]\p{{L}}\w*                                       # names and topics, as on Twitter
    | (?:\p{{L}}\.)+\p{{L}}\.(?:-\w+)*                      # U.S., a.m., U.S.-based
    | \p{{Lu}}\.(?=\s*\p{{Lu}})                             # J. Smith
    | \b{_ABBREVIATION}\.(?=.)                              # Mr. Smith
    | (?i:n['’]t)(?!\w)                                     # "don't" is "do" and "n't"
    | {_WORD}+?(?=(?i:n['’]t)(?!\w))
    | {_CUT_CLITIC}
    | (?m:^)\d+\.(?=\s)                                     # 1. Smith
    | \p{{Lu}}{{1,3}}\$(?=\d)                               # US$100 is "US$" and "100"
    | ['’]\d\ds?(?!\w)                                      # '96
    | [+\-]?\.?\d+(?:[.,:/\-–]?\d+)*(?:-?\p{{L}}+(?:-\w+)*)?  # +1.2, 3-2, 10:30, 20th, 3-year-old
    | {_WORD}+(?:(?:(?!{_CUT_CLITIC})['’]|[\-‐‑.&]){_WORD}+)*  # O'Neill, well-known, AT&T
    | \.\.+ | --+ | \*+ | `` | ''                           # dots, dashes, Penn Treebank quotes
    | (?:(?![{_SPACE}])\X)(?<![{_SPACE}]) | [^{_SPACE}]      # any other character is a token
    """,
    regex.VERBOSE,
)


def guess_spaces(tokens: Sequence[str]) -> tuple[str, ...]:
    """The white space between tokens in printed text.

    Args:
        tokens: ``n`` tokens, as in the Penn Treebank or in CoNLL data.

    Returns:
        ``n + 1`` strings, ``""`` or ``" "``: before each token, and after the last. Joined with
        the tokens they give the text; see :attr:`textaug.Example.spaces`.

    >>> tokens = ["He", "did", "n't", "say", "\\"", "no", "\\"", "(", "yet", ")", "."]
    >>> "".join(space + token for space, token in zip(guess_spaces(tokens), tokens))
    'He didn\\'t say "no" (yet).'
    """
    spaces = []
    open_quotes: set[str] = set()
    joined = True  # whether no space goes before the next token
    for i, token in enumerate(tokens):
        left = tokens[i - 1] if i else ""
        right = tokens[i + 1] if i + 1 < len(tokens) else ""
        before = joined or token in _CLOSING or _CLITIC.fullmatch(token) is not None
        joined = token in _OPENING
        if token in _QUOTES:
            closes = token in open_quotes or (
                # No quote is open: "farmers ' union", or the end of a quote in an earlier row.
                left.endswith(("s", "S")) and token not in tokens[i + 1 :]
                if token == "'"
                else i > 0 and right in ("", ".", ",")
            )
            open_quotes ^= {token} if closes == (token in open_quotes) else set()
            before, joined = before or closes, not closes
        elif token in _JOINERS:
            both = left + right
            joins = _NUMBER.fullmatch(left) and _NUMBER.fullmatch(right)
            if token == "/":
                joins = joins or (both.isalnum() and left != "" and right != "")
            before, joined = before or bool(joins), bool(joins)
        elif token.endswith(_CURRENCY):
            joined = _NUMBER.fullmatch(right) is not None
        spaces.append("" if before else " ")
    return (*spaces, "")


def tokenize(text: str) -> list[str]:
    """Split a text into tokens in the style of the Penn Treebank and of CoNLL.

    Every token is a substring of the text, with only white space between them. NLTK's tokenizer is
    not used because it does not know abbreviations, splits off a full stop only at the end of the
    text, and fails on some texts with mixed quotes.

    Args:
        text: one or more sentences, in a language that separates words by spaces.

    Returns:
        The tokens, in order; none is empty or has white space inside.

    >>> print(*tokenize("Mr. O'Neill didn't sell U.S. shares (worth $1,200)."))
    Mr. O'Neill did n't sell U.S. shares ( worth $ 1,200 ) .
    """
    return list(_TOKEN.findall(text))


def ends_sentence(tokens: Sequence[str]) -> bool:
    """Whether words end as a sentence does; closing quotes and brackets may follow.

    >>> ends_sentence(["He", "left", ".", '"']), ends_sentence(["Oslo", "1996-08-25"])
    (True, False)
    """
    last = next((token for token in reversed(tokens) if token not in _AFTER_STOP), "")
    return last[-1:] in _STOPS


def without_blanks(tokens: Sequence[str]) -> str:
    """The characters of a sentence without white space, the same however it is tokenized.

    >>> without_blanks(["do", "n't"]) == without_blanks(["don't"])
    True
    """
    return "".join("".join(tokens).split())


def split_sentences(text: str) -> list[str]:
    """Split a text at line ends and after sentences.

    Args:
        text: any text.

    Returns:
        An odd number of strings: sentences, alternating with the white space between them.

    >>> split_sentences("Dr. Wu left. Ann stayed.\\n\\nGood.")
    ['Dr. Wu left.', ' ', 'Ann stayed.', '\\n\\n', 'Good.']
    """
    return list(_SENTENCE_END.split(text))


_PRINTED = {
    **{"``": '"', "''": '"', "-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]"},
    **{"-LCB-": "{", "-RCB-": "}"},
}


def printed(tokens: Sequence[str]) -> list[str]:
    """Tokens with the Penn Treebank's quotes and brackets replaced by printed ones.

    >>> printed(["``", "No", "''", "-LRB-", "yet", "-RRB-"])
    ['"', 'No', '"', '(', 'yet', ')']
    """
    return [_PRINTED.get(token, token) for token in tokens]


def unprinted(tokens: Sequence[str], like: Collection[str]) -> list[str]:
    """Undo :func:`printed`, for the signs that ``like`` has in Penn Treebank style.

    >>> unprinted(['"', "Yes", '"', "(", ")"], like=["``", "No", "''"])
    ['``', 'Yes', "''", '(', ')']
    """
    signs = {sign: token for token, sign in _PRINTED.items() if token in like}
    result = [signs.get(token, token) for token in tokens]
    if '"' in signs:
        quotes = [i for i, token in enumerate(tokens) if token == '"']
        for k, i in enumerate(quotes):
            result[i] = "''" if k % 2 else "``"
    return result
