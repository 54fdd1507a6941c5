"""The dynamic providers: what the Pulumi engine calls in a Python program's stack. Thin over ``verbs``.

The engine pickles a provider by reference, so this module's path and the class names stand in every user's state:
they are a persisted format.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from pulumi_emr_serverless import engine

if TYPE_CHECKING:
    from pulumi_emr_serverless.verbs import JobRunVerbs, LaunchTokenVerbs, Process

# The verbs, and with them boto3 and pydantic, are imported when one is called: a program imports this module only to
# name its classes.


class DynamicHost:
    """The dynamic form of the provider, as the verbs see it."""

    def __init__(self) -> None:
        self.configuration: Callable[[str], Any] = lambda _: None

    def setting(self, key: str) -> Any:
        """A value of the stack's configuration; a structured one is JSON text."""
        return self.configuration(key)

    def say(self, line: str) -> None:
        """The engine shows what a provider process writes as a line of the update; a provider has no other way."""
        print(line, file=sys.stderr, flush=True)  # noqa: T201 - as said

    def warn(self, line: str) -> None:
        self.say(f"warning: {line}")

    def progress(self, line: str) -> None:
        engine.show_progress(line)

    def require_engine(self) -> None:
        engine.require_engine()


@cache
def _host() -> DynamicHost:
    """The one of this process, as is the next: the engine makes a provider of each of the two classes, and they share both."""
    return DynamicHost()


@cache
def _process() -> Process:
    from pulumi_emr_serverless.verbs import Process

    return Process(_host())


class JobRunProvider(ResourceProvider):
    """A job run. Its ID is ``<application ID>/<job run ID>``; ``verbs.JobRunVerbs`` says what each verb promises."""

    serialize_as_secret_always = False  # it captures nothing

    def configure(self, req: ConfigureRequest) -> None:
        """Called once per process, before any verb."""
        _configure(req)

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        from pulumi_emr_serverless.request import spelled_in_python

        checked = _job_run().check(_plain(_olds), _plain(news))
        # Without a property's name: the engine would print the whole value beside it, a secret one too.
        failures = [
            CheckFailure("", spelled_in_python(failure.message) if failure.path else failure.message)
            for failure in checked.failures
        ]
        return CheckResult(_for_pulumi(checked.inputs), failures)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        change = _job_run().diff(_id, _plain(_olds), _plain(_news))
        return DiffResult(changes=bool(change), replaces=list(change.replaces), delete_before_replace=True)

    def create(self, props: dict[str, Any]) -> CreateResult:
        made = _job_run().create(_plain(props))
        return CreateResult(made.id, _for_pulumi(made.outputs))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        return UpdateResult(_for_pulumi(_job_run().update(_id, _plain(_olds), _plain(_news))))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        seen = _job_run().read(id_, _plain(props))
        return ReadResult("", {}) if seen is None else ReadResult(id_, _for_pulumi(seen))

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        _job_run().delete(_id, _plain(_props))


class LaunchTokenProvider(ResourceProvider):
    """The companion of a job run; ``verbs.LaunchTokenVerbs`` says what each verb promises."""

    serialize_as_secret_always = False  # it captures nothing

    def configure(self, req: ConfigureRequest) -> None:
        """Called once per process, before any verb."""
        _configure(req)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Never a change: it lives as long as its job is in the stack."""
        return DiffResult(changes=False, replaces=[], delete_before_replace=True)

    def create(self, props: dict[str, Any]) -> CreateResult:
        made = _launch_token().create(props)
        return CreateResult(made.id, made.outputs)

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        return UpdateResult(_launch_token().update(_olds, _news))

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        _launch_token().delete(_props)


def _configure(req: ConfigureRequest) -> None:
    _host().configuration = req.config.get
    engine.show_errors_without_traceback()
    engine.let_verbs_wait_side_by_side()


def _job_run() -> JobRunVerbs:
    from pulumi_emr_serverless.verbs import JobRunVerbs

    return JobRunVerbs(_process())


def _launch_token() -> LaunchTokenVerbs:
    from pulumi_emr_serverless.verbs import LaunchTokenVerbs

    return LaunchTokenVerbs(_process())


def _plain(props: Mapping[str, Any]) -> dict[str, Any]:
    """A property bag as the verbs take it: with their own mark for what is not known yet."""
    from pulumi.output import Unknown
    from pulumi.runtime import rpc

    from pulumi_emr_serverless.request import UNKNOWN

    def plain(value: Any) -> Any:
        if isinstance(value, Unknown) or (isinstance(value, str) and value == rpc.UNKNOWN):
            return UNKNOWN
        if isinstance(value, Mapping):
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [plain(item) for item in value]
        return value

    return {name: plain(value) for name, value in props.items()}


def _for_pulumi(props: Mapping[str, Any]) -> dict[str, Any]:
    """The reverse of ``_plain``, with secrets marked: an Output as a result would crash Pulumi's host of providers."""
    from pulumi.runtime import rpc

    from pulumi_emr_serverless.request import UNKNOWN
    from pulumi_emr_serverless.verbs import Secret

    def marked(value: Any) -> Any:
        if value is UNKNOWN:
            return rpc.UNKNOWN
        if isinstance(value, Secret):
            return rpc.wrap_rpc_secret(marked(value.value))
        if isinstance(value, Mapping):
            return {key: marked(item) for key, item in value.items()}
        if isinstance(value, list):
            return [marked(item) for item in value]
        return value

    return {name: marked(value) for name, value in props.items()}
