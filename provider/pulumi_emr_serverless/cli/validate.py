"""``emrs validate``: checks definitions without AWS."""

from __future__ import annotations

import difflib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi_emr_serverless.definitions.files import Definition, Problem


def validate(  # noqa: PLR0913 - a command has as many parameters as it has options
    files: Annotated[
        list[str],
        typer.Argument(
            help="Definitions, .json or .yaml, and folders of them; - is standard input.", metavar="FILES..."
        ),
    ],
    *,
    complete: Annotated[
        bool,
        typer.Option(
            "--complete",
            help="Nothing may be missing that a run needs, though the program could add it: applicationId, executionRoleArn, jobDriver.",
        ),
    ] = False,
    var: Annotated[
        list[str] | None,
        typer.Option(
            help="What ${NAME} stands for, read as the type of its member; repeatable. Others are taken for valid.",
            metavar="NAME=VALUE",
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings are findings, too.")] = False,
    show_secrets: Annotated[
        bool,
        typer.Option(
            "--show-secrets",
            help="Show values that AWS calls sensitive, and those of variables that sound secret, instead of <hidden>.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as a JSON list.")] = False,
) -> None:
    """Check definitions against every rule of StartJobRun that is known, without calling AWS.

    What a run can only fail of is a finding, too; what it may fail of, such as a placeholder that nobody has filled in, is a
    warning. Exit code 0: all are fine; 1: there are findings, one a line; 2: the command itself is wrong.

    Example: emrs validate jobs --var bucket=my-bucket
    """
    variables = _variables(var or [])
    if files.count("-") > 1:
        raise typer.BadParameter("standard input can be read only once", param_hint="FILES")
    files = [each for file in files for each in _definitions(file)]
    checked = [_checked(file, variables, complete=complete, show_secrets=show_secrets) for file in files]
    _refuse_unused(variables, [definition for definition, _ in checked])
    problems = [problem for _, found in checked for problem in found]
    if as_json:
        typer.echo(json.dumps([problem._asdict() for problem in problems], indent=2))
    else:
        for problem in problems:
            typer.echo(str(problem))
    wrong = [problem for problem in problems if strict or problem.severity == "error"]
    if wrong:
        raise typer.Exit(1)
    if not as_json:
        valid = f"{len(files)} definition{'s are' if len(files) > 1 else ' is'} valid"
        doubts = f", with {len(problems)} warning{'s' if len(problems) > 1 else ''}" if problems else ""
        typer.echo(valid + doubts, err=True)


def _definitions(file: str) -> list[str]:
    """The file, or the definitions of the folder."""
    from pulumi_emr_serverless.definitions.files import definition_files  # noqa: PLC0415 - so that emrs --help is quick
    from pulumi_emr_serverless.errors import InvalidDefinitionError  # noqa: PLC0415 - as above

    if file == "-" or not Path(file).is_dir():
        return [file]
    try:
        return [str(each) for each in definition_files(file)]
    except InvalidDefinitionError as error:
        raise typer.BadParameter(str(error), param_hint="FILES") from None


def _checked(
    file: str, variables: Mapping[str, Any], *, complete: bool, show_secrets: bool
) -> tuple[Definition | None, list[Problem]]:
    from pulumi_emr_serverless.definitions.files import check_bytes, check_definition  # noqa: PLC0415 - as above
    from pulumi_emr_serverless.errors import InvalidDefinitionError  # noqa: PLC0415 - as above

    if file == "-":
        raw = sys.stdin.buffer.read()
        return check_bytes(raw, "<stdin>", variables, complete=complete, show_secrets=show_secrets)
    try:
        return check_definition(file, variables, complete=complete, show_secrets=show_secrets)
    except InvalidDefinitionError as error:
        raise typer.BadParameter(str(error), param_hint="FILES") from None


def _refuse_unused(variables: Mapping[str, Any], definitions: list[Definition | None]) -> None:
    """A variable that no file uses is misspelt. One that could not be read may be the one that uses it."""
    found = [definition for definition in definitions if definition]
    used = list(dict.fromkeys(name for definition in found for name in definition.placeholders))
    for name in variables:
        if name not in used and len(found) == len(definitions):
            near = difflib.get_close_matches(name, used, n=1)
            have = f"they have {', '.join(f'${{{each}}}' for each in used)}" if used else "they have no placeholders"
            remedy = f"did you mean ${{{near[0]}}}?" if near else have
            raise typer.BadParameter(f"no file has ${{{name}}}: {remedy}", param_hint="--var")


def _variables(given: list[str]) -> dict[str, Any]:
    from pulumi_emr_serverless.definitions.files import AnyVariable, CommandLineText  # noqa: PLC0415 - as above

    variables: dict[str, Any] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not name or not equals:
            raise typer.BadParameter(f"{each!r} is not NAME=VALUE", param_hint="--var")
        if name in variables:
            raise typer.BadParameter(f"{name} is given twice", param_hint="--var")
        variables[name] = CommandLineText(value)
    return AnyVariable(variables)
