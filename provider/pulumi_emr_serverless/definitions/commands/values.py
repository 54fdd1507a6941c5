"""Values of options: files, JSON, YAML and shorthand, with what is left open in them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Literal

from pulumi_emr_serverless.definitions.commands.marks import MARK, Expansions, UnreadableCommandError, is_mark, marks_in
from pulumi_emr_serverless.definitions.commands.scripts import Command, Script, variable_of
from pulumi_emr_serverless.definitions.shorthand import ShorthandError, parse_shorthand, typed
from pulumi_emr_serverless.definitions.text import Node, UnreadableError, read

_JSON = re.compile(rf'"(?:[^"\\]|\\[\s\S])*"|{MARK}|[\[\]{{}}:,]|[^\s"\[\]{{}}:,\U000f0000-\U000ffffd]+|"')
_TEXTS = re.compile(r'"(?:[^"\\]|\\[\s\S])*"')
_STANDARD_INPUT = ("/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")


class Values:
    """Reads the values of one command."""

    def __init__(self, expansions: Expansions, script: Script, command: Command, base: Path) -> None:
        self.expansions = expansions
        self.script = script
        self.command = command
        self.base = base
        self.within_json: set[str] = set()
        """Marks that stand within a text of JSON: a quote in their value would end it."""
        self.notes: list[str] = []

    def member(self, option: str, text: str, schema: dict[str, Any]) -> Any:
        """The value of an option that gives a member of the request."""
        structured = "$ref" in schema or schema.get("type") == "object"
        text = self._loaded(option, self._known(text) if structured else text)
        if not structured:
            return typed(text, schema)
        if is_mark(text.strip()):
            return text.strip()
        if text.lstrip()[:1] in ("{", "["):
            return self._document(option, text, "json")
        try:
            return parse_shorthand(self._unquoted(text), schema)
        except ShorthandError as error:
            before, after = (self.expansions.shown(part) for part in (text[: error.at], text[error.at :]))
            shown = before + after if len(before + after) <= 60 else _around(before, after)
            raise self._refused(f"{option}, character {len(before) + 1} of {shown!r}: {error}") from None

    def input_file(self, option: str, text: str, form: Literal["json", "yaml"]) -> dict[str, Any]:
        """The value of ``--cli-input-json`` or ``--cli-input-yaml``."""
        text = self._loaded(option, self._known(text))
        if is_mark(text.strip()):
            source = self.expansions.shown(text.strip())
            raise self._refused(
                f"{option}: the input is {source}, which only the shell knows: put it into a file and write file://input.{form}"
            )
        document = self._document(option, text, form)
        if not isinstance(document, dict):
            raise self._refused(f"{option}: must be a map of the members of StartJobRun")
        return document

    def _known(self, text: str) -> str:
        """The text of a variable that stands for a whole structure, where the script sets it before."""
        if not is_mark(text.strip()):
            return text
        name = variable_of(self.expansions.source_of(text.strip()))
        value = self.script.value(name, self.command.at, self.command.conditions).text if name else None
        return text if value is None or is_mark(value.strip()) else value

    def _loaded(self, option: str, text: str) -> str:
        if not text.startswith(("file://", "fileb://")):
            return text
        path = text.partition("://")[2]
        if path in _STANDARD_INPUT:
            if self.command.stdin is None:
                raise self._refused(f"{option}: {text} is what the script pipes in: write it into a file")
            return self.command.stdin
        written = self.script.file(path, self.command)
        if written is not None:
            if written.content is None:
                raise UnreadableCommandError(
                    written.at, f"{option} reads {self.expansions.shown(path)}, which the script writes here: run it up to there, and name a copy of the file"
                )
            return written.content
        if marks_in(path):
            raise self._refused(f"{option}: {self.expansions.shown(text)} depends on the shell: write the file's path")
        try:
            return (self.base / Path(path).expanduser()).read_text("utf-8")
        except (OSError, UnicodeDecodeError, ValueError, RuntimeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8"
            raise self._refused(f"{option}: {text} cannot be read: {reason}") from None

    def _document(self, option: str, text: str, form: Literal["json", "yaml"]) -> Any:
        if form == "json":
            text = self._with_quoted_marks(option, self._on_one_line(option, self._unescaped(option, text)))
        try:
            return _plain(read(text, form))
        except UnreadableError as error:
            raise self._refused(f"{option}, its line {error.place.line}, column {error.place.column}: {error}") from None

    def _unescaped(self, option: str, text: str) -> str:
        r"""JSON with ``\"`` for each quote, as Windows PowerShell 5.1 needs it to pass one on."""
        if self.command.shell != "powershell" or not re.match(r'\s*[\[{]\s*\\"', text):
            return text
        self.notes.append(f'{option}: the \\" in it are read as Windows PowerShell 5.1 passes them on, as quotes')
        return re.sub(r'(\\*)\\"', lambda match: match[1][::2] + '"', text)

    def _unquoted(self, text: str) -> str:
        return text

    def _on_one_line(self, option: str, text: str) -> str:
        """Texts in pasted JSON run over lines, with or without a backslash there; JSON knows neither."""

        def escaped(match: re.Match[str]) -> str:
            joined = re.sub(r"\\[ \t]*\r?\n", " ", match[0])
            return joined.replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t")

        joined = _TEXTS.sub(escaped, text)
        if joined != text:
            self.notes.append(f"{option}: a text in its JSON runs over several lines, which the AWS CLI refuses; read as one text")
        return joined

    def _with_quoted_marks(self, option: str, text: str) -> str:
        """JSON in which an expansion stands for a whole value, made JSON again: the value becomes a text with the mark."""
        tokens = list(_JSON.finditer(text))
        parts: list[str] = []
        behind = 0
        for index, token in enumerate(tokens):
            before = tokens[index - 1][0] if index else ""
            after = tokens[index + 1][0] if index + 1 < len(tokens) else ""
            if token[0][0] == '"':
                self.within_json.update(marks_in(token[0]))
            if not is_mark(token[0]):
                continue
            if before not in (":", "[", ",", "") or after not in (",", "]", "}", ""):
                self._refuse_between(option, token[0])
            start, end = token.start(), token.end()
            if (before, after) == ("[", "]"):
                start, end = tokens[index - 1].start(), tokens[index + 1].end()
            parts += [text[behind:start], f'"{token[0]}"']
            behind = end
        return "".join([*parts, text[behind:]])

    def _refuse_between(self, option: str, mark: str) -> None:
        raise self._refused(
            f"{option}: {self.expansions.shown(mark)} stands between the values of its JSON, where it can be several: write them out"
        )

    def _refused(self, problem: str) -> UnreadableCommandError:
        return UnreadableCommandError(self.command.at, problem)


def within_json_text(value: str) -> str | None:
    """What a shell's text becomes within quotes of JSON; None if it ends them."""
    try:
        decoded = json.loads(f'"{value}"', strict=False)
    except ValueError:
        return None
    return decoded if isinstance(decoded, str) else None


def _around(before: str, after: str) -> str:
    return ("..." if before[:-20] else "") + before[-20:] + after[:20] + ("..." if after[20:] else "")


def _plain(node: Node) -> Any:
    if isinstance(node.value, dict):
        return {key: _plain(item) for key, item in node.value.items()}
    return [_plain(item) for item in node.value] if isinstance(node.value, list) else node.value
