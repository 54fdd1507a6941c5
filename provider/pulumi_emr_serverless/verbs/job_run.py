"""The verbs of a job run, on plain property bags under the API's names. Thin: they put decisions and calls together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from pulumi_emr_serverless import request
from pulumi_emr_serverless.aws import EmrServerless, connection
from pulumi_emr_serverless.errors import (
    AwsError,
    ClientTokenReusedError,
    EmrServerlessError,
    InvalidConfigurationError,
    RunNotFoundError,
    UncheckedInputsError,
)
from pulumi_emr_serverless.launching import HeldRun, Launch, LaunchTag, RunStarter, RunStopper, tag_change, without_own
from pulumi_emr_serverless.persisted import EXPLICIT_CLIENT_TOKEN, LAUNCH_TAG, LAUNCH_TOKEN, OUTPUTS, STARTED_AT
from pulumi_emr_serverless.runs import Observation, log_locations, region_of, split_id
from pulumi_emr_serverless.verbs import changes
from pulumi_emr_serverless.verbs.changes import Change
from pulumi_emr_serverless.verbs.host import Process
from pulumi_emr_serverless.verbs.properties import (
    configured_place,
    declared,
    job_name,
    secret_paths,
    with_default_tags,
)
from pulumi_emr_serverless.verbs.results import Checked, Created, Failure

_RECENT = timedelta(minutes=15)


@dataclass(frozen=True)
class JobRunVerbs:
    """What the engine may ask of a job run. Its ID is ``<application ID>/<job run ID>``."""

    process: Process

    def check(self, news: Mapping[str, Any]) -> Checked:
        """Every violation of what is known already, property by property. Calls nothing, changes nothing.

        What is checked, and then kept in the state, has the stack's default tags: a plan shows each tag that a run gets.
        """
        setting = self.process.host.setting
        try:
            inputs = with_default_tags(setting, news)
            properties = declared(inputs)
            place = configured_place(setting, properties)
        except InvalidConfigurationError as error:
            return Checked(dict(news), (Failure("", str(error)),))
        found = request.violations({**properties, **place}, secret_paths=secret_paths(inputs))
        failures = tuple(
            Failure(one.path, f"{'the configured ' if one.path in place else ''}{one.message()}") for one in found
        )
        if not failures:
            self.process.memory.remember_checked(properties)
        return Checked(inputs, failures)

    def diff(self, outputs: Mapping[str, Any], news: Mapping[str, Any]) -> Change:
        """Whether the declared run is another one (replace), or the same with other tags (update).

        Asks AWS for states only where ``rerun`` wants to know them. Changes nothing.
        """
        self._remember_held(outputs)
        old, new = declared(outputs), declared(news)
        change = changes.compare(old, new, started_in=region_of(outputs["arn"]))
        for line in changes.explain(old, new, [*secret_paths(outputs), *secret_paths(news)]):
            self.process.host.say(f"{job_name(news)}: {line}")
        if change.replaces:
            _require_another_client_token(outputs, new)
        elif new.get("rerun") == "on_failure":
            change = replace(change, replaces=self._rerun(outputs, new))
        return change

    def create(self, props: Mapping[str, Any]) -> Created:
        """Start exactly one run and return its ID at once. May be called again after any crash."""
        properties, memory, host = declared(props), self.process.memory, self.process.host
        if not memory.was_checked(properties):
            raise UncheckedInputsError(
                "The engine asked to start this run with inputs from the state, which this update did not check: "
                "it is replaced because a target of --target is. Nothing was started. "
                "Run `pulumi up` without --target, or name this run as a target too."
            )
        launch = Launch(props[LAUNCH_TOKEN], request.canonical_json(properties), properties.get("clientToken"))
        wanted = request.start_job_run_input(properties)
        wanted.pop("clientToken", None)
        aws = self._aws(properties)
        stopper = RunStopper(aws, memory, host.warn, host.say)

        def stop(run: Observation) -> None:
            host.require_engine()  # else a newer update may just have taken this run over
            stopper.stop(run)

        run = RunStarter(aws, memory, self.process.surroundings, stop, host.warn).start(launch, wanted)
        outputs = {
            **props,
            "jobRunId": run.job_run_id,
            "arn": run.arn,
            "clientToken": run.client_token,
            "logs": log_locations(properties, properties["applicationId"], run.job_run_id),
            "observed": {},
            LAUNCH_TAG: str(run.tag),
            STARTED_AT: int(datetime.now(timezone.utc).timestamp()),
        }
        if launch.explicit_client_token is not None:
            outputs[EXPLICIT_CLIENT_TOKEN] = True
        return Created(f"{properties['applicationId']}/{run.job_run_id}", outputs)

    def update(self, id_: str, outputs: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any]:
        """Bring the run's tags to what is declared; the outputs. Never touches the run itself."""
        self._remember_held(outputs)
        aws = self._aws(news, region=region_of(outputs["arn"]))
        change = tag_change(outputs.get("tags") or {}, news.get("tags") or {})
        try:
            if change.put:
                aws.tag(outputs["arn"], change.put)
            if change.remove:
                aws.untag(outputs["arn"], change.remove)
        except RunNotFoundError:
            self.process.host.warn(
                f"Run {outputs['jobRunId']} is no longer known to AWS; its tags are changed in the state only."
            )
        except AwsError as error:
            if error.code != "ValidationException" or _lives(aws, id_):
                raise
            self.process.host.warn(
                f"Run {outputs['jobRunId']} has ended; its tags are changed in the state only: {error}"
            )
        kept = {name: outputs[name] for name in OUTPUTS if name in outputs}
        return {**news, "clientToken": outputs.get("clientToken"), **kept}

    def read(self, id_: str, props: Mapping[str, Any]) -> dict[str, Any] | None:
        """The run as AWS shows it, inputs and outputs; None if there is none.

        A run that AWS has aged out stays as it is: it ran, and must not run again.
        """
        application_id, job_run_id = split_id(id_)
        self._remember_held(props)
        try:
            run = self._aws_of(props).get(application_id, job_run_id)
        except RunNotFoundError:
            if not props.get("arn"):
                return None
            self.process.host.warn(f"Run {job_run_id} is no longer known to AWS; the state keeps what was last seen.")
            return dict(props)
        return {**_observed_inputs(run, props), **_observed_outputs(run, props)}

    def delete(self, id_: str, outputs: Mapping[str, Any]) -> None:
        """Close the run, cancel it unless it is terminal, and wait until it is. May be called twice for one run.

        With ``onDelete: retain`` it is closed and goes on.
        """
        self._remember_held(outputs)
        application_id, job_run_id = split_id(id_)
        host = self.process.host
        stopper = RunStopper(self._aws_of(outputs), self.process.memory, host.warn, host.say)
        recent = _is_recent(outputs)
        if outputs.get("onDelete") == "retain":
            stopper.retain_run(application_id, job_run_id, outputs["arn"], recent=recent)
            return
        grace = outputs.get("cancelGracePeriodSeconds")
        grace_period_seconds = None if grace is None else int(grace)
        stopper.stop_run(
            application_id, job_run_id, outputs["arn"], grace_period_seconds=grace_period_seconds, recent=recent
        )

    def _rerun(self, outputs: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
        """``("rerun",)`` where the run has failed and is to be started again; the plan says why."""
        host, name = self.process.host, job_name(outputs)
        try:
            run = self.process.failures.of(self._aws_of(outputs), outputs)
        except EmrServerlessError as error:
            host.warn(f"{name}: whether run {outputs['jobRunId']} has failed cannot be seen now: {error}")
            return ()
        if run is None or not changes.wants_rerun(new, run.state):
            return ()
        because = f" ({run.state_details})" if run.state_details else ""
        host.say(f"{name}: run {run.job_run_id} is {run.state}{because}; rerun = on_failure starts it again.")
        return ("rerun",)

    def _remember_held(self, outputs: Mapping[str, Any]) -> None:
        tag = LaunchTag.parse(outputs.get(LAUNCH_TAG) or "")
        if tag is not None:
            run = HeldRun(outputs["applicationId"], outputs["jobRunId"], tag, _recorded_at(outputs))
            self.process.memory.remember_held(run)

    def _aws(self, properties: Mapping[str, Any], *, region: str | None = None) -> EmrServerless:
        return self.process.connections.of(connection(self.process.host.setting, properties, region=region))

    def _aws_of(self, outputs: Mapping[str, Any]) -> EmrServerless:
        """AWS where a started run is: its ARN says in which region."""
        return self._aws(outputs, region=region_of(outputs.get("arn") or "") or None)


def _require_another_client_token(outputs: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Say in the plan what could only fail after the old run was cancelled.

    Raises:
        ClientTokenReusedError: the new run would have the old one's explicit client token.
    """
    token = changes.explicit_client_token(outputs)
    moved = any(new.get(name) != outputs.get(name) for name in ("applicationId", "region", "endpoint"))
    if token is not None and token == new.get("clientToken") and not moved:
        raise ClientTokenReusedError(
            f"clientToken: {token!r} is the token of run {outputs['jobRunId']}, which this change replaces, and AWS starts "
            "one run per client token. Give the new run a client token of its own, or leave client_token unset."
        )


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


def _observed_inputs(run: Observation, props: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs, with the tags that the run really has: so a refresh shows drift."""
    inputs = {**props, "applicationId": run.application_id}
    tags = without_own(dict(run.tags))
    if tags or props.get("tags"):
        inputs["tags"] = tags
    return inputs


def _observed_outputs(run: Observation, props: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "jobRunId": run.job_run_id,
        "arn": run.arn,
        "logs": props.get("logs")
        or log_locations({**run.details, "applicationId": run.application_id}, run.application_id, run.job_run_id),
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
