"""The dynamic providers: what the Pulumi engine calls. Thin: decisions are in ``lifecycle``, calls in ``emr``.

The engine pickles a provider by reference, so this module's path and the class names stand in every user's state:
they are a persisted format.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
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
from pulumi_emr_serverless.errors import (
    AwsError,
    ClientTokenReusedError,
    EmrServerlessError,
    InvalidConfigurationError,
    InvalidRequestError,
    RunNotFoundError,
    UncheckedInputsError,
)
from pulumi_emr_serverless.launch import Launch, LaunchTag, launch_digest, mint_launch_token
from pulumi_emr_serverless.memory import HeldRun, Memory

if TYPE_CHECKING:
    from pulumi_emr_serverless.emr import EmrServerless
    from pulumi_emr_serverless.failures import Failures
    from pulumi_emr_serverless.lifecycle import Observation
    from pulumi_emr_serverless.start import Surroundings

# boto3 and pydantic are imported in the verbs: a program imports this module only to name its classes.

LAUNCH_TOKEN = "__launchToken"  # noqa: S105 - the name of a property, not its value
"""The companion's value, as an input of the run. Pulumi shows no input whose name begins with ``__`` in a plan."""

LAUNCH_TAG = "__launchTag"
STARTED_AT = "__startedAt"
"""When the run was recorded, in epoch seconds: it is no younger, so failed runs are looked for from there on."""

EXPLICIT_CLIENT_TOKEN = "__explicitClientToken"  # noqa: S105 - the name of a property, not its value
OUTPUTS = ("jobRunId", "arn", "logs", "observed", LAUNCH_TAG, STARTED_AT, EXPLICIT_CLIENT_TOKEN)
"""What a run has beside its inputs. ``clientToken`` is either."""

SECRETS = "__secrets"
"""Where in the inputs a program's secrets are: the engine hands them to a provider in the clear, unmarked."""

JOB = "__job"
VALUE = "value"
LAUNCH = "__launch"
"""The companion's public half: the first part of the tag on each of its runs."""

_RECENT = timedelta(minutes=15)

_memory = Memory()  # one per provider process, and the engine starts one process per update


