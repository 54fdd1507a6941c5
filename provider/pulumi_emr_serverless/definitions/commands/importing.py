"""From a text with a command in it to the command's request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pulumi_emr_serverless.definitions.answers import answered_run, definition_of
from pulumi_emr_serverless.definitions.commands import launcher, layers
from pulumi_emr_serverless.definitions.commands.imported import VARIABLE, ImportedCommand, Setting, brief
from pulumi_emr_serverless.definitions.commands.marks import Expansions, UnreadableCommandError, Word, is_mark, marks_in
from pulumi_emr_serverless.definitions.commands.options import INPUT_FILES, MEMBERS, read_options
from pulumi_emr_serverless.definitions.commands.scripts import MENTION, Assigned, Command, Script, variable_of
from pulumi_emr_serverless.definitions.commands.values import Values, within_json_text
from pulumi_emr_serverless.definitions.schema import definition_schema, type_at
from pulumi_emr_serverless.definitions.text import place_of
from pulumi_emr_serverless.errors import InvalidDefinitionError
from pulumi_emr_serverless.request import REQUEST_MEMBERS, format_path
from pulumi_emr_serverless.spark import sounds_secret

LONGEST_TEXT = 1 << 19
"""Characters. What people paste has thousands of them."""

_LIST = re.compile(r"\$\{(?:@|!?\w+\[@\])")
_CHANGING = re.compile(
    r"(\$\(|`)\s*(date|uuidgen|Get-Date|New-Guid)\b|\$\{(RANDOM|EPOCHSECONDS|EPOCHREALTIME|SECONDS|\$)\}"
)
_ENVIRONMENT = {
    "AWS_PROFILE": "set aws:profile in the stack's configuration",
    "AWSVARIABLE_PROFILE": "set aws:profile in the stack's configuration",
    "AWS_REGION": "set aws:region in the stack's configuration, or region of the JobRun",
    "AWSVARIABLE_REGION": "set aws:region in the stack's configuration, or region of the JobRun",
    "AWS_ENDPOINT_URL": "set aws:endpoints in the stack's configuration, or endpoint of the JobRun",
}


def import_command(
    text: str, *, number: int | None = None, base: Path | None = None, name: str = ""
) -> ImportedCommand:
    """Read the command out of a script, a README, a workflow, a Terraform file or whatever else it is written in.

    What ``aws emr-serverless get-job-run`` answers is taken, too: it is the definition of its run.

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
    run = _answered(text)
    if run is not None:
        return ImportedCommand(definition_of(run), notes=["of what aws emr-serverless get-job-run answered"])
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


def _answered(text: str) -> Mapping[str, Any] | None:
    """The run, if the text is no command but AWS's answer about a run."""
    if text.lstrip()[:1] != "{" or "executionRole" not in text:
        return None
    try:
        return answered_run(json.loads(text))
    except (ValueError, RecursionError):
        return None


