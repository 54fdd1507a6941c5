"""``emrs describe``: what became of runs, and what they cost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pulumi_emr_serverless.cli import run_options as o

if TYPE_CHECKING:
    from datetime import datetime

    from pulumi_emr_serverless.cli.finding import FoundRun
    from pulumi_emr_serverless.cli.secrecy import Curtain
    from pulumi_emr_serverless.runs import Observation
    from pulumi_emr_serverless.watching import Outcome, Prices, Resources


def describe(  # noqa: PLR0913 - a command has as many parameters as it has options
    runs: o.RunsArgument = None,
    *,
    prices: Annotated[
        str | None,
        typer.Option(
            help="A JSON or YAML file of prices: vCPUHour, memoryGBHour, storageGBHour, currency; "
            "default: the stack's configuration emrServerless:prices. Without prices there is no cost.",
            metavar="FILE",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object: runs, billed, cost.")] = False,
    show_secrets: o.ShowSecretsOption = False,
    application: o.ApplicationOption = None,
    stack: o.StackOption = None,
    cwd: o.CwdOption = None,
    region: o.RegionOption = None,
    profile: o.ProfileOption = None,
) -> None:
    """Show runs: state, AWS's words on it, attempts, times, billed resources, cost, logs. Several runs are summed up.

    Exit code 0: all were found; 1: AWS does not show one, or does not answer; 2: the command itself is wrong, or
    names a run or a stack that there is not.

    Example: emrs describe --stack prod --prices prices.yaml
    """
    from pulumi_emr_serverless.watching import total  # noqa: PLC0415 - so that emrs --help is quick

    place = o.Place(application, stack, cwd, region, profile, show_secrets)
    found = place.find(runs)
    priced = _prices(place, prices)
    described = [_describe(place, run, priced) for run in found]
    billed = total(outcome.billed for outcome, _ in described)
    if as_json:
        document = {"runs": [each for _, each in described], "billed": billed.to_api(), **_cost(billed, priced)}
        typer.echo(json.dumps(document, indent=2))
        return
    if not described:
        typer.echo("There is no run to describe.", err=True)
    for _, each in described:
        _show(each)
    if len(described) > 1:
        money = f" = {priced.cost(billed)}" if priced else ""
        typer.echo(f"{len(described)} runs billed {billed}{money}")


def _prices(place: o.Place, file: str | None) -> Prices | None:
    from pulumi_emr_serverless.watching import PRICES_KEY, Prices  # noqa: PLC0415 - as above

    if file is None:
        return Prices.parse(place.config(PRICES_KEY), where=PRICES_KEY)
    import yaml  # noqa: PLC0415 - as above

    try:
        return Prices.parse(yaml.safe_load(Path(file).read_text("utf-8")), where=file)
    except (OSError, yaml.YAMLError) as error:
        raise typer.BadParameter(str(error), param_hint="--prices") from None


def _describe(place: o.Place, run: FoundRun, prices: Prices | None) -> tuple[Outcome, dict[str, Any]]:
    from pulumi_emr_serverless.watching import Outcome  # noqa: PLC0415 - as above

    aws = place.aws(run)
    seen = aws.get(run.application_id, run.job_run_id)
    outcome = Outcome.read(seen.observed(), o.logs_of(run, seen))
    curtain = place.curtain(run, seen)
    document = _document(run, seen, outcome, prices, curtain)
    if (seen.attempt or 1) > 1:
        tried = sorted(aws.attempts(run.application_id, run.job_run_id), key=lambda each: each.attempt or 0)
        document["attempts"] = {
            str(each.attempt): f"{each.state}: {curtain.text(each.state_details)}" for each in tried
        }
    return outcome, document


def _document(
    run: FoundRun, seen: Observation, outcome: Outcome, prices: Prices | None, curtain: Curtain
) -> dict[str, Any]:
    from pulumi_emr_serverless.launching import without_own  # noqa: PLC0415 - as above

    document = {
        "resource": run.name or None,
        "name": curtain.value(seen.name, ("name",)),
        "applicationId": run.application_id,
        "jobRunId": run.job_run_id,
        "arn": seen.arn,
        "state": outcome.state,
        "stateDetails": curtain.text(outcome.state_details) or None,
        "mode": curtain.value(seen.mode, ("mode",)),
        "attempt": outcome.attempt,
        "createdAt": _iso(outcome.created_at),
        "startedAt": _iso(outcome.started_at),
        "endedAt": _iso(outcome.ended_at),
        "queuedSeconds": outcome.queued,
        "durationSeconds": outcome.duration,
        "billed": None if outcome.billed is None else outcome.billed.to_api(),
        "total": None if outcome.total is None else outcome.total.to_api(),
        **({} if outcome.billed is None else _cost(outcome.billed, prices)),
        "logs": curtain.logs(outcome.logs) or None,
        "tags": curtain.tags(without_own(dict(seen.tags))) or None,
    }
    return {key: value for key, value in document.items() if value is not None}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def _cost(billed: Resources, prices: Prices | None) -> dict[str, Any]:
    if prices is None:
        return {}
    return {"cost": float(round(prices.cost(billed).amount, 6)), "currency": prices.currency}


def _show(document: dict[str, Any]) -> None:
    width = max(len(key) for key in document)
    for key, value in document.items():
        shown = ", ".join(f"{name} {each}" for name, each in value.items()) if isinstance(value, dict) else value
        typer.echo(f"{key:<{width}}  {shown}")
    typer.echo()
