"""``emrs logs``: a run's logs from S3 or CloudWatch Logs."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_emr_serverless.cli import run_options as o

if TYPE_CHECKING:
    from pulumi_emr_serverless.aws import Log, LogName, LogReader
    from pulumi_emr_serverless.cli.finding import FoundRun
    from pulumi_emr_serverless.cli.secrecy import Curtain
    from pulumi_emr_serverless.runs import Observation

_POLL_SECONDS = 3.0


def logs(  # noqa: PLR0913 - a command has as many parameters as it has options
    run: o.RunArgument,
    *,
    executor: Annotated[
        str | None, typer.Option(help="An executor's log; N is its number.", metavar="N", show_default=False)
    ] = None,
    driver: Annotated[bool, typer.Option("--driver", help="The driver's log, which is the default.")] = False,
    stdout: Annotated[bool, typer.Option("--stdout/--stderr", help="Which of its two logs.")] = False,
    attempt: Annotated[int | None, typer.Option(help="The attempt; default: the last.", min=1)] = None,
    last: Annotated[int, typer.Option("--tail", "-n", help="How many lines, from the end.", min=1)] = 1000,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the run has ended.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON objects, one a line: line, place.")] = False,
    show_secrets: o.ShowSecretsOption = False,
    application: o.ApplicationOption = None,
    stack: o.StackOption = None,
    cwd: o.CwdOption = None,
    region: o.RegionOption = None,
    profile: o.ProfileOption = None,
) -> None:
    """Print a log of a run, from S3 or CloudWatch, wherever its request sends it. Where that is goes to standard error.

    Exit code 0: there is a log; 1: there is none yet, or it cannot be read; 2: the command itself is wrong.

    Example: emrs logs nightly --executor 1 --follow
    """
    if driver and executor is not None:
        raise typer.BadParameter("choose one of --driver and --executor")
    place = o.Place(application, stack, cwd, region, profile, show_secrets)
    found = place.finder.find(run)
    seen = place.aws(found).get(found.application_id, found.job_run_id)
    reader = _reader(place, found, seen)
    if attempt is not None and attempt > (seen.attempt or 1):
        typer.echo(f"There is no attempt {attempt}: the run has {seen.attempt or 1}.", err=True)
        raise typer.Exit(1)
    name = _name(executor, attempt or seen.attempt, "stdout" if stdout else "stderr", exactly=attempt is not None)
    printer = _Printer(place.curtain(found, seen), as_json=as_json)
    with printer.curtain.errors():
        log = reader.read(name, last)
        if not log.place and not follow:
            _say_that_there_is_none(found, reader, printer)
        printer.print(log, first=True)
        if follow:
            log = _follow(place, found, reader, name, log, printer, last=last)
            if not log.place:
                _say_that_there_is_none(found, reader, printer)


def _reader(place: o.Place, run: FoundRun, seen: Observation) -> LogReader:
    from pulumi_emr_serverless.aws import LogReader, clients_of  # noqa: PLC0415 - so that emrs --help is quick

    return LogReader(clients_of(place.connection(run), place.config), o.logs_of(run, seen))


def _name(executor: str | None, attempt: int | None, stream: str, *, exactly: bool) -> LogName:
    from pulumi_emr_serverless.aws import DRIVERS, EXECUTORS, LogName  # noqa: PLC0415 - as above

    return LogName(DRIVERS if executor is None else EXECUTORS, executor, attempt, stream, exactly)


@dataclass(frozen=True)
class _Printer:
    """Prints what is read of a log, without the secrets of its run."""

    curtain: Curtain
    as_json: bool

    def print(self, log: Log, *, first: bool) -> None:
        place = self.curtain.text(log.place)
        if first and place:
            typer.echo(f"{place}{' (its end is not shown: it is too large)' if log.cut else ''}", err=True)
        for line in map(self.curtain.text, log.lines):
            typer.echo(json.dumps({"line": line, "place": place}) if self.as_json else line)


def _follow(  # noqa: PLR0913, PLR0917 - what a log is, and how it is shown
    place: o.Place, run: FoundRun, reader: LogReader, name: LogName, log: Log, printer: _Printer, *, last: int
) -> Log:
    """Print what is added, and once more after the run has ended: the end of a log comes late."""
    aws = place.aws(run)
    while True:
        ended = aws.get(run.application_id, run.job_run_id).is_terminal
        first = not log.place
        log = reader.read(name, last) if first else reader.more(log)
        printer.print(log, first=first)
        if ended and not (log.lines and log.place):
            return log
        if not ended:
            time.sleep(_POLL_SECONDS)


def _say_that_there_is_none(run: FoundRun, reader: LogReader, printer: _Printer) -> None:
    from pulumi_emr_serverless.watching import where_logs_are  # noqa: PLC0415 - as above

    where = printer.curtain.text(where_logs_are(reader.logs, f"emrs dashboard {run.id}"))
    typer.echo(f"There is no such log. {where}", err=True)
    raise typer.Exit(1)
