"""Job definitions in files: the shape that ``aws emr-serverless start-job-run --cli-input-json`` (``-yaml``) takes.

One file serves both: the AWS CLI, and ``JobRun``. Only ``${name}`` is ours, and only where the caller passes variables.
What the AWS CLI refuses is refused here, null and 60.0 too, which ``JobRun`` takes of a program for absent and for 60.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from pulumi_emr_serverless.definitions.answers import answered_run
from pulumi_emr_serverless.definitions.placeholders import pieces, placeholders
from pulumi_emr_serverless.definitions.schema import type_at
from pulumi_emr_serverless.definitions.text import Format, Node, Place, UnreadableError, place_of, read
from pulumi_emr_serverless.errors import InvalidDefinitionError, InvalidRequestError
from pulumi_emr_serverless.request import (
    BEHAVIOUR_PROPERTIES,
    HIDDEN,
    PROPERTIES,
    REQUEST_MEMBERS,
    UNKNOWN,
    Severity,
    StartJobRun,
    Violation,
    format_path,
    parse_path,
    shortened,
    suspicions,
    violations,
)
from pulumi_emr_serverless.spark import sounds_secret

Location = tuple[str | int, ...]
_SUFFIXES: dict[str, Format] = {".json": "json", ".yaml": "yaml", ".yml": "yaml"}


class Problem(NamedTuple):
    """Something wrong in a file. ``str(problem)`` is the line that editors and CI make a link of."""

    file: str
    line: int
    column: int
    path: str
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        kind = "" if self.severity == "error" else f"{self.severity}: "
        return f"{self.file}:{self.line}:{self.column}: {kind}{self.message}"


@dataclass(frozen=True)
class Definition:
    """The request of a file under the API's names, and where each part of it stands."""

    source: str
    properties: dict[str, Any]
    places: dict[Location, Place] = field(default_factory=dict, repr=False, compare=False)
    placeholders: tuple[str, ...] = field(default=(), repr=False, compare=False)
    """The names in ``${name}``, each once; none where no variables were passed."""

    def place(self, path: str) -> Place:
        """Where the value at ``path`` stands; of one that is missing, where it would belong."""
        location: Location = parse_path(path)
        while location and location not in self.places:
            location = location[:-1]
        return self.places.get(location, Place(1, 1))

    def problem(self, violation: Violation) -> Problem:
        return Problem(
            self.source, *self.place(violation.path), violation.path, violation.message(), violation.severity
        )


def load_definition(path: str | Path, variables: Mapping[str, Any] | None = None) -> Definition:
    """Read and check one definition.

    Members that are missing at the top (``applicationId``, ...) are no error: an override may bring them, see ``merge``.

    Args:
        path: a ``.json``, ``.yaml`` or ``.yml`` file; with another suffix, what begins with ``{`` is JSON.
        variables: what ``${name}`` stands for in values; those of ``OpenVariables`` may be known later. A scalar that is nothing but ``${name}`` takes the value with its
            type. ``$${name}`` is the text ``${name}``. Without variables every ``${...}`` is plain text.

    Raises:
        InvalidDefinitionError: everything that is wrong, a line each that begins with ``file:line:column:``.

    """
    definition, problems = check_definition(path, variables)
    wrong = errors_of(problems)
    if definition is None or wrong:
        raise InvalidDefinitionError("\n".join(map(str, wrong)))
    return definition


def load_definitions(directory: str | Path, variables: Mapping[str, Any] | None = None) -> dict[str, Definition]:
    """Every definition of a directory by its file's name without the suffix, in order of the names.

    Raises:
        InvalidDefinitionError: the problems of all files; two files of one name; no definitions at all.

    """
    found: dict[str, Definition] = {}
    problems: list[Problem] = []
    for file in definition_files(directory):
        definition, found_wrong = check_definition(file, variables)
        wrong = errors_of(found_wrong)
        if file.stem in found:
            wrong = [Problem(str(file), 1, 1, "", f"has the name of {found[file.stem].source}: rename one of them")]
        problems += wrong
        found[file.stem] = definition or Definition(str(file), {})
    if problems:
        raise InvalidDefinitionError("\n".join(map(str, problems)))
    return found


