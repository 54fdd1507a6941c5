"""The engine's order of calls, without the engine: the provider's verbs in this process, against the emulator.

What the real engine does was seen in experiments and is tested in ``tests/engine``; here the same flows take
milliseconds, so that each of them can meet each fault.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import botocore.loaders
import botocore.session
import pytest
from pulumi.dynamic import ConfigureRequest
from pulumi.dynamic.config import Config

from pulumi_emr_serverless import persisted, provider
from pulumi_emr_serverless.aws import Connection, Connections, EmrServerless
from pulumi_emr_serverless.emulator.records import RecordedRun
from pulumi_emr_serverless.emulator.server import Server
from pulumi_emr_serverless.emulator.world import DEFAULT_APPLICATION_ID
from pulumi_emr_serverless.errors import EmrServerlessError
from pulumi_emr_serverless.launching import Surroundings
from pulumi_emr_serverless.verbs import Process

ROLE = "arn:aws:iam::123456789012:role/job-role"
UPS_UNTIL_CLEAN = 4
TERMINAL = ("SUCCESS", "FAILED", "CANCELLED")


class Killed(BaseException):
    """The process is gone: nothing of the package may catch it."""


def inputs(**changes: Any) -> dict[str, Any]:
    """A job run as the engine hands it over, under the API's names."""
    declared = {
        "applicationId": DEFAULT_APPLICATION_ID,
        "executionRoleArn": ROLE,
        "jobDriver": {"sparkSubmit": {"entryPoint": "s3://bucket/etl.py"}},
        "executionTimeoutMinutes": 60.0,
        **changes,
    }
    return {name: value for name, value in declared.items() if value is not None}


@dataclass(frozen=True)
class Kept:
    """A resource in the state."""

    id: str
    outputs: dict[str, Any]


