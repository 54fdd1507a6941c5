"""Jenkinsfiles: texts of the steps ``sh``, ``bat``, ``powershell`` and ``pwsh``, in which Groovy fills in ``${...}``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pulumi_emr_serverless.definitions.commands.layers.inner import Inner, OtherKindError
from pulumi_emr_serverless.definitions.commands.marks import Expansions
from pulumi_emr_serverless.definitions.commands.scripts import MENTION, Assigned, Script
from pulumi_emr_serverless.definitions.commands.templates import name_of_path
from pulumi_emr_serverless.definitions.commands.text import Text

_TOKEN = re.compile(r"//[^\n]*|/\*[\s\S]*?\*/|(?P<quote>\"\"\"|'''|\"|')")
_ENDS = {
    '"""': re.compile(r'(?:[^"\\]|\\[\s\S]|"(?!""))*'),
    "'''": re.compile(r"(?:[^'\\]|\\[\s\S]|'(?!''))*"),
    '"': re.compile(r'(?:[^"\\\n]|\\[\s\S])*'),
    "'": re.compile(r"(?:[^'\\\n]|\\[\s\S])*"),
}
_STEP = re.compile(r"\b(sh|bat|powershell|pwsh)\b[ \t]*\(?[^\n\"']*\Z")
_ESCAPE = re.compile(r"\\(?:(\n)|u([0-9A-Fa-f]{4})|([\s\S]))")
_FILLED = re.compile(r"\$\{(?P<braced>[^{}]*)\}|\$(?P<path>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)", re.ASCII)
_CONTROL = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_SET = re.compile(r"(?m)^[ \t]*(?:def[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*(?:\"([^\"\n]*)\"|'([^'\n]*)')", re.ASCII)
_LANGUAGES = {"sh": "shell", "bat": "cmd", "powershell": "powershell", "pwsh": "powershell"}


def groovy_layer(text: Text, expansions: Expansions, script: Script) -> Iterator[Inner]:
    """Every text that speaks of the command."""
    for match in _SET.finditer(text.text):
        at = text.origin(match.start(1))
        script.assign(Assigned(match[1], at, at, (match[2] or match[3] or "",), conditions=((at, at),)))
    found = False
    at = 0
    while token := _TOKEN.search(text.text, at):
        at = token.end()
        quote = token["quote"]
        inside = _ENDS[quote].match(text.text, at) if quote else None
        if inside is None:
            continue
        if MENTION in inside[0]:
            found = True
            step = _STEP.search(text.text, max(token.start() - 200, 0), token.start())
            content = _content(text.cut(at, inside.end()), expansions, fills=quote[0] == '"')
            yield Inner(content, _LANGUAGES[step[1]] if step else "", "" if step else "a text")
        at = inside.end() + len(quote)
    if not found:
        raise OtherKindError


def _content(text: Text, expansions: Expansions, *, fills: bool) -> Text:
    """The text that Groovy makes of the literal."""
    made = Text()
    behind = 0
    for escape in _ESCAPE.finditer(text.text):
        made.copy(_filled(text.cut(behind, escape.start()), expansions) if fills else text.cut(behind, escape.start()))
        joined, code, other = escape.groups()
        made.put(
            "" if joined else chr(int(code, 16)) if code else _CONTROL.get(other, other), text.origin(escape.start())
        )
        behind = escape.end()
    rest = text.cut(behind)
    return made.copy(_filled(rest, expansions) if fills else rest)


def _filled(text: Text, expansions: Expansions) -> Text:
    return text.sub(
        _FILLED, lambda match: expansions.mark(name_of_path(match["braced"] or match["path"]), match[0], "groovy")
    )
