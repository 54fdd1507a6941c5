"""All that an account has in a region, under one lock, and the finding of things in it."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_emr_serverless.emulator import refusals
from pulumi_emr_serverless.emulator.applications import Application
from pulumi_emr_serverless.emulator.options import Options
from pulumi_emr_serverless.emulator.runs import TERMINAL, Run, observe
from pulumi_emr_serverless.emulator.timeline import Timeline
from pulumi_emr_serverless.emulator.wire import SERVICE, Caller

_ID_CHARACTERS = "0123456789abcdefghijklmnopqrstuv"


@dataclass(frozen=True)
class Token:
    """A client token that was used: for which request, what came of it, and when."""

    request: Mapping[str, Any]
    result: str
    used_at: float


@dataclass
class Place:
    """One account in one region. Hold ``lock`` for the whole of an operation: a token gives one run."""

    caller: Caller
    timeline: Timeline
    lock: threading.RLock = field(default_factory=threading.RLock)
    applications: dict[str, Application] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    tokens: dict[tuple[str, ...], Token] = field(default_factory=dict)
    _numbered: list[str] = field(default_factory=list)

    def arn(self, path: str) -> str:
        caller = self.caller
        return f"arn:{caller.partition}:{SERVICE}:{caller.region}:{caller.account}:/applications/{path}"

    def put(self, run: Run, now: float) -> None:
        """A run that is new, or that is another from now on."""
        if run.run_id not in self.runs:
            self._numbered.append(run.run_id)
        self.runs[run.run_id] = run
        self.timeline.follow(run, now)

    def catch_up(self, now: float) -> None:
        """Let happen what time has brought."""
        self.timeline.catch_up(now, self.runs)

    def numbered(self, number: int) -> Run:
        """The run with this `Run.sequence`."""
        return self.runs[self._numbered[number]]

    def live_runs_of(self, application_id: str) -> list[Run]:
        """Those that have not ended, the oldest first. As of the last `catch_up`."""
        return [self.numbered(number) for number in self.timeline.index.numbers_except(application_id, TERMINAL)]

    def has_live_runs(self, application_id: str) -> bool:
        """The same question, without a list of them."""
        return self.timeline.index.any_except(application_id, TERMINAL)

    def application(self, application_id: str) -> Application:
        """The application, a deleted one too. Raises ResourceNotFoundException."""
        application = self.applications.get(application_id)
        if application is None:
            raise refusals.NO_APPLICATION.error(application=application_id)
        return application

    def run(self, application_id: str, run_id: str, now: float, options: Options) -> Run:
        """The run, as long as it can be seen. Raises ResourceNotFoundException."""
        self.readable_application(application_id, now, options)
        run = self.runs.get(run_id)
        if run is None or run.application_id != application_id or not visible(run, now, options):
            raise refusals.NO_RUN.error(run=run_id)
        return run

    def readable_application(self, application_id: str, now: float, options: Options) -> Application:
        """The application whose runs are to be read: after its deletion, as the options say."""
        application = self.application(application_id)
        if application.state(now) == "TERMINATED" and options.get_after_application_delete == "not_found":
            raise refusals.NO_APPLICATION.error(application=application_id)
        return application


def visible(run: Run, now: float, options: Options) -> bool:
    if options.run_visibility_seconds is None:
        return True
    ended = observe(run, now).ended_at
    return ended is None or now <= ended + options.run_visibility_seconds


def new_id() -> str:
    """An identifier that looks like AWS's."""
    return "00f" + "".join(secrets.choice(_ID_CHARACTERS) for _ in range(13))
