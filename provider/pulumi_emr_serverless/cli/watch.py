"""``emrs watch``: runs as they go through their states."""

from __future__ import annotations

import asyncio
import json
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pulumi_emr_serverless.cli import run_options as o
from pulumi_emr_serverless.cli.secrecy import Curtain

if TYPE_CHECKING:
    from rich.table import Table

    from pulumi_emr_serverless.aws import Connection
    from pulumi_emr_serverless.cli.finding import FoundRun
    from pulumi_emr_serverless.runs import Observation
    from pulumi_emr_serverless.watching import Budget, RealTime, RunPoller, Threads

_NEW_RUNS_SECONDS = 15.0
"""How often a watched application is asked for runs that were not there before."""

_DETAILS_LENGTH = 120
"""How much of AWS's words the table shows; `emrs describe` shows all."""


def watch(  # noqa: PLR0913 - a command has as many parameters as it has options
    runs: o.RunsArgument = None,
    *,
    once: Annotated[bool, typer.Option("--once", help="Show the runs as they are now, and end.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON object for each change, one a line, instead of a table.")
    ] = False,
    show_secrets: o.ShowSecretsOption = False,
    application: o.ApplicationOption = None,
    stack: o.StackOption = None,
    cwd: o.CwdOption = None,
    region: o.RegionOption = None,
    profile: o.ProfileOption = None,
) -> None:
    """Watch runs until all have ended: those named, those of --application that live or start, or all of the stack.

    Exit code 0: all succeeded; 1: one failed, was cancelled, or is not known to AWS; 2: the command itself is wrong;
    130: Ctrl-C. With --once 0 means that all were found. Ctrl-C leaves the runs alone.

    Example: emrs watch --stack prod
    """
    place = o.Place(application, stack, cwd, region, profile, show_secrets)
    by_application = place.application is not None and not runs
    watched = [Watched(run) for run in (_living(place) if by_application else place.find(runs))]
    if not watched:
        typer.echo("There is no run to watch.", err=True)
        return
    try:
        with _shown(watched, as_json=as_json) as changed:
            asyncio.run(_Watch(place, watched, changed, once=once, until_idle=by_application and not once).all())
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    bad = [each for each in watched if each.gone or (each.failed and not once)]
    if bad:
        raise typer.Exit(1)


def _living(place: o.Place) -> list[FoundRun]:
    """The runs of the application that have not ended."""
    from pulumi_emr_serverless.cli.finding import FoundRun  # noqa: PLC0415 - so that emrs --help is quick
    from pulumi_emr_serverless.launching import unfinished  # noqa: PLC0415 - as above

    listed = unfinished(place.aws(), str(place.application))
    return [FoundRun(run.application_id, run.job_run_id) for run in listed]


@dataclass
class Watched:
    """A run, and how it was seen last."""

    run: FoundRun
    seen: Observation | None = None
    gone: bool = False
    curtain: Curtain = field(default_factory=Curtain)

    @property
    def ended(self) -> bool:
        return self.gone or (self.seen is not None and self.seen.is_terminal)

    @property
    def failed(self) -> bool:
        from pulumi_emr_serverless.runs import facts  # noqa: PLC0415 - as above

        return self.seen is not None and facts(self.seen.state).failed

    @property
    def state(self) -> str:
        return "unknown to AWS" if self.gone else self.seen.state if self.seen else ""

    @property
    def name(self) -> str:
        """The resource's, else the one that AWS shows; empty where there is none."""
        return self.run.name or self.shown_name or ""

    @property
    def shown_name(self) -> str | None:
        """The run's own name, as far as it may be shown."""
        return self.curtain.value(self.seen.name, ("name",)) if self.seen else None

    @property
    def details(self) -> str:
        """AWS's words on the state."""
        return self.curtain.text(self.seen.state_details) if self.seen else ""

    def document(self) -> dict[str, Any]:
        """One change, for a machine."""
        seen = self.seen
        return {
            "time": datetime.now(timezone.utc).isoformat(),
            "resource": self.run.name or None,
            "name": self.shown_name,
            "applicationId": self.run.application_id,
            "jobRunId": self.run.job_run_id,
            "state": "UNKNOWN" if self.gone else self.state,
            "stateDetails": self.details if seen else None,
            "attempt": seen.attempt if seen else None,
        }


