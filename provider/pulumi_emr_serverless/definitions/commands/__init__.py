"""A pasted ``aws emr-serverless start-job-run ...`` as a definition. Nothing is run.

- ``layers`` takes commands out of what they are wrapped in: YAML, HCL, JSON, a Makefile, a Jenkinsfile, a Dockerfile, Markdown.
- ``shell``, ``powershell`` and ``cmd`` read the words; ``templates`` and ``placeholders`` mark what others fill in before.
- ``launcher`` says which words are the command, ``options`` and ``values`` what it asks for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pulumi_emr_serverless.definitions.commands import launcher, layers
from pulumi_emr_serverless.definitions.commands.marks import Expansions, UnreadableCommandError, Word, is_mark, marks_in
from pulumi_emr_serverless.definitions.commands.options import INPUT_FILES, MEMBERS, read_options
from pulumi_emr_serverless.definitions.commands.scripts import MENTION, Assigned, Command, Script, variable_of
from pulumi_emr_serverless.definitions.commands.values import Values, within_json_text
from pulumi_emr_serverless.definitions.schema import definition_schema, type_at
from pulumi_emr_serverless.definitions.text import place_of
from pulumi_emr_serverless.errors import InvalidDefinitionError
from pulumi_emr_serverless.request import REQUEST_MEMBERS, format_path
from pulumi_emr_serverless.spark_parameters import sounds_secret

__all__ = ["ImportedCommand", "Setting", "import_command"]

LONGEST_TEXT = 1 << 20
"""Characters. What people paste has thousands of them."""

_DEFAULT = re.compile(r"\$\{([A-Za-z_]\w*)(?::?[-=](?P<default>.*)|.*)\}", re.ASCII | re.DOTALL)
_CHANGING = re.compile(r"(\$\(|`)\s*(date|uuidgen|Get-Date|New-Guid)\b|\$\{(RANDOM|EPOCHSECONDS|EPOCHREALTIME|SECONDS|\$)\}")
_ENVIRONMENT = {
    "AWS_PROFILE": "set aws:profile in the stack's configuration",
    "AWS_DEFAULT_PROFILE": "set aws:profile in the stack's configuration",
    "AWS_REGION": "set aws:region in the stack's configuration, or region of the JobRun",
    "AWS_DEFAULT_REGION": "set aws:region in the stack's configuration, or region of the JobRun",
    "AWS_ENDPOINT_URL": "set aws:endpoints in the stack's configuration, or endpoint of the JobRun",
}


class Setting(NamedTuple):
    """Where the script sets a variable, and to what at last.

    Without a value, if only running it tells, or if name or value sound like a secret.
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
    """Each name in ``${name}``, and the text of the file that it stands for."""
    notes: list[str] = field(default_factory=list)
    assignments: dict[str, Setting] = field(default_factory=dict)
    """Of each placeholder that is a variable which the script sets. Not filled in: the next run may need another value."""
    kinds: dict[str, str] = field(default_factory=dict)
    """Of each placeholder that is no text: what it stands for."""

    def origin(self, name: str) -> str:
        """What is known of the placeholder ``name``; nothing of a mere ``$NAME``."""
        parts = [_origin(name, self.placeholders[name], self.assignments.get(name)), self.kinds.get(name, "")]
        return "; ".join(filter(None, parts))


def import_command(text: str, *, number: int | None = None, base: Path | None = None, name: str = "") -> ImportedCommand:
    """Read the command out of a script, a README, a workflow, a Terraform file or whatever else it is written in.

    Args:
        text: with one ``aws emr-serverless start-job-run``, or with several.
        number: which one of several, from 1.
        base: the directory that ``file://`` paths start from; the current one unless told.
        name: the file's name, whose suffix says what it is; without one, the text does.

    Raises:
        InvalidDefinitionError: no such command, several, or one that cannot be read; with line and column.
        MissingDependencyError: the grammars are not installed.

    """
    text = text.replace("\r\n", "\n")
    expansions, script = Expansions(), Script()
    try:
        _refuse_unfit(text)
        if MENTION in text:
            layers.read_scripts(text, name, expansions, script)
        command = _chosen(text, _commands(script), number)
        if command.problem:
            raise command.problem
        return _Importer(text, expansions, script, command, base or Path()).imported()
    except UnreadableCommandError as error:
        place = place_of(text, error.at)
        raise InvalidDefinitionError(f"line {place.line}, column {place.column}: {error}") from None