def definition_files(directory: str | Path) -> list[Path]:
    """Every ``.json``, ``.yaml`` and ``.yml`` file of a directory, in order of the names; none that is hidden.

    Raises:
        InvalidDefinitionError: it is no directory, or holds none.

    """
    folder = Path(directory)
    if not folder.is_dir():
        raise InvalidDefinitionError(f"{folder}: is not a directory")
    files = sorted(
        file for file in folder.iterdir() if file.suffix in _SUFFIXES and file.is_file() and file.name[0] != "."
    )
    if not files:
        raise InvalidDefinitionError(f"{folder}: holds no definition: no .json, .yaml or .yml file")
    return files


def errors_of(problems: list[Problem]) -> list[Problem]:
    """Without the warnings."""
    return [problem for problem in problems if problem.severity == "error"]


def merge(definition: Definition, overrides: Mapping[str, Any]) -> Definition:
    """``definition`` with some members replaced as a whole, as the AWS CLI's options replace those of its input file.

    Overrides stand under the API's names; None is an option that is not given.

    Raises:
        InvalidRequestError: an override that is no member of the request, nor a property of ``JobRun``.

    """
    given = {name: value for name, value in overrides.items() if value is not None}
    for name in given:
        if name not in PROPERTIES:
            near = difflib.get_close_matches(name, PROPERTIES, n=1)
            raise InvalidRequestError(f"{name} cannot be overridden: " + _did_you_mean(near, PROPERTIES))
    places = {
        location: place for location, place in definition.places.items() if not location or location[0] not in given
    }
    return replace(definition, properties={**definition.properties, **given}, places=places)


def _did_you_mean(near: list[str], known: tuple[str, ...]) -> str:
    return f"did you mean {near[0]}?" if near else f"a request has {', '.join(known)}"


def check_definition(
    path: str | Path,
    variables: Mapping[str, Any] | None = None,
    *,
    complete: bool = False,
    show_secrets: bool = False,
) -> tuple[Definition | None, list[Problem]]:
    """As ``load_definition``, for those who list problems instead of failing.

    Args:
        path: the file.
        variables: as there.
        complete: nothing may be missing.
        show_secrets: problems may show the values of sensitive members, and of variables whose names sound secret.

    Raises:
        InvalidDefinitionError: there is no file that can be read, and so no place in it.

    """
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise InvalidDefinitionError(f"{path}: cannot be read: {error.strerror or error}") from None
    return check_bytes(raw, str(path), variables, complete=complete, show_secrets=show_secrets)


def check_bytes(
    raw: bytes,
    source: str,
    variables: Mapping[str, Any] | None = None,
    *,
    complete: bool = False,
    show_secrets: bool = False,
) -> tuple[Definition | None, list[Problem]]:
    """As ``check_definition``, of the content of a file; the suffix of ``source`` says what it is."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = place_of(raw[: error.start].decode("utf-8", "replace"), error.start)
        return None, [Problem(source, at.line, max(at.column, 1), "", "is not UTF-8")]
    form = _SUFFIXES.get(Path(source).suffix.lower()) or ("json" if text.lstrip().startswith("{") else "yaml")
    return check_text(text, source, form, variables, complete=complete, show_secrets=show_secrets)


def check_text(  # noqa: PLR0913 - a text, what is said of it, and two flags
    text: str,
    source: str,
    form: Format,
    variables: Mapping[str, Any] | None = None,
    *,
    complete: bool = False,
    show_secrets: bool = False,
) -> tuple[Definition | None, list[Problem]]:
    """As ``check_definition``, of a text that came from elsewhere."""
    twice: list[UnreadableError] = []
    try:
        root = read(text, form, twice)
    except UnreadableError as error:
        return None, [Problem(source, *each.place, "", each.problem) for each in (*twice, error)]
    if not isinstance(root.value, dict):
        return None, [Problem(source, *root.place, "", "a definition is a map of the members of StartJobRun")]
    filler = _Filler(source, variables, show_secrets=show_secrets)
    properties = filler.value(root, ())
    if answered_run(properties) is not None:
        return None, [Problem(source, *root.place, "", _ANSWER)]
    whole = Definition(source, properties, filler.places, tuple(filler.names))
    definition = replace(whole, properties=filler.known(properties))
    problems = [Problem(source, *each.place, "", each.problem) for each in twice]
    secrets = _Secrets(filler.secrets, show_secrets)
    problems += filler.problems + _broken_rules(definition, variables, secrets, complete=complete)
    problems += [_no_member(definition, name) for name in properties if name in BEHAVIOUR_PROPERTIES]
    doubts = suspicions(definition.properties, secret_paths=secrets.paths, show_secrets=secrets.shown)
    problems += [definition.problem(doubt) for doubt in doubts]
    problems = _with_types(problems, filler)
    return whole, sorted(problems, key=lambda problem: (problem.line, problem.column))


_ANSWER = (
    "is what aws emr-serverless get-job-run answers, and no definition: "
    "emrs import-command makes one of it, and emrs import-run of the run itself"
)


class _Secrets(NamedTuple):
    """Where secrets are, and whether they are shown all the same."""

    paths: list[str]
    shown: bool


def _broken_rules(
    definition: Definition, variables: Mapping[str, Any] | None, secrets: _Secrets, *, complete: bool
) -> list[Problem]:
    found = violations(definition.properties, secret_paths=secrets.paths, show_secrets=secrets.shown, model=StartJobRun)
    problems = [
        _with_hint(definition, violation, variables)
        for violation in found
        if violation.path not in BEHAVIOUR_PROPERTIES and (complete or not _may_come_later(violation, definition))
    ]
    if complete and definition.properties.get("jobDriver") is None:
        problems.append(_no_driver(definition))
    return problems


def _no_driver(definition: Definition) -> Problem:
    """The service's model lets it be absent. There is nothing to start then, so a whole definition has one."""
    message = "jobDriver: is required; a run needs sparkSubmit or hive"
    return Problem(definition.source, *definition.place("jobDriver"), "jobDriver", message)