class JobRunProvider(ResourceProvider):
    """A job run. Its ID is ``<application ID>/<job run ID>``."""

    serialize_as_secret_always = False  # it captures nothing

    def configure(self, req: ConfigureRequest) -> None:
        """Called once per process, before any verb."""
        _providers_config.get = req.config.get
        engine.show_errors_without_traceback()

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Every violation of what is known already, property by property. Calls nothing, changes nothing.

        What is checked, and then kept in the state, has the stack's default tags: a plan shows each tag that a run gets.
        """
        from pulumi_emr_serverless import request

        try:
            news = _with_default_tags(news)
            properties = _declared(news)
            place = _place(properties)
        except InvalidConfigurationError as error:
            return CheckResult(news, [CheckFailure("", str(error))])
        found = request.violations({**properties, **place}, secret_paths=_secret_paths(news))
        # Without a property's name: the engine would print the whole value beside it, a secret one too.
        failures = [
            CheckFailure("", f"{'the configured ' if one.path in place else ''}{one.message()}") for one in found
        ]
        if not failures:
            _memory.remember_checked(properties)
        return CheckResult(news, failures)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Whether the declared run is another one (replace), or the same with other tags (update).

        Asks AWS for states only where ``rerun`` wants to know them. Changes nothing.
        """
        from pulumi_emr_serverless import lifecycle

        _remember_held(_olds)
        old, new = _declared(_olds), _declared(_news)
        change = lifecycle.compare(old, new, started_in=lifecycle.region_of(_olds["arn"]))
        for line in lifecycle.explain(old, new, [*_secret_paths(_olds), *_secret_paths(_news)]):
            _say(f"{_job_name(_news)}: {line}")
        if change.replaces:
            _require_another_client_token(_olds, new)
        elif new.get("rerun") == "on_failure":
            change = replace(change, replaces=_rerun(_olds, new))
        return DiffResult(changes=bool(change), replaces=list(change.replaces), delete_before_replace=True)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Start exactly one run and return its ID at once. May be called again after any crash."""
        from pulumi_emr_serverless import request
        from pulumi_emr_serverless.start import RunStarter
        from pulumi_emr_serverless.stop import RunStopper

        properties = _declared(props)
        if not _memory.was_checked(properties):
            raise UncheckedInputsError(
                "The engine asked to start this run with inputs from the state, which this update did not check: "
                "it is replaced because a target of --target is. Nothing was started. "
                "Run `pulumi up` without --target, or name this run as a target too."
            )
        launch = Launch(props[LAUNCH_TOKEN], request.canonical_json(properties), properties.get("clientToken"))
        wanted = request.start_job_run_input(properties)
        wanted.pop("clientToken", None)
        aws = _aws(properties)
        stopper = RunStopper(aws, _memory, _warn, _say)

        def stop(run: Observation) -> None:
            engine.require_engine()  # else a newer update may just have taken this run over
            stopper.stop(run)

        run = RunStarter(aws, _memory, _surroundings(), stop, _warn).start(launch, wanted)
        outputs = {
            **props,
            "jobRunId": run.job_run_id,
            "arn": run.arn,
            "clientToken": run.client_token,
            "logs": _logs(properties, run.job_run_id),
            "observed": {},
            LAUNCH_TAG: str(run.tag),
            STARTED_AT: int(datetime.now(timezone.utc).timestamp()),
        }
        if launch.explicit_client_token is not None:
            outputs[EXPLICIT_CLIENT_TOKEN] = True
        return CreateResult(f"{properties['applicationId']}/{run.job_run_id}", outputs)

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Bring the run's tags to what is declared. Never touches the run itself."""
        from pulumi_emr_serverless import lifecycle

        _remember_held(_olds)
        aws = _aws(_news, region=lifecycle.region_of(_olds["arn"]))
        change = lifecycle.tag_change(_olds.get("tags") or {}, _news.get("tags") or {})
        try:
            if change.put:
                aws.tag(_olds["arn"], change.put)
            if change.remove:
                aws.untag(_olds["arn"], change.remove)
        except RunNotFoundError:
            _warn(f"Run {_olds['jobRunId']} is no longer known to AWS; its tags are changed in the state only.")
        except AwsError as error:
            if error.code != "ValidationException" or _lives(aws, _id):
                raise
            _warn(f"Run {_olds['jobRunId']} has ended; its tags are changed in the state only: {error}")
        kept = {name: _olds[name] for name in OUTPUTS if name in _olds}
        return UpdateResult({**_news, "clientToken": _olds.get("clientToken"), **kept})

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """The run as AWS shows it. A run that AWS has aged out stays as it is: it ran, and must not run again."""
        application_id, job_run_id = split_id(id_)
        _remember_held(props)
        try:
            run = _aws_of(props).get(application_id, job_run_id)
        except RunNotFoundError:
            if not props.get("arn"):
                return ReadResult("", {})
            _warn(f"Run {job_run_id} is no longer known to AWS; the state keeps what was last seen.")
            return ReadResult(id_, props)
        return ReadResult(id_, {**_observed_inputs(run, props), **_observed_outputs(run, props)})

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Close the run, cancel it unless it is terminal, and wait until it is. May be called twice for one run.

        With ``onDelete: retain`` it is closed and goes on.
        """
        from pulumi_emr_serverless.stop import RunStopper

        _remember_held(_props)
        application_id, job_run_id = split_id(_id)
        stopper = RunStopper(_aws_of(_props), _memory, _warn, _say)
        recent = _is_recent(_props)
        if _props.get("onDelete") == "retain":
            stopper.retain_run(application_id, job_run_id, _props["arn"], recent=recent)
            return
        grace = _props.get("cancelGracePeriodSeconds")
        grace_period_seconds = None if grace is None else int(grace)
        stopper.stop_run(
            application_id, job_run_id, _props["arn"], grace_period_seconds=grace_period_seconds, recent=recent
        )


class LaunchTokenProvider(ResourceProvider):
    """The companion of a job run: a random value that is durable before the run is started. Calls nothing."""

    serialize_as_secret_always = False  # it captures nothing

    def configure(self, req: ConfigureRequest) -> None:  # noqa: ARG002 - nothing of it is needed
        engine.show_errors_without_traceback()

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Never a change: it lives as long as its job is in the stack."""
        return DiffResult(changes=False, replaces=[], delete_before_replace=True)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """A new value, or, where this update has just deleted the job's own for its replacement, the same again."""
        value = _memory.take_removed(props[JOB])
        if value is None:
            value = mint_launch_token(datetime.now(timezone.utc))
            _memory.remember_minted(value)
        return CreateResult(secrets.token_hex(8), {**props, VALUE: value, LAUNCH: launch_digest(value)})

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Keeps the value, should the engine ever ask."""
        return UpdateResult({**_news, VALUE: _olds[VALUE], LAUNCH: launch_digest(_olds[VALUE])})

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        _memory.remember_removed(_props[JOB], _props[VALUE])


def split_id(id_: str) -> tuple[str, str]:
    """The application's and the run's ID out of a resource ID.

    Raises:
        InvalidRequestError: it is not of the form ``<application ID>/<job run ID>``.
    """
    application_id, slash, job_run_id = id_.partition("/")
    if not (application_id and slash and job_run_id):
        raise InvalidRequestError(f"id: {id_!r} is not a job run; write <application ID>/<job run ID>.")
    return application_id, job_run_id


class _ProvidersConfig:
    """The stack's configuration, as the engine gave it to this process."""

    get: Callable[[str], Any] = staticmethod(lambda _: None)