@dataclass
class _Watch:
    """Looks at runs with one poller for each application."""

    place: o.Place
    watched: list[Watched]
    changed: Callable[[Watched], None]
    once: bool
    until_idle: bool
    """Also the runs that start on the application meanwhile."""

    _in_trouble: bool = False
    _budgets: dict[Connection, Budget] = field(default_factory=dict)
    _pollers: dict[tuple[Connection, str], RunPoller] = field(default_factory=dict)

    async def all(self) -> None:
        from pulumi_emr_serverless.watching import RealTime, Threads  # noqa: PLC0415 - as above

        time, call = RealTime(), Threads()
        for each in self.watched:
            self.place.secrets_of(each.run)  # here once, and not on each of the threads
        under_way = {asyncio.ensure_future(self._one(each, time, call)) for each in self.watched}
        while under_way:
            ended, under_way = await asyncio.wait(
                under_way,
                timeout=_NEW_RUNS_SECONDS if self.until_idle else None,
                return_when=asyncio.FIRST_EXCEPTION,
            )
            for one in ended:
                one.result()
            if self.until_idle:
                started = await self._started_meanwhile(call)
                self.watched += started
                under_way |= {asyncio.ensure_future(self._one(each, time, call)) for each in started}

    async def _started_meanwhile(self, call: Threads) -> list[Watched]:
        from pulumi_emr_serverless.errors import AwsUnavailableError  # noqa: PLC0415 - as above

        try:
            living = await call(_living, self.place)
        except AwsUnavailableError as error:
            self._mention(str(error).splitlines()[0])
            return []
        known = {each.run.job_run_id for each in self.watched}
        return [Watched(run) for run in living if run.job_run_id not in known]

    async def _one(self, each: Watched, time: RealTime, call: Threads) -> None:
        from pulumi_emr_serverless.errors import AwsUnavailableError  # noqa: PLC0415 - as above

        each.curtain = await call(self._curtain, each.run)
        poller = self._poller(each.run, time, call)
        following = poller.follow(each.run.job_run_id)
        try:
            while not each.ended:
                sighting = await following.next()
                before = (each.state, each.seen.attempt if each.seen else None)
                each.gone, each.seen = sighting.gone, sighting.run or each.seen
                if self.once and sighting.trouble:
                    raise AwsUnavailableError(sighting.trouble)
                self._mention(sighting.trouble)
                if before != (each.state, each.seen.attempt if each.seen else None):
                    self.changed(each)
                if self.once and each.state:
                    return
        finally:
            poller.leave(following)

    def _curtain(self, run: FoundRun) -> Curtain:
        """Asks AWS for what is secret: a list of runs, which is what is looked at later, does not show it."""
        from pulumi_emr_serverless.errors import AwsError  # noqa: PLC0415 - as above

        if not self.place.secrets_of(run):
            return self.place.curtain(run)
        try:
            return self.place.curtain(run, self.place.aws(run).get(run.application_id, run.job_run_id))
        except AwsError:
            return self.place.curtain(run)

    def _mention(self, trouble: str) -> None:
        """Say once that AWS does not answer, whichever run it is about."""
        if trouble and not self._in_trouble:
            said = self.place.redactor.redacted(trouble)
            typer.echo(f"AWS does not answer; still watching. {said}", err=True)
        self._in_trouble = bool(trouble)

    def _poller(self, run: FoundRun, time: RealTime, call: Threads) -> RunPoller:
        from pulumi_emr_serverless.aws import EmrServerless  # noqa: PLC0415 - it brings boto3
        from pulumi_emr_serverless.watching import Budget, RunPoller  # noqa: PLC0415 - as above

        where = self.place.connection(run)
        if (where, run.application_id) not in self._pollers:
            budget = self._budgets.setdefault(where, Budget(time))
            poller = RunPoller(EmrServerless(where, patient=False), run.application_id, budget, time, call)
            self._pollers[where, run.application_id] = poller
        return self._pollers[where, run.application_id]


@contextmanager
def _shown(watched: list[Watched], *, as_json: bool) -> Iterator[Callable[[Watched], None]]:
    """What to do with a change: JSON, a line, or a table that lives as long as the ``with``."""
    if as_json:
        yield lambda each: _line(json.dumps(each.document()))
        return
    if not sys.stdout.isatty():
        yield lambda each: _line("  ".join(filter(None, (each.name, each.run.id, f"{each.state}{_details(each)}"))))
        return
    from rich.live import Live  # noqa: PLC0415 - as above

    with Live(get_renderable=lambda: _table(watched), refresh_per_second=2):
        yield lambda _: None


def _line(text: str) -> None:
    typer.echo(text)
    sys.stdout.flush()


def _details(each: Watched) -> str:
    return f": {each.details}" if each.details and each.failed else ""


def _table(watched: list[Watched]) -> Table:
    from rich.table import Column, Table  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    from pulumi_emr_serverless.watching import span  # noqa: PLC0415 - as above

    # An ID that is cut off is none: narrow terminals cut the rest.
    table = Table("name", Column("run", no_wrap=True), Column("state", no_wrap=True), "attempt", "time", "details")
    applications = {each.run.application_id for each in watched}
    for each in watched:
        seen = each.seen
        began = (seen.started_at or seen.created_at) if seen else None
        end = (seen.ended_at if seen else None) or datetime.now(timezone.utc)
        colour = "red" if each.failed or each.gone else "green" if each.state == "SUCCESS" else "yellow"
        table.add_row(
            # Text, not markup: a name may hold brackets.
            Text(each.name),
            Text(each.run.job_run_id if len(applications) == 1 else each.run.id),
            Text(each.state, style=colour),
            "" if seen is None or seen.attempt is None else str(seen.attempt),
            "" if began is None else span((end - began).total_seconds()),
            Text(textwrap.shorten(each.details, _DETAILS_LENGTH, placeholder=" ...")),
        )
    return table