def _with_types(problems: list[Problem], filler: _Filler) -> list[Problem]:
    """With what only a file gets wrong. Of a value that breaks another rule as well, that rule says enough."""
    nulls = {problem.path for problem in filler.nulls}
    known = {problem.path for problem in problems}
    explained = [
        problem._replace(message=f"{problem.message}; null is no value") if problem.path in nulls else problem
        for problem in problems
    ]
    return explained + [problem for problem in filler.nulls + filler.floats if problem.path not in known]


def _may_come_later(violation: Violation, definition: Definition) -> bool:
    return violation.path in REQUEST_MEMBERS and definition.properties.get(violation.path) is None


def _no_member(definition: Definition, name: str) -> Problem:
    message = f"{name}: belongs to the JobRun in your program, and the AWS CLI refuses it here"
    return Problem(definition.source, *definition.place(name), name, message)


def _with_hint(definition: Definition, violation: Violation, variables: Mapping[str, Any] | None) -> Problem:
    problem = definition.problem(violation)
    value: Any = definition.properties
    for step in parse_path(violation.path):
        inside = step in value if isinstance(value, dict) else isinstance(value, list) and step in range(len(value))
        value = value[step] if inside else None
    names = placeholders(value) if isinstance(value, str) and variables is None else []
    if names:
        return problem._replace(message=f"{problem.message} (pass variables to fill in ${{{names[0]}}})")
    return problem


class CommandLineText(str):
    """The value of a ``--var``: text, for want of types, that is read as the type of a member that is nothing else."""

    __slots__ = ()