def _refuse_unfit(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise InvalidDefinitionError(f"the text has more than {LONGEST_TEXT} characters: paste the command and what belongs to it")
    strange = next(iter(marks_in(text)), None) or next((char for char in text if "\ud800" <= char <= "\udfff" or char == "\0"), None)
    if strange is not None:
        raise UnreadableCommandError(text.index(strange), f"{ascii(strange)} is no character of a script")


def _commands(script: Script) -> list[Command]:
    """Those that are run, or else those that are only told, each once."""
    found = sorted(script.commands, key=lambda command: (command.at, command.problem is not None))
    found = [each for each in found if each.problem or ((launch := launcher.launch_of(each.words, is_cli=each.is_cli)) and launch.options)]
    live = [each for each in found if not each.told]
    once: dict[Any, Command] = {}
    for each in live or found:
        once.setdefault((each.at, tuple(word.text for word in each.words)), each)
    readable = {each.at for each in once.values() if not each.problem}
    return [each for each in once.values() if not each.problem or each.at not in readable]


def _chosen(text: str, commands: list[Command], number: int | None) -> Command:
    if not commands:
        hint = ": this is EMR on EKS (emr-containers)" if "emr-containers" in text else ""
        raise InvalidDefinitionError(f"there is no 'aws emr-serverless start-job-run' in the text{hint}")
    if number is None and len(commands) > 1:
        lines = ", ".join(str(place_of(text, each.at).line) for each in commands)
        raise InvalidDefinitionError(f"there are {len(commands)} commands, in lines {lines}: choose one with --number N")
    if not 1 <= (number or 1) <= len(commands):
        raise InvalidDefinitionError(f"there is no command number {number}: the text has {len(commands)}")
    return commands[(number or 1) - 1]


class _Importer:
    def __init__(self, text: str, expansions: Expansions, script: Script, command: Command, base: Path) -> None:
        self.text = text
        self.expansions = expansions
        self.script = script
        self.command = command
        self.values = Values(expansions, script, command, base)
        self.members: dict[str, Any] = {}
        self.input: dict[str, Any] = {}
        self.notes: list[str] = []

    def imported(self) -> ImportedCommand:
        launch = launcher.launch_of(self.command.words, is_cli=self.command.is_cli)
        if launch is None:
            raise UnreadableCommandError(self.command.at, "is no start-job-run")
        self._note_surroundings(launch)
        for given in read_options([self._filled_in(word, launch) for word in launch.options], self.expansions):
            self._refuse_statement(given.value)
            try:
                self._option(given.name, given.value, given.note)
            except UnreadableCommandError as error:
                raise UnreadableCommandError(given.at, str(error)) if error.at == self.command.at else error from None
        return self._result()

    def _option(self, name: str, value: Word | None, note: str | None) -> None:
        if not name and value is not None:
            self._note_options_from_elsewhere(value)
        elif note is not None or value is None:
            shown = f"{name} {self.expansions.shown(value.text) if value else ''}".strip()
            self.notes.append(f"{shown}: {note or 'has no meaning for a definition'}")
        elif name in INPUT_FILES:
            self.input = self.values.input_file(name, value.text, "json" if name.endswith("json") else "yaml")
        else:
            member = MEMBERS[name]
            self.members[member] = self.values.member(name, value.text, definition_schema()["properties"][member])
            if value.several and is_mark(value.text) and "@" in self.expansions.source_of(value.text):
                source = self.expansions.source_of(value.text)
                self.notes.append(f"{source}: can be several words, of which {name} takes one")

    def _filled_in(self, word: Word, launch: launcher.Launch) -> Word:
        """What xargs exchanges for each line that it reads is a placeholder, too."""
        filled = launch.filled_in
        return word._replace(text=word.text.replace(filled, self.expansions.mark("line", filled))) if filled else word

    def _refuse_statement(self, value: Word | None) -> None:
        for mark in marks_in(value.text) if value else ():
            if self.expansions.name_of(mark) in self.expansions.statements:
                source = self.expansions.source_of(mark)
                raise UnreadableCommandError(self.command.at, f"{source} decides what the command is: write out which one you mean")

    # --- notes ----------------------------------------------------------------------------------------------------

    def _note_surroundings(self, launch: launcher.Launch) -> None:
        line = place_of(self.text, self.command.at).line
        if self.command.told:
            self.notes.append(f"line {line}: the command stands in {self.command.told}; nothing runs it there")
        if launch.cli is not None and not launcher.is_the_cli(launch.cli):
            self.notes.append(f"{self.expansions.shown(launch.cli.text)}: taken for the AWS CLI")
        if launch.filled_in == "":
            self.notes.append("xargs: left out, as nobody knows which words it adds at the end")
        for at in self.command.broken:
            line = place_of(self.text, at).line
            self.notes.append(f"line {line}: blanks behind the backslash end the command for a shell; read as if they were not there")
        for name, value in self.command.environment:
            if remedy := _ENVIRONMENT.get(name):
                self.notes.append(f"{name}={self.expansions.shown(value)}: {remedy}")
        for each in self.command.maybe:
            self.notes.append(f"{self._line(each)} may add {_brief(self._shown(each) or 'something')} to {each.name}: left out, as it depends on the script")

    def _note_options_from_elsewhere(self, word: Word) -> None:
        name, source = self.expansions.name_of(word.text), self.expansions.source_of(word.text)
        if name in self.expansions.statements:
            self._refuse_statement(word)
        setting = self._setting(source)
        known = f"; {setting.sentence('it' if source == f'${{{name}}}' else variable_of(source) or name)}" if setting else ""
        self.notes.append(f"{source}: left out, as nobody knows which options it adds{known}")

    def _note_single_quotes(self, properties: Any) -> None:
        """What is written as ``$NAME`` and stays so, though the script sets NAME: quotes keep the shell from filling it in."""
        names = {each.name for each in self.script.assigned}
        for text in _texts(properties):
            for match in re.finditer(r"\$(?:\{(\w+)\}|([A-Za-z_]\w*))", text, re.ASCII):
                name = match[1] or match[2]
                if name in names:
                    names.discard(name)
                    self.notes.append(f"{match[0]}: stays as it is, as quotes keep the shell from filling it in, though {self._setting_sentence(name)}")

    # --- the result -----------------------------------------------------------------------------------------------

    def _result(self) -> ImportedCommand:
        given = {**self.input, **self.members}
        token = given.get("clientToken")
        if isinstance(token, str) and marks_in(token):
            del given["clientToken"]
            self.notes.append("--client-token: left out, as JobRun derives one that gives each intent exactly one run")
        ordered = {name: given[name] for name in (*REQUEST_MEMBERS, *given) if name in given}
        self._note_single_quotes(ordered)
        used = list(dict.fromkeys(mark for text in _texts(ordered) for mark in marks_in(text)))
        placeholders = {self.expansions.name_of(mark): self.expansions.source_of(mark) for mark in used}
        known = {name: setting for name, source in placeholders.items() if (setting := self._setting_of(name, source))}
        self.notes += self.values.notes
        self.notes += [
            f"${{{name}}}: {_brief(text)} says something else each time; as a part of the request it would start a run at every update"
            for name, source in placeholders.items()
            for text in (source, known[name].value if name in known else None)
            if text and _CHANGING.search(text)
        ]
        properties = self._restored(ordered, (), filled=bool(used))
        kinds = {self.expansions.name_of(mark): kind for mark, kind in self._kinds(ordered, ())}
        return ImportedCommand(properties, placeholders, self.notes, known, kinds)

    def _restored(self, value: Any, location: tuple[str | int, ...], *, filled: bool) -> Any:
        if isinstance(value, dict):
            return {self._key(key, location): self._restored(item, (*location, key), filled=filled) for key, item in value.items()}
        if isinstance(value, list):
            return [self._restored(item, (*location, index), filled=filled) for index, item in enumerate(value)]
        return self.expansions.restored(value, filled=filled) if isinstance(value, str) else value

    def _key(self, key: str, location: tuple[str | int, ...]) -> str:
        for mark in marks_in(key):
            raise UnreadableCommandError(
                self.command.at, f"{self.expansions.source_of(mark)} is a part of a name in {format_path(location)}, and a definition fills in values only: write it out"
            )
        return key

    def _kinds(self, value: Any, location: tuple[str | int, ...]) -> Iterator[tuple[str, str]]:
        """What placeholders stand for that are more than a text."""
        if isinstance(value, dict):
            for key, item in value.items():
                yield from self._kinds(item, (*location, key))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._kinds(item, (*location, index))
        elif isinstance(value, str) and is_mark(value):
            kind = {"array": "the whole list", "object": "the whole map", "integer": "the number", "boolean": "true or false for"}.get(type_at(location) or "")
            if kind:
                yield value, f"stands for {kind} {format_path(location)}"
            elif location and isinstance(location[-1], int):
                yield value, f"stands for one item of {format_path(location[:-1])}"

    # --- what the script sets -------------------------------------------------------------------------------------

    def _setting_of(self, name: str, source: str) -> Setting | None:
        setting = self._setting(source)
        mark = next((mark for mark in self.values.within_json if self.expansions.name_of(mark) == name), None)
        if setting is None or setting.value is None or mark is None or not re.search(r'["\\]', setting.value):
            return setting
        decoded = within_json_text(setting.value)
        if decoded is None:
            self.notes.append(f"${{{name}}}: the quotes in what {self._setting_sentence(variable_of(source) or name)} end the text of JSON around it: write out what the JSON is")
            return setting
        return setting._replace(value=decoded)

    def _setting(self, source: str) -> Setting | None:
        variable = _DEFAULT.fullmatch(source)
        name = variable[1] if variable else variable_of(source)
        return self._setting_named(name) if name else None

    def _setting_named(self, name: str) -> Setting | None:
        """As set before the command or, if only there, behind it, as it is with a function."""
        of_name = self.script.by_name.get(name, [])
        told = [each for each in of_name if each.end <= self.command.at] or [each for each in of_name if each.at >= self.command.end]
        if not told:
            return None
        lines = dict.fromkeys(place_of(self.text, each.at).line for each in told)
        value = None if told[-1].adds else self._shown(told[-1])
        hidden = value is not None and (sounds_secret(name) or sounds_secret(value))
        return Setting(tuple(lines), None if hidden else value)

    def _setting_sentence(self, name: str) -> str:
        setting = self._setting_named(name)
        return setting.sentence("it") if setting else f"the script sets {name}"

    def _shown(self, assigned: Assigned) -> str | None:
        if assigned.items is None:
            return None
        text = f"({' '.join(assigned.items)})" if assigned.array else "".join(assigned.items)
        return self.expansions.shown(text)

    def _line(self, assigned: Assigned) -> str:
        return f"line {place_of(self.text, assigned.at).line}"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _origin(name: str, source: str, setting: Setting | None) -> str:
    variable = _DEFAULT.fullmatch(source)
    if variable is None:
        return f"{source}; {setting.sentence('it')}" if setting else source
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
