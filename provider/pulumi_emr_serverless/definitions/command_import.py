"""A pasted ``aws emr-serverless start-job-run ...`` as a definition."""

from __future__ import annotations

import difflib
import itertools
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pulumi_emr_serverless.definitions.schema import definition_schema
from pulumi_emr_serverless.definitions.shell_words import (
    CommandReader,
    Expansions,
    UnreadableCommandError,
    Word,
    assignments,
    has_mark,
    is_mark,
    quote_bare_marks,
)
from pulumi_emr_serverless.definitions.shorthand import ShorthandError, parse_shorthand, typed
from pulumi_emr_serverless.definitions.text import Node, UnreadableError, place_of, read
from pulumi_emr_serverless.errors import InvalidDefinitionError
from pulumi_emr_serverless.request import REQUEST_MEMBERS
from pulumi_emr_serverless.spark import sounds_secret

_AWS = re.compile(r"(?<![\w./$-])aws(?=[\s\\])")
_MEMBERS = {"--" + re.sub(r"(?=[A-Z])", "-", name).lower(): name for name in REQUEST_MEMBERS}
_SWITCHES = {
    "--debug": "",
    "--no-verify-ssl": "set aws:insecure in the stack's configuration, if you must",
    "--no-paginate": "",
    "--no-sign-request": "set emrServerless:skipRequestSigning in the stack's configuration",
    "--no-cli-pager": "",
    "--cli-auto-prompt": "",
    "--no-cli-auto-prompt": "",
    "--version": "",
}
_VALUES = {
    "--profile": "set aws:profile in the stack's configuration",
    "--region": "set aws:region in the stack's configuration, or region of the JobRun",
    "--endpoint-url": "set aws:endpoints in the stack's configuration, or endpoint of the JobRun",
    "--query": "the JobRun has its answers as outputs: job_run_id, arn, ...",
    "--output": "the JobRun has its answers as outputs: job_run_id, arn, ...",
    "--ca-bundle": "set emrServerless:caBundle in the stack's configuration",
    "--color": "",
    "--cli-read-timeout": "set emrServerless:readTimeoutSeconds in the stack's configuration",
    "--cli-connect-timeout": "set emrServerless:connectTimeoutSeconds in the stack's configuration",
    "--cli-binary-format": "",
    "--generate-cli-skeleton": "see emrs skeleton",
}
_FILES = {"--cli-input-json": "json", "--cli-input-yaml": "yaml"}
_VARIABLE = re.compile(r"\$\{([A-Za-z_]\w*)(?::?[-=](?P<default>.*)|.*)\}", re.ASCII | re.DOTALL)
_CHANGING = re.compile(r"(\$\(|`)\s*(date|uuidgen)\b|\$\{(RANDOM|EPOCHSECONDS)\b")


class Setting(NamedTuple):
    """Where the script sets a variable, and to what at last.

    Without a value, if it adds to what was there, or if name or value sound like a secret.
    """

    lines: tuple[int, ...]
    value: str | None

    def sentence(self, name: str) -> str:
        lines = ", ".join(map(str, self.lines))
        if len(self.lines) == 1:
            return f"line {lines} sets {name}" + ("" if self.value is None else f" to {_brief(self.value)}")
        return f"lines {lines} set {name}" + ("" if self.value is None else f", at last to {_brief(self.value)}")


@dataclass
class ImportedCommand:
    """The request of a command, what the shell would have filled in, and what has no place in a definition."""

    properties: dict[str, Any]
    placeholders: dict[str, str] = field(default_factory=dict)
    """Each name in ``${name}``, and the shell text that it stands for."""
    notes: list[str] = field(default_factory=list)
    assignments: dict[str, Setting] = field(default_factory=dict)
    """Of each placeholder that is a variable which the script sets. Not filled in: the next run may need another value."""

    def origin(self, name: str) -> str:
        """What is known of the placeholder ``name``; nothing of a mere ``$NAME``."""
        return _origin(name, self.placeholders[name], self.assignments.get(name))