class AnyVariable(dict[str, Any]):
    """Variables of which every name exists; the value of one that nobody set is not known."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def __missing__(self, name: str) -> Any:
        return UNKNOWN


class OpenVariables(dict[str, Any]):
    """Variables of a program, some of whose values are known later only. Who knows such values says how they are joined."""

    def is_open(self, value: Any) -> bool:
        """Whether ``value`` is one that is known later."""
        raise NotImplementedError

    def joined(self, parts: list[tuple[str, Any]], where: str) -> Any:
        """The text, known later, of texts and values: the name of each (empty for a text), and what it is.

        ``where`` is ``file:line:column: path: ``, for what turns out to be wrong with it.
        """
        raise NotImplementedError


def within_text(name: str, value: Any) -> str:
    """How a variable stands within a text.

    Raises:
        InvalidDefinitionError: it is neither text nor a number.

    """
    if not isinstance(value, str | int | float):
        raise InvalidDefinitionError(f"variable {name} is neither text nor a number: it cannot stand within text")
    return str(value).lower() if isinstance(value, bool) else str(value)


class _Filler:
    """Makes plain values of nodes, fills placeholders in, and notes where everything stands."""

    def __init__(self, source: str, variables: Mapping[str, Any] | None, *, show_secrets: bool) -> None:
        self.source, self.show_secrets = source, show_secrets
        self.fills = variables is not None
        self.variables: Mapping[str, Any] = {} if variables is None else variables
        self.places: dict[Location, Place] = {}
        self.problems: list[Problem] = []
        self.nulls: list[Problem] = []
        self.floats: list[Problem] = []
        """Like null, what a program may say and a file may not: a whole number that is written as a float."""
        self.names: dict[str, None] = {}
        self.secrets: list[str] = []
        """The paths of values with a variable in them whose name sounds secret."""

    def value(self, node: Node, location: Location) -> Any:
        self.places.setdefault(location, node.place)
        if isinstance(node.value, dict):
            self.places |= {(*location, key): place for key, place in node.keys.items()}
            return {key: self.value(item, (*location, key)) for key, item in node.value.items()}
        if isinstance(node.value, list):
            return [self.value(item, (*location, index)) for index, item in enumerate(node.value)]
        if not self.fills or not isinstance(node.value, str):
            self._check_type(node.value, location)
            return node.value
        return self._filled(node.value, node.place, location)

    def _filled(self, text: str, place: Place, location: Location) -> Any:
        parts = pieces(text)
        names = [part.text for part in parts if part.is_name]
        self.names |= dict.fromkeys(names)
        if any(map(sounds_secret, names)):
            self.secrets.append(format_path(location))
        missing = [name for name in names if name not in self.variables]
        if missing:
            self._problem(
                place, location, f"there is no variable {', '.join(missing)}: pass it, or write $${{...}} for the text"
            )
            return UNKNOWN
        if names and len(parts) == 1:
            value = self.variables[names[0]]
            return self._typed(names[0], value, place, location) if isinstance(value, CommandLineText) else value
        if any(self.variables[name] is UNKNOWN for name in names):
            return UNKNOWN
        if isinstance(self.variables, OpenVariables) and any(
            self.variables.is_open(self.variables[name]) for name in names
        ):
            values = [(part.text, self.variables[part.text]) if part.is_name else ("", part.text) for part in parts]
            path = format_path(location)
            return self.variables.joined(values, f"{self.source}:{place.line}:{place.column}: {path}: ")
        return "".join(self._within(part.text, place, location) if part.is_name else part.text for part in parts)

    def _typed(self, name: str, text: str, place: Place, location: Location) -> Any:
        kind = type_at(location)
        if kind == "integer" and re.fullmatch(r"[-+]?[0-9]{1,1000}", text):
            return int(text)
        if kind == "boolean" and text in ("true", "false"):
            return text == "true"
        if kind in ("integer", "boolean"):
            wanted = "is no whole number" if kind == "integer" else "is neither true nor false"
            shown = HIDDEN if sounds_secret(name) and not self.show_secrets else text
            self._problem(place, location, f"--var {name}: {shortened(shown)} {wanted}")
            return UNKNOWN
        return str(text)

    def _check_type(self, value: Any, location: Location) -> None:
        """Notes what the AWS CLI refuses. A null in a list breaks a rule of the request anyway."""
        path, place = format_path(location), self.places[location]
        if value is None and location and isinstance(location[-1], str):
            message = f"{path}: null is no value; leave {location[-1]} out"
            self.nulls.append(Problem(self.source, *place, path, message))
        elif isinstance(value, float) and value.is_integer():
            message = f"{path}: {value} is not a whole number as AWS reads it; write {int(value)}"
            self.floats.append(Problem(self.source, *place, path, message))

    def _within(self, name: str, place: Place, location: Location) -> str:
        try:
            return within_text(name, self.variables[name])
        except InvalidDefinitionError as error:
            self._problem(place, location, str(error))
            return ""

    def known(self, value: Any) -> Any:
        """``value`` as far as it can be checked now."""
        if isinstance(self.variables, OpenVariables) and self.variables.is_open(value):
            return UNKNOWN
        if isinstance(value, Mapping):
            return {key: self.known(item) for key, item in value.items()}
        return [self.known(item) for item in value] if isinstance(value, list | tuple) else value

    def _problem(self, place: Place, location: Location, message: str) -> None:
        path = format_path(location)
        self.problems.append(Problem(self.source, *place, path, f"{path}: {message}"))
