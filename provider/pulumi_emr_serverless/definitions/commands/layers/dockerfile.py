"""Dockerfiles: ``RUN``, ``CMD`` and ``ENTRYPOINT``, in the form of a shell or of a JSON list."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from pulumi_emr_serverless.definitions.commands.layers.inner import Inner, OtherKindError
from pulumi_emr_serverless.definitions.commands.marks import Expansions, Word
from pulumi_emr_serverless.definitions.commands.scripts import MENTION, Assigned, Script
from pulumi_emr_serverless.definitions.commands.text import Text

_INSTRUCTION = re.compile(r"[ \t]*(?P<name>[A-Za-z]+)[ \t]+(?:--[a-z]+=\S+[ \t]+)*")
_HEREDOC = re.compile(r"<<-?[\"']?([A-Za-z_]\w*)[\"']?", re.ASCII)
_SETTING = re.compile(r"([A-Za-z_]\w*)=(\"(?:[^\"\\]|\\.)*\"|'[^']*'|\S*)", re.ASCII)
_POWERSHELL = re.compile(r"(?i)\b(?:powershell|pwsh)\b")


def dockerfile_layer(text: Text, expansions: Expansions, script: Script) -> Iterator[Inner]:  # noqa: ARG001 - Docker fills nothing in
    """Each instruction that runs something, or says what the container runs."""
    found = False
    language = "shell"
    for name, body in _instructions(text):
        if name == "SHELL":
            language = (
                "powershell" if _POWERSHELL.search(body.text) else "cmd" if "cmd" in body.text.lower() else "shell"
            )
        elif name in ("ENV", "ARG"):
            _settings(body, script)
        elif name in ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK") and MENTION in body.text:
            found = True
            yield _run(body, language)
    if not found:
        raise OtherKindError


def _run(body: Text, language: str) -> Inner:
    try:
        words = json.loads(body.text)
    except (ValueError, RecursionError):
        words = None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        return Inner(body, language)
    at = body.origin(0)
    if "emr-serverless" in words and MENTION in words:
        return Inner(body, words=tuple(Word(word, at) for word in words))
    return Inner(Text().put(next((word for word in words if MENTION in word), ""), at), language)


def _instructions(text: Text) -> Iterator[tuple[str, Text]]:
    lines = list(text.lines())
    index = 0
    while index < len(lines):
        at, to = lines[index]
        match = _INSTRUCTION.match(text.text, at, to)
        index += 1
        if match is None or text.text[at:to].lstrip()[:1] == "#":
            continue
        body = Text()
        start = match.end()
        while True:
            goes_on = text.text[start:to].rstrip().endswith("\\")
            body.copy(text, start, text.text.rindex("\\", start, to) if goes_on else to)
            while goes_on and index < len(lines) and _is_skipped(text.text[slice(*lines[index])]):
                index += 1  # comments and empty lines within an instruction are none of it
            if not goes_on or index == len(lines):
                break
            start, to = lines[index]
            index += 1
        for heredoc in _HEREDOC.finditer(body.text):
            while index < len(lines):
                line = text.text[slice(*lines[index])]
                body.copy(text, *lines[index])
                index += 1
                if line.strip() == heredoc[1]:
                    break
        yield match["name"].upper(), _without_heredoc(body)


def _is_skipped(line: str) -> bool:
    return not line.strip() or line.lstrip()[0] == "#"


def _without_heredoc(body: Text) -> Text:
    """``RUN <<EOF``: the lines are a script of their own."""
    match = re.match(r"\s*<<-?[\"']?([A-Za-z_]\w*)[\"']?[ \t]*\n", body.text, re.ASCII)
    if match is None:
        return body
    last = body.text.rfind("\n", 0, len(body.text.rstrip("\n"))) + 1
    return body.cut(match.end(), max(last, match.end()))


def _settings(body: Text, script: Script) -> None:
    for match in _SETTING.finditer(body.text):
        at = body.origin(match.start())
        script.assign(Assigned(match[1], at, at, (match[2].strip("\"'"),), conditions=((at, at),)))
