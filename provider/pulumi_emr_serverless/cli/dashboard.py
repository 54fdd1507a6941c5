"""``emrs dashboard``: a fresh link to a run's Spark or Tez UI."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from pulumi_emr_serverless.cli import run_options as o


def dashboard(  # noqa: PLR0913 - a command has as many parameters as it has options
    run: o.RunArgument,
    *,
    attempt: Annotated[int | None, typer.Option(help="The attempt; default: the last.", min=1)] = None,
    open_it: Annotated[
        bool | None, typer.Option("--open/--print", help="Open a browser, or print; default: open on a terminal.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON: url, applicationId, jobRunId.")] = False,
    application: o.ApplicationOption = None,
    stack: o.StackOption = None,
    cwd: o.CwdOption = None,
    region: o.RegionOption = None,
    profile: o.ProfileOption = None,
) -> None:
    """Open the Spark UI of a run. The link is valid for an hour, and lets in whoever has it.

    Exit code 0: there is a link; 1: AWS gives none; 2: the command itself is wrong.

    Example: emrs dashboard nightly --print
    """
    place = o.Place(application, stack, cwd, region, profile)
    found = place.finder.find(run)
    url = place.aws(found).dashboard(found.application_id, found.job_run_id, attempt=attempt)
    if as_json:
        typer.echo(json.dumps({"url": url, "applicationId": found.application_id, "jobRunId": found.job_run_id}))
        return
    typer.echo(url)
    if open_it or (open_it is None and sys.stdout.isatty()):
        typer.launch(url)
