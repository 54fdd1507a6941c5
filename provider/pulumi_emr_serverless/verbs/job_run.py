"""The verbs of a job run, on plain property bags under the API's names. Thin: they put decisions and calls together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pulumi_emr_serverless import request
from pulumi_emr_serverless.aws import EmrServerless, connection
from pulumi_emr_serverless.definitions.answers import definition_of
from pulumi_emr_serverless.errors import (
    AwsError,
    ClientTokenReusedError,
    EmrServerlessError,
    InvalidConfigurationError,
    LaunchRefusedError,
    NotReadyError,
    RunNotFoundError,
    UncheckedInputsError,
)
from pulumi_emr_serverless.launching import (
    CLOSED_TO_CANCEL,
    Doubt,
    Ended,
    HeldRun,
    Launch,
    RunStarter,
    StartedRun,
    TagChange,
    closed_as,
    is_launch_token,
    launch_digest,
    require_startable,
    tag_change,
)
from pulumi_emr_serverless.persisted import (
    EXPLICIT_CLIENT_TOKEN,
    LAUNCH_TOKEN,
    MAYBE_OUTPUTS,
    REFUSED,
    SECRETS,
    UNSETTLED,
)
from pulumi_emr_serverless.runs import Observation, region_of, split_id
from pulumi_emr_serverless.verbs import changes
from pulumi_emr_serverless.verbs.changes import Change
from pulumi_emr_serverless.verbs.discretion import discreet
from pulumi_emr_serverless.verbs.host import Process
from pulumi_emr_serverless.verbs.properties import (
    configured_place,
    declared,
    intended,
    job_key,
    job_name,
    secret_paths,
    secret_place,
    with_default_name,
    with_default_tags,
)
from pulumi_emr_serverless.verbs.records import held_run, observed_inputs, observed_outputs, outputs_of
from pulumi_emr_serverless.verbs.results import Checked, Created, Failure
from pulumi_emr_serverless.verbs.strays import Strays

_STATE_WAS_EDITED = (
    "The launch token of this job, in its LaunchToken's outputs, is not one that was made here: somebody has changed the "
    "state. Nothing was started or ended. Import an earlier state (`pulumi stack export --version`), or take the "
    "LaunchToken out of the state with `pulumi state delete`: the next update makes a new one."
)


_NO_CHECKPOINTS = (
    "PULUMI_SKIP_CHECKPOINTS is set: the launch token of this run would be in no state before the run starts, and after a "
    "crash a retry would start a second one. Nothing was started or ended; unset it for stacks with job runs."
)

_NO_COMPANION = (
    "The companion of this run, the LaunchToken {name}, is not in the state, and without it a retry could start a second run. "
    "Nothing was started. --exclude must leave out both or neither: `--exclude '**{name}'`; --target must name both: "
    "`--target '**{name}'`."
)


@dataclass(frozen=True)
class JobRunVerbs:
    """What the engine may ask of a job run. Its ID is ``<application ID>/<job run ID>``."""

    process: Process

    @discreet
    def check(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Checked:
        """Every violation of what is known already, property by property. Calls nothing, changes nothing.

        What is checked, and then kept in the state, has the stack's default tags and the run's default name: a plan shows
        each tag that a run gets, and what it will be called. What a run may well fail of is warned of, once for each
        definition: ``olds`` has been warned of before.
        """
        setting = self.process.host.setting
        try:
            inputs = with_default_name(with_default_tags(setting, news))
            properties = declared(inputs)
            place = configured_place(setting, properties)
        except InvalidConfigurationError as error:
            return Checked(dict(news), (Failure("", str(error)),))
        hidden = [*secret_paths(inputs), *secret_place(inputs, place)]
        found = request.violations({**properties, **place}, secret_paths=hidden)
        failures = [
            Failure(one.path, f"{'the configured ' if one.path in place else ''}{one.message()}") for one in found
        ]
        failures += [Failure("", str(reason)) for reason in inputs.get(REFUSED) or ()]
        if not self.process.has_checkpoints:
            failures.append(Failure("", _NO_CHECKPOINTS))
        token = inputs.get(LAUNCH_TOKEN)
        if token not in (None, request.UNKNOWN) and not is_launch_token(token):
            failures.append(Failure("", _STATE_WAS_EDITED))
        if not failures:
            launch = launch_digest(token) if isinstance(token, str) else None
            self.process.memory.remember_checked(properties, launch)
            if intended(olds) != intended(inputs):
                for one in request.suspicions(properties, secret_paths=hidden):
                    self.process.host.warn(f"{job_name(inputs)}: {one.message()}")
        return Checked(inputs, tuple(failures))

    def place(self, news: Mapping[str, Any]) -> tuple[Failure, ...]:
        """What is wrong with where a first run is to be started, as far as it is known without a call.

        Apart from ``check``, for a form to ask on the machine that starts it: it reads the environment and the profile. A run
        that exists is where its ARN says.
        """
        from pulumi_emr_serverless.aws import NO_REGION, has_region  # noqa: PLC0415 - it brings botocore

        try:
            where = connection(self.process.host.setting, declared(news))
        except InvalidConfigurationError:
            return ()  # the check says so
        return () if has_region(where) else (Failure("", NO_REGION),)

    @discreet
    def diff(self, id_: str, outputs: Mapping[str, Any], news: Mapping[str, Any]) -> Change:
        """Whether the declared run is another one (replace), or the same with other tags (update).

        Asks AWS only where a run is to be replaced, where ``rerun`` wants to know its state, and where an earlier update
        may have left a run behind. Changes nothing.
        """
        held = self._remember_held(id_, outputs)
        old, new = changes.comparable(outputs, news)
        change = changes.compare(old, new, started_in=region_of(outputs["arn"]))
        if set(secret_paths(outputs)) != set(secret_paths(news)):
            change = replace(change, updates=(*change.updates, SECRETS))  # the outputs are to be marked anew
        for line in changes.explain(old, new, [*secret_paths(outputs), *secret_paths(news)]):
            self.process.host.say(f"{job_name(news)}: {line}")
        if change.replaces:
            _require_another_client_token(outputs, new)
        elif new.get("rerun") == "on_failure":
            change = replace(change, replaces=self._rerun(held, outputs))
        if held.unsettled and not change.replaces:
            change = self._strays(self._aws_of(outputs)).change(held, job_name(outputs), change)
        if change.replaces:
            self._foresee(held, outputs, declared(news))
        else:
            self.process.memory.remember_kept(held.job_run_id, job_key(news))
        return change

    @discreet
    def create(self, props: Mapping[str, Any]) -> Created:
        """Start exactly one run and return its ID at once. May be called again after any crash."""
        properties, memory = declared(props), self.process.memory
        if not memory.was_checked(properties):
            raise UncheckedInputsError(
                "The engine asked to start this run with inputs from the state, which this update did not check: "
                "it is replaced because a target of --target is. Nothing was started. "
                "Run `pulumi up` without --target, or name this run as a target too."
            )
        if not is_launch_token(props.get(LAUNCH_TOKEN)):
            raise LaunchRefusedError(_NO_COMPANION.format(name=job_name(props)))
        launch = Launch(props[LAUNCH_TOKEN], request.canonical_json(intended(props)), properties.get("clientToken"))
        try:
            run = self._start(launch, properties)
        except EmrServerlessError as error:
            for ended in memory.ended(launch.tag(0).launch):
                error.add_line(f"For this start, {ended}. No other run takes its place until an update succeeds.")
            raise
        memory.remember_kept(run.job_run_id)
        outputs = outputs_of(run, props, properties)
        if launch.explicit_client_token is not None:
            outputs[EXPLICIT_CLIENT_TOKEN] = True
        return Created(f"{properties['applicationId']}/{run.job_run_id}", outputs)

    @discreet
    def update(self, id_: str, outputs: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any]:
        """Bring the run's tags to what is declared, and end what an earlier update left behind of its launch; the outputs.

        Never touches the run itself.
        """
        held = self._remember_held(id_, outputs)
        aws = self._aws(news, region=region_of(outputs["arn"]))
        change = tag_change(outputs.get("tags") or {}, news.get("tags") or {})
        try:
            _change_tags(aws, outputs["arn"], change)
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
        kept = {name: outputs[name] for name in MAYBE_OUTPUTS if name in outputs}
        if held.unsettled and self._strays(aws).settle(held):
            kept.pop(UNSETTLED, None)
        return {**news, "clientToken": outputs.get("clientToken"), **kept}

    @discreet
    def read(self, id_: str, props: Mapping[str, Any]) -> dict[str, Any] | None:
        """The run as AWS shows it, inputs and outputs; None if its own stack has ended it since.

        A run that AWS has aged out stays as it is: it ran, and must not run again. Runs of its launch that are alive and
        in no state are told of, and marked for the next update.

        Raises:
            RunNotFoundError: a run that is not in the state is asked for, and AWS does not know it.
            WrongAccountError: the credentials are of another account than the run.
        """
        application_id, job_run_id = split_id(id_)
        held = self._remember_held(id_, props)
        aws = self._aws_of(props)
        try:
            run = self.process.surroundings.get(aws, application_id, job_run_id, props.get("arn") or id_)
        except RunNotFoundError as error:
            if not props.get("arn"):
                raise _no_such_run(id_, aws.place(), error) from error
            Doubt(aws).require_right_account(held)
            self.process.host.warn(f"Run {job_run_id} is no longer known to AWS; the state keeps what was last seen.")
            return dict(props)
        if held.tag is None:
            return {**observed_inputs(run, props), **observed_outputs(run, props)}
        if closed_as(run) == CLOSED_TO_CANCEL and run.is_terminal:
            self.process.host.warn(
                f"Run {job_run_id} was ended by its own stack, in an update that this state does not know. It is taken "
                "out of the state; the next pulumi up starts a run in its place."
            )
            return None
        seen = {**observed_inputs(run, props), **observed_outputs(run, props)}
        seen.pop(UNSETTLED, None)
        return seen if self._strays(aws).are_settled(held, run) else {**seen, UNSETTLED: True}

    @discreet
    def adopt(self, id_: str, props: Mapping[str, Any]) -> dict[str, Any]:
        """A run that is in no state, as a program would have to declare it, and its outputs. Changes nothing.

        Args:
            id_: the run.
            props: what is known of where it is: ``region``, ``endpoint``.

        Raises:
            RunNotFoundError: AWS does not know it.
        """
        application_id, job_run_id = split_id(id_)
        aws = self._aws_of(props)
        try:
            run = self.process.surroundings.get(aws, application_id, job_run_id, id_)
        except RunNotFoundError as error:
            raise _no_such_run(id_, aws.place(), error) from error
        return {**props, **definition_of(run.request), **observed_outputs(run, props)}

    @discreet
    def delete(self, id_: str, outputs: Mapping[str, Any]) -> None:
        """Close the run, cancel it unless it is terminal, and wait until it is. May be called twice for one run.

        With ``onDelete: retain`` it is closed and goes on; so does a run that another resource of the stack has taken over,
        as where an alias was given to the companion and not to the job. Nothing is ended before it is known that the
        engine still answers and, in a replacement, that the new run can be started.
        """
        held = self._remember_held(id_, outputs)
        host, memory = self.process.host, self.process.memory
        host.require_engine()
        if memory.is_kept_by_another(held.job_run_id, job_key(outputs)):
            host.say(
                f"{job_name(outputs)}: run {held.job_run_id} is not ended: another resource of this stack goes on with it."
            )
            return
        wanted = None if held.tag is None else memory.wanted(held.tag.launch)
        if wanted is not None:
            self._require_startable(wanted, held)
        aws = self._aws_of(outputs)
        stopper = self.process.stopper(aws)
        if outputs.get("onDelete") == "retain":
            ended = stopper.retain_run(held)
        else:
            ended = stopper.stop_run(held, grace_period_seconds=_grace_period_seconds(outputs))
        if held.tag is None:
            return
        memory.remember_ended(held.tag.launch, _what_was_ended(held, ended), was_closed_before=ended.was_closed)
        if ended.was_closed and wanted is None:
            # Another update had begun with this. What it has started since is in no state, and nobody comes back to it.
            self._strays(aws).end(held)

    def _start(self, launch: Launch, properties: Mapping[str, Any]) -> StartedRun:
        host = self.process.host
        wanted = request.start_job_run_input(properties)
        wanted.pop("clientToken", None)
        aws = self._aws(properties)
        stopper = self.process.stopper(aws)

        def stop(run: Observation) -> None:
            host.require_engine()  # else a newer update may just have taken this run over
            stopper.stop(run)

        starter = RunStarter(aws, self.process.memory, self.process.surroundings, stop, host.warn, self.process.sleep)
        return starter.start(launch, wanted)

    def _rerun(self, held: HeldRun, outputs: Mapping[str, Any]) -> tuple[str, ...]:
        """``("rerun",)`` where the run has failed and is to be started again; the plan says why."""
        host, name = self.process.host, job_name(outputs)
        try:
            run = self.process.failures.of(self._aws_of(outputs), held)
        except EmrServerlessError as error:
            host.warn(f"{name}: whether run {held.job_run_id} has failed cannot be seen now: {error}")
            return ()
        if run is None:
            return ()
        because = f" ({run.state_details})" if run.state_details else ""
        host.say(f"{name}: run {run.job_run_id} is {run.state}{because}; rerun = on_failure starts it again.")
        return ("rerun",)

    def _foresee(self, held: HeldRun, outputs: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        """Say in the plan what a replacement ends, and fail where it could only fail afterwards.

        Raises:
            NotReadyError: the new run could not be started.
        """
        try:
            run = self.process.surroundings.is_living(self._aws_of(outputs), held.application_id, held.job_run_id)
        except EmrServerlessError:
            run = None  # It is looked at again before it is ended.
        if run is not None and outputs.get("onDelete") != "retain":
            self.process.host.say(f"{job_name(outputs)}: run {run.job_run_id} is {run.state}; this change cancels it.")
        self._require_startable(new, held)

    def _require_startable(self, wanted: Mapping[str, Any], held: HeldRun) -> None:
        """Look at what can be known before the old run is ended, where everything about the new one is known already.

        Raises:
            NotReadyError: the new run could not be started.
        """
        if _has_unknown(wanted):
            return
        aws, surroundings = self._aws(wanted), self.process.surroundings
        try:
            require_startable(lambda: surroundings.application(aws, wanted["applicationId"]), wanted)
        except NotReadyError as error:
            error.add_line(f"Run {held.job_run_id} was not ended for it.")
            raise

    def _strays(self, aws: EmrServerless) -> Strays:
        return Strays(self.process, aws)

    def _remember_held(self, id_: str, outputs: Mapping[str, Any]) -> HeldRun:
        held = held_run(id_, outputs)
        self.process.memory.remember_held(held)
        return held

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


def _has_unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_unknown, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(_has_unknown, value))
    return value is request.UNKNOWN


def _no_such_run(id_: str, place: str, error: RunNotFoundError) -> RunNotFoundError:
    return RunNotFoundError(
        f"There is no job run {id_} in {place}: AWS does not know it, or not any more. AWS said: {error.message}",
        code=error.code,
        hint="Check the ID, <application ID>/<job run ID>, the region (aws:region, or region=), and whose the credentials are.",
    )


def _grace_period_seconds(outputs: Mapping[str, Any]) -> int | None:
    grace = outputs.get("cancelGracePeriodSeconds")
    return None if grace is None else int(grace)


def _what_was_ended(held: HeldRun, ended: Ended) -> str:
    if ended.cancelled:
        return f"run {held.job_run_id}, which was {ended.state}, was cancelled"
    return f"run {held.job_run_id} was closed" + (f" ({ended.state})" if ended.state else "")


def _change_tags(aws: EmrServerless, arn: str, change: TagChange) -> None:
    steps: list[Callable[[], None]] = []
    if change.put:
        steps.append(lambda: aws.tag(arn, change.put))
    if change.remove:
        steps.append(lambda: aws.untag(arn, change.remove))
    for step in reversed(steps) if change.removes_first else steps:
        step()


def _lives(aws: EmrServerless, id_: str) -> bool:
    try:
        return not aws.get(*split_id(id_)).is_terminal
    except RunNotFoundError:
        return False