@dataclass
class EnginelessStack:
    """A stack with one job, ``nightly``. Each command is an update of its own: the provider begins with no memory."""

    server: Server
    config: dict[str, str] = field(default_factory=dict)
    job: Kept | None = None
    pending: Kept | None = None
    """The old run of a replacement that was cut off: deleted, and not yet replaced."""
    companion: Kept | None = None
    tainted: bool = False
    declared: dict[str, Any] = field(default_factory=dict)
    """What the program declares, as of the last command."""
    name: str = "nightly"
    """What the program calls the resource."""
    slept: float = 0.0
    """Seconds that the provider has slept, by the emulator's clock and not by this machine's."""

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.server.control.advance(seconds)

    def elapsed(self) -> float:
        return self.slept

    def up(self, declared: Mapping[str, Any], *, replace: str = "", kill: str = "", may_miss: bool = False) -> bool:
        """``pulumi up``; whether there was something to do.

        Args:
            declared: the job's inputs.
            replace: ``job``, or ``both`` for the job and its companion, as ``--replace`` names them.
            kill: an operation and a point, ``StartJobRun.answered``, at which the provider is gone.
            may_miss: the command may not come to that point.
        """
        self.declared = dict(declared)
        with self._update(kill, may_miss=may_miss):
            return self._up(dict(declared), replace)
        return True  # it was killed

    def up_until_clean(self) -> None:
        """``pulumi up`` of what was declared last, until there is nothing to do."""
        for _ in range(UPS_UNTIL_CLEAN):
            if not self.up(self.declared):
                return
        raise AssertionError(f"not clean after {UPS_UNTIL_CLEAN} ups")

    def destroy(self, *, job_alone: bool = False, kill: str = "", may_miss: bool = False) -> None:
        """``pulumi destroy``, or ``pulumi destroy --target`` of the job."""
        with self._update(kill, may_miss=may_miss):
            if self.job is not None:
                self._delete_job()
            self.pending = None
            if not job_alone and self.companion is not None:
                self._delete_companion()

    def refresh(self) -> None:
        with self._update(""):
            if self.job is not None:
                seen = provider.JobRunProvider().read(self.job.id, self.job.outputs)
                self.job = Kept(seen.id, seen.outs) if seen.id and seen.outs is not None else None

    def _up(self, declared: dict[str, Any], replace: str) -> bool:
        job, replaced = provider.JobRunProvider(), bool(replace) or self.tainted
        if replace == "both":
            self._delete_for_replacement()
            if self.companion is not None:
                self._delete_companion()
        if self.companion is None:
            made = provider.LaunchTokenProvider().create({persisted.JOB: self.name})
            self.companion = Kept(made.id, made.outs or {})
        news = {
            **declared,
            persisted.LAUNCH_TOKEN: self.companion.outputs[persisted.VALUE],
            persisted.JOB: self.name,
        }
        news = self._check(news)
        current = self.job or (None if replaced else self.pending)
        if current is not None and not replaced:
            difference = job.diff(current.id, current.outputs, news)
            if self.job is not None:
                if not difference.changes:
                    return False
                if not difference.replaces:
                    updated = job.update(current.id, current.outputs, news)
                    self.job = Kept(current.id, updated.outs or {})
                    return True
        self._delete_for_replacement()
        news = self._check(news)
        created = job.create(news)
        self._answered("create")
        self.job, self.pending, self.tainted = Kept(created.id, created.outs or {}), None, False
        return True

    def _check(self, news: dict[str, Any]) -> dict[str, Any]:
        found = provider.JobRunProvider().check({}, news)
        assert not found.failures, [failure.reason for failure in found.failures]
        return found.inputs

    def _delete_for_replacement(self) -> None:
        if self.job is not None:
            old = self.job
            self._delete_job()
            self.pending = old

    def _delete_job(self) -> None:
        assert self.job is not None
        provider.JobRunProvider().delete(self.job.id, self.job.outputs)
        self._answered("delete")
        self.job = None

    def _delete_companion(self) -> None:
        assert self.companion is not None
        provider.LaunchTokenProvider().delete(self.companion.id, self.companion.outputs)
        self.companion = None

    def _answered(self, verb: str) -> None:
        if self._kill == f"{verb}.returned":
            raise Killed

    @contextmanager
    def _update(self, kill: str, *, may_miss: bool = False) -> Iterator[None]:
        """A provider process of its own; with ``kill`` it dies, and what the engine has recorded by then remains."""
        self._kill, self.was_killed = kill, False
        with new_process(self.config, kill, sleep=self.sleep, elapsed=self.elapsed):
            if not kill:
                yield
                return
            try:
                yield
            except Killed:
                self.was_killed = True
                return
            assert may_miss, f"nothing was killed at {kill}"

    _kill: str = ""
    was_killed: bool = False
    """Whether the last command was cut off."""

    def runs(self) -> list[RecordedRun]:
        return self.server.control.runs()

    def alive(self) -> list[str]:
        """The IDs of the runs that are not terminal."""
        return [run.job_run_id for run in self.runs() if run.state not in TERMINAL]

    def run_id(self) -> str:
        assert self.job is not None
        return str(self.job.outputs["jobRunId"])

    def assert_settled(self, runs: int) -> None:
        """So many runs in all; the one in the state is the only one alive, and no intent was answered by an old one."""
        recorded = self.runs()
        assert len(recorded) == runs, [(run.job_run_id, run.state, run.tags) for run in recorded]
        assert self.alive() == [self.run_id()] == [recorded[-1].job_run_id]


@contextmanager
def new_process(
    config: Mapping[str, str],
    kill: str = "",
    *,
    sleep: Callable[[float], None] = time.sleep,
    elapsed: Callable[[], float] = time.monotonic,
) -> Iterator[None]:
    """What a process begins with: no memory, no connections, the stack's configuration."""
    host = provider.DynamicHost()
    process = Process(host, surroundings=Surroundings(elapsed), sleep=sleep, elapsed=elapsed)
    operation, _, point = kill.partition(".")
    if point in ("before_send", "answered"):
        event = {"before_send": "before-send", "answered": "after-call"}[point]
        # A cached property: the process has no connection yet.
        vars(process)["connections"] = Doomed(
            host.require_engine, patience=process.patience, kill_at=f"{event}.emr-serverless.{operation}"
        )
    found = provider._host, provider._process
    provider._host, provider._process = (lambda: host), (lambda: process)  # type: ignore[assignment]  # as if made anew
    try:
        provider.JobRunProvider().configure(ConfigureRequest(Config(dict(config), "test")))
        yield
    finally:
        provider._host, provider._process = found


