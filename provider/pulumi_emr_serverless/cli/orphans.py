"""``emrs orphans``: living runs that no state knows."""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pulumi_emr_serverless.cli import run_options as o

if TYPE_CHECKING:
    from pulumi_emr_serverless.aws import EmrServerless
    from pulumi_emr_serverless.launching import KnownLaunches, Sorted
    from pulumi_emr_serverless.runs import Observation


def orphans(  # noqa: PLR0913 - a command has as many parameters as it has options
    applications: Annotated[
        list[str], typer.Argument(help="IDs of the applications to look at.", metavar="APPLICATIONS...")
    ],
    *,
    state: Annotated[
        list[str] | None,
        typer.Option(
            help="A file that `pulumi stack export` wrote, - for standard input; repeatable. Give one for each stack "
            "that starts runs on these applications: what is in none of them is an orphan.",
            metavar="FILE",
        ),
    ] = None,
    cancel: Annotated[
        bool, typer.Option("--cancel", help="Cancel the orphans, and wait until they have ended.")
    ] = False,
    min_age: Annotated[
        int,
        typer.Option(
            help="Minutes that a run must be old to be cancelled: an update that began after the export may only just "
            "have started a younger one.",
            metavar="MINUTES",
            min=0,
        ),
    ] = 15,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    show_secrets: Annotated[
        bool,
        typer.Option("--show-secrets", help="Show the runs' names: nothing says any more whether they were secret."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object: orphans, awaited, rivals.")] = False,
    region: o.RegionOption = None,
    profile: o.ProfileOption = None,
) -> None:
    """Find living runs that a killed update has left behind and that no stack will come back to.

    That takes a kill between the start of a run and its record, and then a destroy, a rename or another application
    instead of a repeated pulumi up. Only runs that this package has started are looked at.

    Exit code 0: there is none, or all were cancelled; 1: there are orphans, or some that are too young to be
    cancelled; 2: the command itself is wrong.

    Example: pulumi stack export | emrs orphans 00f1abcdef --state -
    """
    if not state:
        raise typer.BadParameter("without a state every living run would be an orphan", param_hint="--state")
    known = reduce(lambda one, other: one | other, map(_known, state))
    place = o.Place(region=region, profile=profile)
    aws = place.aws()
    found = _found(aws, applications, known)
    if as_json:
        kinds = {"orphans": found.orphans, "awaited": found.awaited, "rivals": found.rivals}
        shown = {kind: [_document(run, names=show_secrets) for run in runs] for kind, runs in kinds.items()}
        typer.echo(json.dumps(shown, indent=2))
    else:
        _show(found, names=show_secrets)
    old = _old(found.orphans, aws.now(), timedelta(minutes=min_age)) if cancel else ()
    if old:
        _cancel(aws, old, yes=yes)
    if cancel and len(old) < len(found.orphans):
        typer.echo(f"{len(found.orphans) - len(old)} of them are younger than {min_age} minutes: left alone.", err=True)
    if len(old) < len(found.orphans):
        raise typer.Exit(1)


def _old(found: tuple[Observation, ...], now: datetime | None, age: timedelta) -> tuple[Observation, ...]:
    """Those that are old enough, by AWS's clock: this machine's may be wrong. Where AWS tells no time, none is."""
    if not age:
        return found
    return tuple(run for run in found if now is not None and run.created_at is not None and run.created_at <= now - age)


def _known(file: str) -> KnownLaunches:
    from pulumi_emr_serverless.launching import known_launches  # noqa: PLC0415 - so that emrs --help is quick

    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text()
        return known_launches(json.loads(text))
    except (OSError, ValueError, AttributeError) as error:
        raise typer.BadParameter(f"{file} cannot be used: {error}", param_hint="--state") from None


def _found(aws: EmrServerless, applications: list[str], known: KnownLaunches) -> Sorted:
    from pulumi_emr_serverless.launching import sort_orphans, unfinished  # noqa: PLC0415 - as above

    listed = (run for application in applications for run in unfinished(aws, application))
    unrecorded = (run for run in listed if run.job_run_id not in known.job_run_ids)
    return sort_orphans((aws.get(run.application_id, run.job_run_id) for run in unrecorded), known)


def _document(run: Observation, *, names: bool) -> dict[str, Any]:
    return {
        "applicationId": run.application_id,
        "jobRunId": run.job_run_id,
        "arn": run.arn,
        **({"name": run.name} if names else {}),
        "state": run.state,
        "createdAt": run.created_at.isoformat() if run.created_at else None,
    }


def _show(found: Sorted, *, names: bool) -> None:
    def line(run: Observation, what: str) -> str:
        name = [run.name or "(no name)"] if names else []
        return "  ".join([f"{run.application_id}/{run.job_run_id}", run.state, *name, what])

    if not found.orphans:
        typer.echo("No orphans.")
    for run in found.orphans:
        typer.echo(line(run, "orphan"))
    for run in found.awaited:
        typer.echo(line(run, "the next pulumi up of its job takes it over or ends it"))
    for run in found.rivals:
        what = "its job's state names another run: if that state is current, pulumi refresh and pulumi up end this one"
        typer.echo(line(run, what))


def _cancel(aws: EmrServerless, found: tuple[Observation, ...], *, yes: bool) -> None:
    from pulumi_emr_serverless.launching import Memory, RunStopper  # noqa: PLC0415 - as above

    if not yes:
        if not sys.stdin.isatty():
            raise typer.BadParameter("without a terminal to ask on, say --yes", param_hint="--yes")
        typer.confirm(f"Cancel {len(found)} run(s)?", abort=True, err=True)
    stopper = RunStopper(aws, Memory(), lambda line: typer.echo(f"warning: {line}", err=True))
    for run in found:
        stopper.stop(run)
        typer.echo(f"{run.application_id}/{run.job_run_id}  CANCELLED", err=True)
