"""``emrs validate``: checks definitions without AWS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pulumi_emr_serverless.definitions.files import Problem


def validate(
    files: Annotated[list[str], typer.Argument(help="Definitions, .json or .yaml.", metavar="FILES...")],
    *,
    complete: Annotated[
        bool,
        typer.Option("--complete", help="Nothing may be missing that the program could add, such as applicationId."),
    ] = False,
    var: Annotated[
        list[str] | None,
        typer.Option(help="What ${NAME} stands for; repeatable. Others are taken for valid.", metavar="NAME=VALUE"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as a JSON list.")] = False,
) -> None:
    """Check definitions against every rule of StartJobRun that is known, without calling AWS.

    Exit code 0: all are fine; 1: there are findings, one a line; 2: the command itself is wrong.

    Example: emrs validate jobs/*.yaml --var bucket=my-bucket
    """
    from pulumi_emr_serverless.definitions.files import check_definition  # noqa: PLC0415 - so that emrs --help is quick

    variables = _variables(var or [])
    problems: list[Problem] = []
    for file in files:
        problems += check_definition(file, variables, complete=complete)[1]
    if as_json:
        typer.echo(json.dumps([problem._asdict() for problem in problems], indent=2))
    else:
        for problem in problems:
            typer.echo(str(problem))
        if not problems:
            typer.echo(f"{len(files)} definition{'s are' if len(files) > 1 else ' is'} valid", err=True)
    if problems:
        raise typer.Exit(1)


def _variables(given: list[str]) -> dict[str, Any]:
    from pulumi_emr_serverless.definitions.files import AnyVariable  # noqa: PLC0415 - as above

    variables = AnyVariable()
    for each in given:
        name, equals, value = each.partition("=")
        if not name or not equals:
            raise typer.BadParameter(f"{each!r} is not NAME=VALUE", param_hint="--var")
        variables[name] = value
    return variables
