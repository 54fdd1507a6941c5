"""``emrs import-command``: a pasted AWS CLI command as a definition or a program."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pulumi_emr_serverless.definitions.command_import import ImportedCommand
    from pulumi_emr_serverless.definitions.files import Problem


def import_command(
    file: Annotated[
        str, typer.Argument(help="A script, README or workflow with the command; - is standard input.")
    ] = "-",
    *,
    as_yaml: Annotated[bool, typer.Option("--yaml", help="A definition in YAML instead of JSON.")] = False,
    as_python: Annotated[bool, typer.Option("--python", help="A Pulumi program instead of a definition.")] = False,
    number: Annotated[int | None, typer.Option(help="Which command of several, from 1.", min=1)] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object: definition, placeholders, assignments, notes, problems.")
    ] = False,
) -> None:
    """Turn a pasted "aws emr-serverless start-job-run ..." into a definition. Nothing is run, not even $(...).

    What the shell or a reader would fill in, as $NAME or <name>, becomes ${name}, listed on standard error with what the script
    says of it.

    Exit code 0: there is a definition; 1: it breaks a rule of StartJobRun, or there is no command that can be read; 2: the
    command itself is wrong.

    Example: emrs import-command run.sh --yaml > nightly.yaml
    """
    from pulumi_emr_serverless.definitions import command_import  # noqa: PLC0415 - so that emrs --help is quick
    from pulumi_emr_serverless.definitions.text import write  # noqa: PLC0415 - as above

    if as_yaml + as_python + as_json > 1:
        raise typer.BadParameter("choose one of --yaml, --python and --json")
    base = Path() if file == "-" else Path(file).parent
    command = command_import.import_command(read_file(file), number=number, base=base)
    problems = problems_of(command)
    if as_json:
        typer.echo(json.dumps(_described(command, problems), indent=2))
    else:
        if as_python:
            from pulumi_emr_serverless.definitions.python_source import python_program  # noqa: PLC0415 - as above

            text = python_program(command.properties, command.placeholders)
        else:
            text = write(command.properties, "yaml" if as_yaml else "json")
        typer.echo(text, nl=False)
        explain(command, problems)
    if problems:
        raise typer.Exit(1)


def read_file(file: str, option: str = "FILE") -> str:
    """A file's text, or that of standard input.

    Raises:
        typer.BadParameter: it cannot be read; names the option.
    """
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "is not UTF-8"
        raise typer.BadParameter(f"{file}: {reason}", param_hint=option) from None


def problems_of(command: ImportedCommand) -> list[Problem]:
    """What is wrong with the request, apart from what is filled in later."""
    from pulumi_emr_serverless.definitions.files import AnyVariable, check_text  # noqa: PLC0415 - as above

    variables: Any = AnyVariable() if command.placeholders else None
    return check_text(json.dumps(command.properties), "command", "json", variables)[1]


def _described(command: ImportedCommand, problems: list[Problem]) -> dict[str, Any]:
    return {
        "definition": command.properties,
        "placeholders": command.placeholders,
        "assignments": {name: setting._asdict() for name, setting in command.assignments.items()},
        "notes": command.notes,
        "problems": [problem.message for problem in problems],
    }


def explain(command: ImportedCommand, problems: list[Problem]) -> None:
    """Say on standard error what is to be filled in, what has its place elsewhere, and what is wrong."""
    for name in command.placeholders:
        origin = " ".join(command.origin(name).split())
        typer.echo(f"placeholder ${{{name}}}" + (f": {origin}" if origin else ""), err=True)
    for note in command.notes:
        typer.echo(f"note: {note}", err=True)
    for problem in problems:
        typer.echo(f"problem: {problem.message}", err=True)
