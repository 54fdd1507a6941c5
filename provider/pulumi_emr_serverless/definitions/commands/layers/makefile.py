"""Makefiles: recipes, in which ``$$`` is a dollar of the shell and ``$(NAME)`` is Make's, within single quotes too."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pulumi_emr_serverless.definitions.commands.layers.inner import Inner, OtherKindError
from pulumi_emr_serverless.definitions.commands.marks import Expansions
from pulumi_emr_serverless.definitions.commands.scripts import MENTION, Assigned, Script
from pulumi_emr_serverless.definitions.commands.shell_words import name_of_command
from pulumi_emr_serverless.definitions.commands.text import Edit, Text

_SET = re.compile(
    r"(?m)^(?: *)(?:export +|override +)*([A-Za-z_][\w.-]*)[ \t]*(\?|:{1,3}|\+|!)?=[ \t]*((?:[^\n\\#]|\\[\s\S])*)",
    re.ASCII,
)
_DEFINE = re.compile(r"define +([\w.-]+)", re.ASCII)
_PREFIX = re.compile(r"[ \t]*[@+-]*[ \t]*")


def make_layer(text: Text, expansions: Expansions, script: Script) -> Iterator[Inner]:
    """Each line of a recipe is a script of its own, with the lines that it goes on in; one, if the file says ``.ONESHELL``."""
    for match in _SET.finditer(text.text):
        at = text.origin(match.start(1))
        value = None if match[2] in ("!", "+") else _expanded(text.cut(*match.span(3)), expansions).text.strip()
        script.assign(
            Assigned(
                match[1], at, at, None if value is None else (value,), adds=match[2] == "+", conditions=((at, at),)
            )
        )
    found = False
    for start, end in _recipes(text):
        if MENTION in text.text[start:end]:
            found = True
            yield Inner(_expanded(_shell_lines(text, start, end), expansions), "shell")
    for name, start, end in (*_defined(text), *((match[1], *match.span(3)) for match in _SET.finditer(text.text))):
        if MENTION in text.text[start:end]:
            found = True
            yield Inner(_expanded(text.cut(start, end), expansions), "shell", f"the variable {name}")
    if not found:
        raise OtherKindError


def _defined(text: Text) -> Iterator[tuple[str, int, int]]:
    """The variables of several lines, from ``define`` to ``endef``."""
    name, begun = "", 0
    for at, to in text.lines():
        line = text.text[at:to]
        if match := _DEFINE.match(line):
            name, begun = match[1], to
        elif name and line.startswith("endef"):
            yield name, begun, at
            name = ""


def _recipes(text: Text) -> Iterator[tuple[int, int]]:
    """Logical lines of recipes; without a blank before the first there is no recipe."""
    one_shell = re.search(r"(?m)^\.ONESHELL\b", text.text) is not None
    begun: int | None = None
    end = 0
    for at, to in text.lines():
        line = text.text[at:to]
        goes_on = begun is not None and (one_shell or text.text[begun:at].rstrip("\n").endswith("\\"))
        if begun is not None and not (goes_on and (line[:1] == "\t" or not one_shell)):
            yield begun, end
            begun = None
        if begun is None and line[:1] == "\t":
            begun = at
        end = to
    if begun is not None:
        yield begun, end


def _shell_lines(text: Text, start: int, end: int) -> Text:
    """Without the tabs that Make takes away, and without ``@``, ``-`` and ``+`` before the command."""
    lines = Text()
    part = text.cut(start, end)
    behind = _PREFIX.match(part.text)
    for at, to in part.lines():
        skip = behind.end() if behind and not at else at + (part.text[at : at + 1] == "\t")
        lines.copy(part, skip, to)
    return lines


def _expanded(text: Text, expansions: Expansions) -> Text:
    return text.edited(_edits(text.text, expansions))


def _edits(text: str, expansions: Expansions) -> Iterator[Edit]:
    at = text.find("$")
    while 0 <= at < len(text) - 1:
        following = text[at + 1]
        if following == "$":
            end = at + 2
            yield Edit(at, end, "$")
        elif following in "({" and (end := _closing(text, at + 1)):
            source = text[at:end]
            inside = source[2:-1].strip()
            name = name_of_command(inside.removeprefix("shell ")) if " " in inside else inside.partition(":")[0]
            yield Edit(at, end, expansions.mark(name, source, "make"))
        elif following.isalnum() or following in "@<^*?+%|":
            end = at + 2
            yield Edit(at, end, expansions.mark(following if following.isalnum() else "make", text[at:end], "make"))
        else:
            end = at + 1
        at = text.find("$", end)


def _closing(text: str, at: int) -> int:
    """Behind the bracket that closes the one at ``at``; 0 if none does within a reasonable distance."""
    pair = {"(": "()", "{": "{}"}[text[at]]
    depth = 0
    for index in range(at, min(at + 2000, len(text))):
        depth += (text[index] == pair[0]) - (text[index] == pair[1])
        if not depth:
            return index + 1
    return 0
