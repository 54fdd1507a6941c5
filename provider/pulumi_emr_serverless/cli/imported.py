"""How an imported definition is shown: on standard output as a file, on standard error what there is to know of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pulumi_emr_serverless.definitions.commands import ImportedCommand
    from pulumi_emr_serverless.definitions.files import Problem

YamlOption = Annotated[bool, typer.Option("--yaml", help="A definition in YAML instead of JSON.")]
PythonOption = Annotated[bool, typer.Option("--python", help="A Pulumi program instead of a definition.")]
JsonOption = Annotated[
    bool, typer.Option("--json", help="One JSON object: definition, placeholders, assignments, notes, problems.")
]


def show(imported: ImportedCommand, *, as_yaml: bool, as_python: bool, as_json: bool) -> None:
    """Print it in the form that was asked for. Exit code 1: it breaks a rule of StartJobRun."""
    broken = problems_of(imported)
    if as_json:
        typer.echo(json.dumps(_described(imported, broken), indent=2))
    else:
        typer.echo(_text(imported, as_yaml=as_yaml, as_python=as_python), nl=False)
        explain(imported, broken)
    if broken:
        raise typer.Exit(1)


def refuse_several_forms(*, as_yaml: bool, as_python: bool, as_json: bool) -> None:
    if as_yaml + as_python + as_json > 1:
        raise typer.BadParameter("choose one of --yaml, --python and --json")


def _text(imported: ImportedCommand, *, as_yaml: bool, as_python: bool) -> str:
    if as_python:
        from pulumi_emr_serverless.definitions.python_source import python_program  # noqa: PLC0415 - so that emrs --help is quick

        return python_program(imported.properties, imported.placeholders)
    from pulumi_emr_serverless.definitions.text import write  # noqa: PLC0415 - as above

    return write(imported.properties, "yaml" if as_yaml else "json")


def problems_of(imported: ImportedCommand) -> list[Problem]:
    """What is wrong with the request, apart from what is filled in later. Warnings become notes of it."""
    from pulumi_emr_serverless.definitions.files import AnyVariable, check_text, errors_of  # noqa: PLC0415 - as above

    found = check_text(json.dumps(imported.properties), "imported", "json", AnyVariable())[1]
    imported.notes += [problem.message for problem in found if problem.severity == "warning"]
    return errors_of(found)


def read_file(file: str, option: str = "FILE") -> str:
    """A file's text, or that of standard input.

    Raises:
        typer.BadParameter: it cannot be read; names the option.
    """
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "is not UTF-8"
        raise typer.BadParameter(f"{file}: {reason}", param_hint=option) from None


def _described(imported: ImportedCommand, problems: list[Problem]) -> dict[str, Any]:
    return {
        "definition": imported.properties,
        "placeholders": imported.placeholders,
        "assignments": {name: setting._asdict() for name, setting in imported.assignments.items()},
        "notes": imported.notes,
        "problems": [problem.message for problem in problems],
    }


def explain(imported: ImportedCommand, problems: list[Problem]) -> None:
    """Say on standard error what is to be filled in, what has its place elsewhere, and what is wrong."""
    for name in imported.placeholders:
        origin = " ".join(imported.origin(name).split())
        typer.echo(f"placeholder ${{{name}}}" + (f": {origin}" if origin else ""), err=True)
    for note in imported.notes:
        typer.echo(f"note: {note}", err=True)
    for problem in problems:
        typer.echo(f"problem: {problem.message}", err=True)
