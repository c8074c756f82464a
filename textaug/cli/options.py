"""The options that several commands share, in groups."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from textaug.core.columns import Settings

SPEC = "NAME[:KEY=VALUE,...]"

Source = Annotated[
    str,
    typer.Argument(
        help="A CoNLL, JSON, JSON Lines, CSV or Parquet file (also as Doccano, Prodigy, Label "
        "Studio and Argilla export them), a folder, a data set on the hub, or 'builtin'.",
        show_default=False,
    ),
]
Split = Annotated[str, typer.Option(help="The split to work on; the only split of a file.")]
Copies = Annotated[int, typer.Option(help="Copies of each row.")]
Encoders = Annotated[
    list[str] | None,
    typer.Option(
        "--encoder",
        metavar="MODEL",
        help="Encoder for --errors: a folder or a name on the hub; default: the offline MiniLM. "
        "May be given again; the mean counts.",
    ),
]


@dataclass(frozen=True)
class Reading:
    """How a source is read."""

    file_format: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="FORMAT",
            help="conll, conllu, json, csv, parquet, spacy, webanno or brat; default: by name.",
        ),
    ] = None
    labels: Annotated[
        str | None, typer.Option(help="Names of integer labels in their order: O,B-PER,I-PER.")
    ] = None
    offsets: Annotated[
        str | None, typer.Option(help="Unit of character offsets: characters or utf-16.")
    ] = None
    conll_columns: Annotated[
        str | None,
        typer.Option(
            "--columns",
            help="Names of the columns of a CoNLL file: tokens,_,ner_tags; _ skips one.",
        ),
    ] = None
    config: Annotated[str | None, typer.Option(help="Configuration of a data set on the hub.")] = (
        None
    )
    revision: Annotated[str | None, typer.Option(help="Revision of a data set on the hub.")] = None


@dataclass(frozen=True)
class ColumnOptions:
    """Which columns are used."""

    tokens_column: Annotated[str | None, typer.Option(help="Column of tokens; default: found.")] = (
        None
    )
    tags_column: Annotated[str | None, typer.Option(help="Column of tags; default: found.")] = None
    text_column: Annotated[
        list[str] | None, typer.Option(help="Column of text; may be given again.")
    ] = None
    spans_column: Annotated[
        list[str] | None,
        typer.Option(help="Column of character offsets; default: found; may be given again."),
    ] = None
    scheme: Annotated[
        str | None,
        typer.Option(help="Tag scheme, such as IOB2 or IO; default: read from the tags."),
    ] = None
    role: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN=ROLE",
            help="What a column is, such as topics=label or scores=keep; may be given again. "
            "textaug preview shows the role of each column.",
        ),
    ] = None
    protect: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TEXT", help="A word or phrase that must not change; may be given again."
        ),
    ] = None

    def settings(self) -> Settings:
        """The same as arguments of an augmenter."""
        return {
            "tokens_column": self.tokens_column,
            "tags_column": self.tags_column,
            "text_column": self.text_column or None,
            "spans_column": self.spans_column or None,
            "scheme": self.scheme,
            "roles": dict(map(_role, self.role)) if self.role else None,
            "protect": self.protect or None,
        }


def _role(given: str) -> tuple[str, str]:
    column, sign, role = given.rpartition("=")
    if not sign or not column:
        raise ValueError(f"--role {given}: give COLUMN=ROLE, such as topics=label")
    return column, role


@dataclass(frozen=True)
class Method:
    """The augmenter."""

    specs: Annotated[
        list[str],
        typer.Option(
            "--with",
            metavar=SPEC,
            help="A method, see below, such as noise or noise:p=0.05; a+b applies both. If "
            "given several times, one is sampled for each copy.",
            show_default=False,
            autocompletion=lambda incomplete: _starting("Methods", incomplete),
        ),
    ]
    compose: Annotated[bool, typer.Option("--compose", help="Apply all --with to every copy.")] = (
        False
    )
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            metavar=SPEC,
            help="Keep a copy only if it passes a filter, see below, such as "
            "novelty:maximum=0.9; may be given again.",
            autocompletion=lambda incomplete: _starting("Filters", incomplete),
        ),
    ] = None
    tries: Annotated[
        int, typer.Option(help="How often a copy is sampled until it passes every --where.")
    ] = 3
    seed: Annotated[int, typer.Option(help="Same seed, same output.")] = 0
    target: Annotated[
        str, typer.Option(help="Tokens that may change: context, mentions or all.")
    ] = "context"


def _by_name() -> dict[str, dict[str, str]]:
    """What may follow ``--with`` and ``--where``, with a line of help for each.

    Imported when it is asked for: the help of all commands does not need the augmenters.
    """
    from textaug.specs import AUGMENTERS, FILTERS

    tables = {"Methods": AUGMENTERS, "Filters": FILTERS}
    return {title: {k: entry.help for k, entry in table.items()} for title, table in tables.items()}


def _starting(title: str, typed: str) -> list[tuple[str, str]]:
    """Names and descriptions for the completion of the shell."""
    return [each for each in _by_name()[title].items() if each[0].startswith(typed)]


class TakesMethod(TyperCommand):
    """A command that takes a :class:`Method`: its help ends with all of them."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write methods and filters below the options."""
        titles = {"Methods": "Methods:", "Filters": "Filters, which keep a copy that:"}
        parts = []
        for title, table in _by_name().items():
            lines = [f"  {name:18}{text}" for name, text in table.items()]
            parts.append("\n".join(["\b", titles[title], *lines]))  # \b: keep the line breaks
        self.epilog = "\n\n".join(parts)
        super().format_epilog(ctx, formatter)


def unpacked(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take the groups above, which Typer does not support.

    Every field of a group becomes a parameter of the command, and so an option.
    """
    signature = inspect.signature(command, eval_str=True)
    groups: dict[str, Any] = {}
    parameters = []
    for name, parameter in signature.parameters.items():
        options = [parameter]
        if is_dataclass(parameter.annotation):
            groups[name] = parameter.annotation
            options = [*inspect.signature(groups[name], eval_str=True).parameters.values()]
        parameters += [option.replace(kind=option.KEYWORD_ONLY) for option in options]

    @wraps(command)
    def with_options(**given: Any) -> None:
        for name, group in groups.items():
            given[name] = group(**{f.name: given.pop(f.name) for f in fields(group)})
        command(**given)

    with_options.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    with_options.__annotations__ = {p.name: p.annotation for p in parameters}
    return with_options