def _refuse_unfit(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise InvalidDefinitionError(
            f"the text has more than {LONGEST_TEXT} characters: paste the command and what belongs to it"
        )
    strange = next(iter(marks_in(text)), None) or next(
        (char for char in text if "\ud800" <= char <= "\udfff" or char == "\0"), None
    )
    if strange is not None:
        raise UnreadableCommandError(text.index(strange), f"{strange!a} is no character of a script")


def _commands(script: Script) -> list[Command]:
    """Those that are run, or else those that are only told, each once."""
    found = sorted(script.commands, key=lambda command: (command.at, command.problem is not None))
    found = [
        each
        for each in found
        if each.problem or ((launch := launcher.launch_of(each.words, is_cli=each.is_cli)) and launch.options)
    ]
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
        raise InvalidDefinitionError(
            f"there are {len(commands)} commands, in lines {lines}: choose one with --number N"
        )
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
        try:
            options = list(read_options([self._filled_in(word, launch) for word in launch.options], self.expansions))
        except UnreadableCommandError as error:
            raise self._refused(error.at, error) from None
        for given in options:
            try:
                self._refuse_statement(given.value)
                self._option(given.name, given.value, given.note)
            except UnreadableCommandError as error:
                raise self._refused(given.at if error.at == self.command.at else error.at, error) from None
        return self._result()

    def _refused(self, at: int, error: UnreadableCommandError) -> InvalidDefinitionError:
        quoted = self.command.shell == "cmd" and any("'" in word.text for word in self.command.words)
        hint = " (to cmd.exe a single quote is no quote: write the value in double quotes)" if quoted else ""
        return InvalidDefinitionError(f"line {place_of(self.text, at).line}: {error}{hint}")

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

    def _filled_in(self, word: Word, launch: launcher.Launch) -> Word:
        """What xargs exchanges for each line that it reads is a placeholder, too."""
        filled = launch.filled_in
        return word._replace(text=word.text.replace(filled, self.expansions.mark("line", filled))) if filled else word

    def _refuse_statement(self, value: Word | None) -> None:
        for mark in marks_in(value.text) if value else ():
            if self.expansions.name_of(mark) in self.expansions.statements:
                source = self.expansions.source_of(mark)
                raise UnreadableCommandError(
                    self.command.at, f"{source} decides what the command is: write out which one you mean"
                )

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
            self.notes.append(
                f"line {line}: blanks behind the backslash end the command for a shell; read as if they were not there"
            )
        for word in self.command.words:
            if word.globs:
                self.notes.append(
                    f"{self.expansions.shown(word.text)}: taken as it is; without quotes the shell looks for files of such names"
                )
        for name, value in self.command.environment:
            if remedy := _ENVIRONMENT.get(name):
                self.notes.append(f"{name}={self.expansions.shown(value)}: {remedy}")
        for each in self.command.maybe:
            self.notes.append(
                f"{self._line(each)} may add {brief(self._shown(each) or 'something')} to {each.name}: left out, as it depends on the script"
            )

    def _note_options_from_elsewhere(self, word: Word) -> None:
        name, source = self.expansions.name_of(word.text), self.expansions.source_of(word.text)
        if name in self.expansions.statements:
            self._refuse_statement(word)
        setting = self._setting(source)
        known = (
            f"; {setting.sentence('it' if source == f'${{{name}}}' else variable_of(source) or name)}"
            if setting
            else ""
        )
        self.notes.append(f"{source}: left out, as nobody knows which options it adds{known}")

    def _note_single_quotes(self, properties: Any) -> None:
        """What is written as ``$NAME`` and stays so, though the script sets NAME: quotes keep the shell from filling it in."""
        names = {each.name for each in self.script.assigned}
        for text in _texts(properties):
            for match in re.finditer(r"\$(?:\{(\w+)\}|([A-Za-z_]\w*))", text, re.ASCII):
                name = match[1] or match[2]
                if name in names:
                    names.discard(name)
                    self.notes.append(
                        f"{match[0]}: stays as it is, as quotes keep the shell from filling it in, though {self._setting_sentence(name)}"
                    )

    # --- the result -----------------------------------------------------------------------------------------------

    def _result(self) -> ImportedCommand:
        given = {**self.input, **self.members}
        token = given.get("clientToken")
        if isinstance(token, str) and marks_in(token):
            del given["clientToken"]
            self.notes.append("--client-token: left out, as JobRun derives one that gives each intent exactly one run")
        ordered = {name: given[name] for name in (*REQUEST_MEMBERS, *given) if name in given}
        self._note_single_quotes(ordered)
        used = sorted({mark for text in _texts(ordered) for mark in marks_in(text)})  # as they come in the text
        placeholders = {self.expansions.name_of(mark): self.expansions.source_of(mark) for mark in used}
        known = {name: setting for name, source in placeholders.items() if (setting := self._setting_of(name, source))}
        self.notes += self.values.notes
        self.notes += [
            f"{source}: can be several words for the shell; here it stands for one text"
            for source in placeholders.values()
            if _LIST.match(source)
        ]
        self.notes += [
            f"${{{name}}}: {brief(text)} says something else each time; as a part of the request it would start a run at every update"
            for name, source in placeholders.items()
            for text in (source, known[name].value if name in known else None)
            if text and _CHANGING.search(text)
        ]
        properties = self._restored(ordered, (), filled=bool(used))
        kinds = {self.expansions.name_of(mark): kind for mark, kind in self._kinds(ordered, ())}
        return ImportedCommand(properties, placeholders, self.notes, known, kinds)

    def _restored(self, value: Any, location: tuple[str | int, ...], *, filled: bool) -> Any:
        if isinstance(value, dict):
            return {
                self._key(key, location): self._restored(item, (*location, key), filled=filled)
                for key, item in value.items()
            }
        if isinstance(value, list):
            return [self._restored(item, (*location, index), filled=filled) for index, item in enumerate(value)]
        return self.expansions.restored(value, filled=filled) if isinstance(value, str) else value

    def _key(self, key: str, location: tuple[str | int, ...]) -> str:
        for mark in marks_in(key):
            raise UnreadableCommandError(
                self.command.at,
                f"{self.expansions.source_of(mark)} is a part of a name in {format_path(location)}, and a definition fills in values only: write it out",
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
            kind = {
                "array": "the whole list",
                "object": "the whole map",
                "integer": "the number",
                "boolean": "true or false for",
            }.get(type_at(location) or "")
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
            self.notes.append(
                f"${{{name}}}: the quotes in what {self._setting_sentence(variable_of(source) or name)} end the text of JSON around it: write out what the JSON is"
            )
            return setting
        return setting._replace(value=decoded)

    def _setting(self, source: str) -> Setting | None:
        variable = VARIABLE.fullmatch(source)
        name = variable[1] if variable else variable_of(source)
        return self._setting_named(name) if name else None

    def _setting_named(self, name: str) -> Setting | None:
        """As set before the command or, if only there, behind it, as it is with a function."""
        of_name = self.script.named(name)
        told = [each for each in of_name if each.end <= self.command.at] or [
            each for each in of_name if each.at >= self.command.end
        ]
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