_providers_config = _ProvidersConfig()


def _declared(props: Mapping[str, Any]) -> dict[str, Any]:
    """What a person declared: without what Pulumi and this package add, and with one mark for what is not yet known."""
    from pulumi.output import Unknown
    from pulumi.runtime import rpc

    from pulumi_emr_serverless.request import UNKNOWN

    def known(value: Any) -> Any:
        if isinstance(value, Unknown) or (isinstance(value, str) and value == rpc.UNKNOWN):
            return UNKNOWN
        if isinstance(value, Mapping):
            return {key: known(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [known(item) for item in value]
        return value

    internal = ("__provider", LAUNCH_TOKEN, LAUNCH_TAG, STARTED_AT, SECRETS, JOB)
    return {name: known(value) for name, value in props.items() if name not in internal and value is not None}


def _with_default_tags(props: dict[str, Any]) -> dict[str, Any]:
    """The inputs with the stack's default tags; the resource's own win. Tags that are not known yet stay so.

    Raises:
        InvalidConfigurationError: the configuration is not what it should be.
    """
    from pulumi_emr_serverless.config import default_tags

    defaults, tags = default_tags(_providers_config.get), props.get("tags")
    if not defaults or not (tags is None or isinstance(tags, Mapping)):
        return props
    return {**props, "tags": {**defaults, **(tags or {})}}


def _place(properties: Mapping[str, Any]) -> dict[str, str]:
    """The region and the endpoint that the configuration adds: a wrong one must not come out when a run has been ended.

    Raises:
        InvalidConfigurationError: the configuration is not what it should be.
    """
    from pulumi_emr_serverless.config import connection

    found = connection(_providers_config.get, properties)
    place = {"region": found.region, "endpoint": found.endpoint}
    return {name: value for name, value in place.items() if value is not None and name not in properties}


def _secret_paths(props: Mapping[str, Any]) -> list[str]:
    from pulumi_emr_serverless.request import format_path

    def step(one: Any) -> str | int:
        return int(one) if isinstance(one, float) else str(one)

    found = props.get(SECRETS)
    return [format_path(tuple(step(one) for one in path)) for path in found] if isinstance(found, list) else []


def _job_name(props: Mapping[str, Any]) -> str:
    return str(props.get(JOB) or "").rpartition("::")[2]


def _rerun(outputs: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """``("rerun",)`` where the run has failed and is to be started again; the plan says why."""
    from pulumi_emr_serverless import lifecycle

    try:
        run = _failures().of(_aws_of(outputs), outputs)
    except EmrServerlessError as error:
        _warn(f"{_job_name(outputs)}: whether run {outputs['jobRunId']} has failed cannot be seen now: {error}")
        return ()
    if run is None or not lifecycle.wants_rerun(new, run.state):
        return ()
    because = f" ({run.state_details})" if run.state_details else ""
    _say(f"{_job_name(outputs)}: run {run.job_run_id} is {run.state}{because}; rerun = on_failure starts it again.")
    return ("rerun",)


def _require_another_client_token(outputs: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Say in the plan what could only fail after the old run was cancelled.

    Raises:
        ClientTokenReusedError: the new run would have the old one's explicit client token.
    """
    from pulumi_emr_serverless.lifecycle import explicit_client_token

    token = explicit_client_token(outputs)
    moved = any(new.get(name) != outputs.get(name) for name in ("applicationId", "region", "endpoint"))
    if token is not None and token == new.get("clientToken") and not moved:
        raise ClientTokenReusedError(
            f"clientToken: {token!r} is the token of run {outputs['jobRunId']}, which this change replaces, and AWS starts "
            "one run per client token. Give the new run a client token of its own, or leave client_token unset."
        )


def _remember_held(outputs: Mapping[str, Any]) -> None:
    tag = LaunchTag.parse(outputs.get(LAUNCH_TAG) or "")
    if tag is not None:
        run = HeldRun(outputs["applicationId"], outputs["jobRunId"], tag, _recorded_at(outputs))
        _memory.remember_held(run)


def _recorded_at(outputs: Mapping[str, Any]) -> datetime | None:
    seconds = outputs.get(STARTED_AT)
    return None if seconds is None else datetime.fromtimestamp(float(seconds), timezone.utc)


def _is_recent(outputs: Mapping[str, Any]) -> bool:
    """Whether the run may be so new that a part of AWS does not know it yet."""
    recorded_at = _recorded_at(outputs)
    return recorded_at is not None and datetime.now(timezone.utc) - recorded_at < _RECENT


def _lives(aws: EmrServerless, id_: str) -> bool:
    try:
        return not aws.get(*split_id(id_)).is_terminal
    except RunNotFoundError:
        return False


def _aws(properties: Mapping[str, Any], *, region: str | None = None) -> EmrServerless:
    from pulumi_emr_serverless.config import connection
    from pulumi_emr_serverless.emr import connect

    return connect(connection(_providers_config.get, properties, region=region), before_start=engine.require_engine)


@cache
def _surroundings() -> Surroundings:
    """The living runs around those of this update, looked up once per process."""
    from pulumi_emr_serverless.start import Surroundings

    return Surroundings()


@cache
def _failures() -> Failures:
    """The failed runs around those of this update, looked up together."""
    from pulumi_emr_serverless.failures import Failures

    return Failures()


def _aws_of(outputs: Mapping[str, Any]) -> EmrServerless:
    """AWS where a started run is: its ARN says in which region."""
    from pulumi_emr_serverless.lifecycle import region_of

    return _aws(outputs, region=region_of(outputs.get("arn") or "") or None)


def _logs(properties: Mapping[str, Any], job_run_id: str) -> dict[str, str]:
    from pulumi_emr_serverless.logs import log_locations

    return log_locations(properties, properties["applicationId"], job_run_id)


def _observed_inputs(run: Observation, props: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs, with the tags that the run really has: so a refresh shows drift."""
    from pulumi_emr_serverless.launch import without_own

    inputs = {**props, "applicationId": run.application_id}
    tags = without_own(dict(run.tags))
    if tags or props.get("tags"):
        inputs["tags"] = tags
    return inputs


def _observed_outputs(run: Observation, props: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "jobRunId": run.job_run_id,
        "arn": run.arn,
        "logs": props.get("logs") or _logs({**run.details, "applicationId": run.application_id}, run.job_run_id),
        "observed": _plain(run.observed()),
    }


def _plain(value: Any) -> Any:
    """A value that fits into a state: times in ISO 8601."""
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _warn(message: str) -> None:
    _say(f"warning: {message}")


def _say(message: str) -> None:
    # The engine shows what a provider process writes as a line of the update; it has no other way for a provider.
    print(message, file=sys.stderr, flush=True)  # noqa: T201 - as said