def import_command(text: str, *, number: int | None = None, base: Path | None = None) -> ImportedCommand:
    """Read the command out of a script, a README or a workflow.

    Args:
        text: with one ``aws emr-serverless start-job-run``, or with several.
        number: which one of several, from 1.
        base: the directory that ``file://`` paths start from; the current one unless told.

    Raises:
        InvalidDefinitionError: no such command, several, or one that cannot be read; with line and column.

    """
    commands = _commands(text)
    if not commands:
        hint = ": this is EMR on EKS (emr-containers)" if "emr-containers" in text else ""
        raise InvalidDefinitionError(f"there is no 'aws emr-serverless start-job-run' in the text{hint}")
    if number is None and len(commands) > 1:
        lines = ", ".join(str(place_of(text, each.at).line) for each in commands)
        raise InvalidDefinitionError(
            f"there are {len(commands)} commands, in lines {lines}: choose one with --number N"
        )
    if not 1 <= (number or 1) <= len(commands):
        raise InvalidDefinitionError(f"there is no command number {number}: the text has {len(commands)}")
    command = commands[(number or 1) - 1]
    reader = _Options(command, _settings(text, command), base or Path())
    try:
        reader.read(command.words)
    except _RefusedError as error:
        raise InvalidDefinitionError(f"line {place_of(text, reader.at).line}: {error}") from None
    return reader.result()


class _Command(NamedTuple):
    at: int
    end: int
    words: list[Word]
    expansions: Expansions


def _commands(text: str) -> list[_Command]:
    found: list[_Command] = []
    behind = 0
    for match in _AWS.finditer(text):
        if match.start() < behind:
            continue
        expansions = Expansions()
        reader = CommandReader(text, match.start(), expansions)
        try:
            words = reader.words()
        except UnreadableCommandError as error:
            if re.match(r"aws[^\n]*emr-serverless\s+start-job-run", text[match.start() :]):
                place = place_of(text, error.at)
                raise InvalidDefinitionError(f"line {place.line}, column {place.column}: {error}") from None
            continue
        if _operation_at(words) and len(words) > 3:  # without an option, it is a sentence about the command
            found.append(_Command(match.start(), reader.at, words, expansions))
            behind = reader.at
    return found


def _settings(text: str, command: _Command) -> dict[str, Setting]:
    """The script's variables: as set before the command or, if only there, behind it, as it is with a function."""
    found = assignments(text)
    settings = {}
    for name in {each.name for each in found}:
        of_name = [each for each in found if each.name == name]
        before = [each for each in of_name if each.end <= command.at]
        if told := before or [each for each in of_name if each.at >= command.end]:
            lines = dict.fromkeys(place_of(text, each.at).line for each in told)
            value = told[-1].value
            hidden = value is not None and (sounds_secret(name) or sounds_secret(value))
            settings[name] = Setting(tuple(lines), None if hidden else value)
    return settings


def _origin(name: str, source: str, setting: Setting | None) -> str:
    variable = _VARIABLE.fullmatch(source)
    if variable is None:
        return source
    default = variable["default"]
    is_plain = variable[1] == name and (default is not None or source == f"${{{name}}}")
    parts = [] if is_plain else [source]
    if default is not None:
        parts.append(f"{_brief(default) or 'empty'} by default")
    if setting:
        parts.append(setting.sentence("it" if is_plain else variable[1]))
    return "; ".join(parts)


def _brief(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:77]}..."


def _operation_at(words: list[Word]) -> int:
    pairs = list(itertools.pairwise(word.text for word in words))
    return pairs.index(("emr-serverless", "start-job-run")) if ("emr-serverless", "start-job-run") in pairs else 0


class _RefusedError(Exception):
    pass


