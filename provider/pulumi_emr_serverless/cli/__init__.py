"""The ``emrs`` command. Every command imports what it needs when it runs, so that ``emrs --help`` is quick."""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated

import typer

from pulumi_emr_serverless._version import __version__
from pulumi_emr_serverless.cli import run_options
from pulumi_emr_serverless.cli.cancel import cancel
from pulumi_emr_serverless.cli.dashboard import dashboard
from pulumi_emr_serverless.cli.describe import describe
from pulumi_emr_serverless.cli.import_command import import_command
from pulumi_emr_serverless.cli.import_run import import_run
from pulumi_emr_serverless.cli.init import init
from pulumi_emr_serverless.cli.local import local
from pulumi_emr_serverless.cli.logs import logs
from pulumi_emr_serverless.cli.orphans import orphans
from pulumi_emr_serverless.cli.schema import schema
from pulumi_emr_serverless.cli.skeleton import skeleton
from pulumi_emr_serverless.cli.validate import validate
from pulumi_emr_serverless.cli.watch import watch
from pulumi_emr_serverless.errors import (
    AwsUnavailableError,
    EmrServerlessError,
    InvalidConfigurationError,
    RunLookupError,
    RunNotFoundError,
    UnreachableError,
)

_TRACEBACK_VARIABLE = "EMRS_TRACEBACK"
_DEFECT = 70
"""EX_SOFTWARE of sysexits.h."""

app = typer.Typer(
    name="emrs",
    help="AWS EMR Serverless job runs as Pulumi resources: tools around them.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"emrs {__version__}")
        raise typer.Exit


@app.callback()
def _emrs(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    del version  # its callback has answered already


_PROJECT, _DEFINITIONS, _RUNS = "A project", "Definitions", "Runs"

app.command(rich_help_panel=_PROJECT)(init)
app.command(rich_help_panel=_PROJECT)(local)
app.command(rich_help_panel=_DEFINITIONS)(skeleton)
app.command(rich_help_panel=_DEFINITIONS)(validate)
app.command(rich_help_panel=_DEFINITIONS)(schema)
app.command("import-command", rich_help_panel=_DEFINITIONS)(import_command)
app.command("import-run", rich_help_panel=_DEFINITIONS)(import_run)
app.command(rich_help_panel=_RUNS)(watch)
app.command(rich_help_panel=_RUNS)(describe)
app.command(rich_help_panel=_RUNS)(logs)
app.command(rich_help_panel=_RUNS)(dashboard)
app.command(rich_help_panel=_RUNS)(cancel)
app.command(rich_help_panel=_RUNS)(orphans)


def main() -> None:
    """The entry point of the ``emrs`` script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A name that the terminal's encoding does not have must not end a command.
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except (RunLookupError, InvalidConfigurationError) as error:
        run_options.redact(error)
        typer.echo(f"error: {error}", err=True)
        sys.exit(2)
    except EmrServerlessError as error:
        run_options.redact(error)
        typer.echo(f"error: {_said(error)}", err=True)
        sys.exit(1)
    except Exception as error:
        # A defect: whoever meets it sees one line, and whoever mends it wants all of them.
        if os.environ.get(_TRACEBACK_VARIABLE):
            raise
        what = " ".join(f"{type(error).__name__}: {error}".split())
        typer.echo(f"error: a defect of emrs, {what}\n{_TRACEBACK_VARIABLE}=1 shows where; please report it.", err=True)
        sys.exit(_DEFECT)


def _said(error: EmrServerlessError) -> str:
    """The error with what helps here; other hints are for whoever runs `pulumi up`."""
    if isinstance(error, RunNotFoundError):
        return f"{error.message}\nCheck the IDs, the region (--region) and the account of the credentials (--profile)."
    if isinstance(error, AwsUnavailableError) and not isinstance(error, UnreachableError):
        return f"{error.message}\nTry again, or check the endpoint and the region (--region)."
    return str(error)
