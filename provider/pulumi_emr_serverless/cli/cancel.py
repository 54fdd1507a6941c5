"""``emrs cancel``: ends runs."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pulumi_emr_serverless.cli import run_options as o

if TYPE_CHECKING:
    from pulumi_emr_serverless.cli.finding import FoundRun

_POLL_SECONDS, _SLOWEST_POLL_SECONDS = 0.25, 5.0
_LIMIT_SECONDS = 30 * 60.0


def cancel(  # noqa: PLR0913 - a command has as many parameters as it has options
    runs: Annotated[list[str], typer.Argument(help=o.HOW_TO_NAME_A_RUN, metavar="RUNS...")],
    *,
    grace_period: Annotated[
        int | None,
        typer.Option(help="Seconds in which a run may end cleanly: 0, or 15 to 1800; default: AWS's.", metavar="S"),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Return when the runs have ended.")] = True,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list: applicationId, jobRunId, state.")] = False,
    application: o.ApplicationOption = None,
    stack: o.StackOption = None,
    cwd: o.CwdOption = None,
    region: o.RegionOption = None,
    profile: o.ProfileOption = None,
) -> None:
    """Cancel runs. A run that has ended is left as it is. The stack keeps it: the next pulumi up does not repeat it.

    Exit code 0: none of them lives any more, or, with --no-wait, all are asked to end; 1: AWS refused, or one is
    still CANCELLING after half an hour; 2: the command itself is wrong.

    Example: emrs cancel nightly --grace-period 120
    """
    from pulumi_emr_serverless.launching import cancel_if_alive  # noqa: PLC0415 - so that emrs --help is quick

    if grace_period is not None and grace_period != 0 and not 15 <= grace_period <= 1800:
        raise typer.BadParameter("the grace period is 0, or 15 to 1800 seconds", param_hint="--grace-period")
    place = o.Place(application, stack, cwd, region, profile)
    found = [place.finder.find(text) for text in runs]
    if not yes:
        if not sys.stdin.isatty():
            raise typer.BadParameter("without a terminal to ask on, say --yes", param_hint="--yes")
        typer.confirm(f"Cancel {', '.join(run.title for run in found)}?", abort=True, err=True)
    for run in found:
        aws = place.aws(run)
        cancel_if_alive(aws, aws.get(run.application_id, run.job_run_id), grace_period)
    states = [_end(place, run, wait=wait) for run in found]
    if as_json:
        typer.echo(json.dumps([_described(run, state) for run, state in zip(found, states, strict=True)], indent=2))
    else:
        for run, state in zip(found, states, strict=True):
            typer.echo(f"{run.title}  {run.id}  {state}")
    if wait and "CANCELLING" in states:
        raise typer.Exit(1)


def _end(place: o.Place, run: FoundRun, *, wait: bool) -> str:
    aws, left, pause = place.aws(run), _LIMIT_SECONDS, _POLL_SECONDS
    while True:
        seen = aws.get(run.application_id, run.job_run_id)
        if seen.is_terminal or not wait or left <= 0:
            return seen.state
        time.sleep(pause)
        left, pause = left - pause, min(2 * pause, _SLOWEST_POLL_SECONDS)


def _described(run: FoundRun, state: str) -> dict[str, Any]:
    return {"applicationId": run.application_id, "jobRunId": run.job_run_id, "state": state}
