"""``emrs import-command``: a pasted AWS CLI command as a definition or a program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pulumi_emr_serverless.cli import imported as i


def import_command(
    file: Annotated[
        str,
        typer.Argument(
            help="A script, README, workflow, Terraform or other file with the command; - is standard input."
        ),
    ] = "-",
    *,
    as_yaml: i.YamlOption = False,
    as_python: i.PythonOption = False,
    number: Annotated[int | None, typer.Option(help="Which command of several, from 1.", min=1)] = None,
    as_json: i.JsonOption = False,
) -> None:
    """Turn a pasted "aws emr-serverless start-job-run ..." into a definition. Nothing is run, not even $(...).

    What the shell or a reader would fill in, as $NAME or <name>, becomes ${name}, listed on standard error with what the script
    says of it.

    Exit code 0: there is a definition; 1: it breaks a rule of StartJobRun, or there is no command that can be read; 2: the
    command itself is wrong.

    Example: emrs import-command run.sh --yaml > nightly.yaml
    """
    from pulumi_emr_serverless.definitions.commands import import_command as read_command  # noqa: PLC0415 - so that emrs --help is quick

    i.refuse_several_forms(as_yaml=as_yaml, as_python=as_python, as_json=as_json)
    name, base = ("", Path()) if file == "-" else (Path(file).name, Path(file).parent)
    command = read_command(i.read_file(file), number=number, base=base, name=name)
    i.show(command, as_yaml=as_yaml, as_python=as_python, as_json=as_json)