class _Options:
    def __init__(self, command: _Command, settings: dict[str, Setting], base: Path) -> None:
        self.at = command.at
        """Where the option that is being read stands."""
        self.expansions = command.expansions
        self.settings = settings
        self.base = base
        self.members: dict[str, Any] = {}
        self.input: dict[str, Any] = {}
        self.notes: list[str] = []

    def read(self, words: list[Word]) -> None:
        operation = _operation_at(words)
        rest = words[1:operation] + words[operation + 2 :]
        while rest:
            self.at = rest[0].at
            name, equals, value = rest[0].text.partition("=")
            if name in _SWITCHES:
                self._note(name, _SWITCHES[name])
                rest = rest[1:]
                continue
            if name not in (*_MEMBERS, *_VALUES, *_FILES):
                self._unknown(rest[0].text)
                rest = rest[1:]
                continue
            if not equals and len(rest) < 2:
                raise _RefusedError(f"{name} has no value")
            self._option(name, value if equals else rest[1].text)
            rest = rest[1 if equals else 2 :]

    def result(self) -> ImportedCommand:
        given = {**self.input, **self.members}
        token = given.get("clientToken")
        if isinstance(token, str) and has_mark(token):
            del given["clientToken"]
            self.notes.append("--client-token: left out, as JobRun derives one that gives each intent exactly one run")
        ordered = {name: given[name] for name in (*REQUEST_MEMBERS, *given) if name in given}
        properties = self._restored(ordered)
        used = json.dumps(properties)
        placeholders = {name: text for name, text in self.expansions.sources.items() if f"${{{name}}}" in used}
        known = {name: setting for name, text in placeholders.items() if (setting := self._setting(text))}
        self.notes += [
            f"${{{name}}}: {_brief(text)} says something else each time; as a part of the request it would start a run at every update"
            for name, source in placeholders.items()
            for text in (source, known[name].value if name in known else None)
            if text and _CHANGING.search(text)
        ]
        return ImportedCommand(properties, placeholders, self.notes, known)

    def _setting(self, source: str) -> Setting | None:
        variable = _VARIABLE.fullmatch(source)
        return self.settings.get(variable[1]) if variable else None

    def _unknown(self, word: str) -> None:
        if is_mark(word):
            name, source = self.expansions.name_of(word), self.expansions.shown(word)
            setting = self._setting(source)
            known = f"; {setting.sentence('it' if source == f'${{{name}}}' else name)}" if setting else ""
            self.notes.append(f"{source}: left out, as nobody knows which options it adds{known}")
            return
        if not word.startswith("--"):
            raise _RefusedError(f"a word that belongs to no option: {self.expansions.restored(word)[:40]!r}")
        near = difflib.get_close_matches(word, [*_MEMBERS, *_VALUES, *_SWITCHES], n=1)
        raise _RefusedError(f"start-job-run has no option {word}" + (f": did you mean {near[0]}?" if near else ""))

    def _note(self, name: str, remedy: str, value: str = "") -> None:
        shown = f"{name} {self.expansions.restored(value)}".strip()
        self.notes.append(f"{shown}: {remedy or 'has no meaning for a definition'}")

    def _option(self, name: str, value: str) -> None:
        if name in _VALUES:
            self._note(name, _VALUES[name], value)
        elif name in _FILES:
            self.input = self._document(name, self._loaded(name, value), _FILES[name])
        else:
            member = _MEMBERS[name]
            self.members[member] = self._value(
                name, self._loaded(name, value), definition_schema()["properties"][member]
            )

    def _loaded(self, name: str, value: str) -> str:
        if not value.startswith(("file://", "fileb://")):
            return value
        path = value.partition("://")[2]
        if has_mark(path):
            raise _RefusedError(
                f"{name}: {self.expansions.restored(value)} depends on the shell: write the file's path"
            )
        try:
            return (self.base / Path(path).expanduser()).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8"
            raise _RefusedError(f"{name}: {value} cannot be read: {reason}") from None

    def _value(self, name: str, value: str, schema: dict[str, Any]) -> Any:
        structured = "$ref" in schema or schema.get("type") == "object"
        if not structured:
            return typed(value, schema)
        if is_mark(value.strip()):
            return value.strip()
        if value.lstrip()[:1] in ("{", "["):
            return self._document(name, value, "json")
        try:
            return parse_shorthand(value, schema)
        except ShorthandError as error:
            before, after = (self.expansions.restored(part) for part in (value[: error.at], value[error.at :]))
            shown = before + after if len(before + after) <= 60 else _around(before, after)
            raise _RefusedError(f"{name}, character {len(before) + 1} of {shown!r}: {error}") from None

    def _document(self, name: str, text: str, form: Any) -> Any:
        try:
            return _plain(read(quote_bare_marks(_one_line_texts(text)) if form == "json" else text, form))
        except UnreadableError as error:
            raise _RefusedError(f"{name}, its line {error.place.line}, column {error.place.column}: {error}") from None

    def _restored(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self.expansions.restored(key): self._restored(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._restored(item) for item in value]
        return self.expansions.restored(value) if isinstance(value, str) else value


def _around(before: str, after: str) -> str:
    return ("..." if before[:-20] else "") + before[-20:] + after[:20] + ("..." if after[20:] else "")


def _plain(node: Node) -> Any:
    if isinstance(node.value, dict):
        return {key: _plain(item) for key, item in node.value.items()}
    return [_plain(item) for item in node.value] if isinstance(node.value, list) else node.value


def _one_line_texts(text: str) -> str:
    """Texts in pasted JSON run over lines, with or without a backslash there; strict JSON knows neither."""

    def escaped(match: re.Match[str]) -> str:
        joined = re.sub(r"\\[ \t]*\r?\n", " ", match[0])
        return joined.replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t")

    return re.sub(r'"(?:[^"\\]|\\.)*"', escaped, text, flags=re.DOTALL)