@dataclass(frozen=True)
class Doomed(Connections):
    """Connections of a process that is gone as soon as a call comes to a point."""

    kill_at: str = ""

    def of(self, connection: Connection) -> EmrServerless:
        aws = super().of(connection)
        aws._client.meta.events.register_first(self.kill_at, _die, unique_id="saboteur")
        return aws


def _die(**_: Any) -> None:
    raise Killed


_LOADER = botocore.loaders.Loader()


def without_waiting(monkeypatch: pytest.MonkeyPatch, waited: Callable[[float], None] | None = None) -> None:
    """botocore's pauses between two tries take no time, nor do its service models, which each new process would read."""
    monkeypatch.setattr(botocore.session, "create_loader", lambda _=None: _LOADER)
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=waited or (lambda _: None)))


Step = Callable[[EnginelessStack], object]


@dataclass(frozen=True)
class Flow:
    """Commands after a first `up`, and how many runs there are after them."""

    wanted: int
    steps: tuple[Step, ...]
    before: tuple[Step, ...] = (lambda stack: stack.up(inputs()),)


FLOWS: dict[str, Flow] = {
    "first create": Flow(1, (lambda stack: stack.up(inputs()),), before=()),
    "replacement": Flow(2, (lambda stack: stack.up(inputs(name="other")),)),
    "--replace": Flow(2, (lambda stack: stack.up(inputs(), replace="job"),)),
    "--replace of both": Flow(2, (lambda stack: stack.up(inputs(), replace="both"),)),
    "destroy and up": Flow(2, (lambda stack: stack.destroy(), lambda stack: stack.up(inputs()))),
    "job alone destroyed, and up": Flow(
        2, (lambda stack: stack.destroy(job_alone=True), lambda stack: stack.up(inputs()))
    ),
    "tag change": Flow(1, (lambda stack: stack.up(inputs(tags={"team": "ml"})),)),
    "the same after a crash": Flow(
        1,
        (lambda stack: stack.up(inputs()),),
        before=(lambda stack: stack.up(inputs(), kill="StartJobRun.answered"),),
    ),
    "another definition after a crash": Flow(
        2,
        (lambda stack: stack.up(inputs(name="other")),),
        before=(lambda stack: stack.up(inputs(), kill="StartJobRun.answered"),),
    ),
    "there and back": Flow(3, (lambda stack: stack.up(inputs(name="other")), lambda stack: stack.up(inputs()))),
    "there and back after a crash": Flow(
        4,
        (lambda stack: stack.up(inputs()), lambda stack: stack.up(inputs(name="other"))),
        before=(
            lambda stack: stack.up(inputs()),
            lambda stack: stack.up(inputs(name="other"), kill="StartJobRun.answered"),
            lambda stack: stack.server.control.settle(stack.alive()[0], "SUCCESS"),
        ),
    ),
    "other tags after a crash": Flow(
        1,
        (lambda stack: stack.up(inputs(tags={"at": "10:05"})),),
        before=(lambda stack: stack.up(inputs(tags={"at": "10:00"}), kill="StartJobRun.answered"),),
    ),
}


def failure_of(step: Step, stack: EnginelessStack) -> EmrServerlessError | None:
    """The one message that a command ended with; None if it succeeded. Anything but an error of ours is a defect."""
    try:
        step(stack)
    except EmrServerlessError as error:
        return error
    return None


@contextmanager
def stack_on(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[EnginelessStack]:
    """A stack that is not up yet, on an emulator without memories; runs stay RUNNING until they are cancelled."""
    for name, value in {
        "AWS_ENDPOINT_URL": server.endpoint,
        "AWS_ACCESS_KEY_ID": "123456789012",
        "AWS_SECRET_ACCESS_KEY": "not-a-secret",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    without_waiting(monkeypatch)
    server.control.reset()
    server.control.set_fate(stay_in="RUNNING", seconds={"CANCELLING": 0.0})
    yield EnginelessStack(server)
    problems = server.control.health()["violations"]
    assert not problems, f"the emulator gave answers that AWS's model does not allow: {problems}"
