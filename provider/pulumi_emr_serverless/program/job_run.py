"""What a user's program declares: ``JobRun``, and the companion ``LaunchToken`` that each one brings along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pulumi
from pulumi.dynamic import Resource
from typing_extensions import Unpack

from pulumi_emr_serverless.errors import InvalidRequestError
from pulumi_emr_serverless.persisted import (
    JOB,
    JOB_RUN_TYPE,
    LAUNCH,
    LAUNCH_TOKEN,
    LAUNCH_TOKEN_TYPE,
    OUTPUTS,
    SECRET_SETTINGS,
    SECRETS,
    VALUE,
)
from pulumi_emr_serverless.program.checking import Declaration, wrong_with
from pulumi_emr_serverless.program.declaring import shown_to_people
from pulumi_emr_serverless.program.errors import DeclarationError
from pulumi_emr_serverless.program.inputs import to_api
from pulumi_emr_serverless.program.secrets import secret_paths, secret_settings
from pulumi_emr_serverless.provider import JobRunProvider, LaunchTokenProvider
from pulumi_emr_serverless.runs import split_id

if TYPE_CHECKING:
    from datetime import timedelta

    from pulumi_emr_serverless.definitions.files import Definition
    from pulumi_emr_serverless.program.completion import Completion
    from pulumi_emr_serverless.program.inputs import JobRunArgs, JobRunOverrides


_NO_OUTPUTS: Mapping[str, None] = {**dict.fromkeys(OUTPUTS), "clientToken": None}
"""Pulumi gives a resource only the attributes that were declared."""

_NO_INPUTS: Mapping[str, None] = dict.fromkeys(("applicationId", "tags"))


class LaunchToken(Resource, module="emrserverless", name="LaunchToken"):
    """The companion of a job run: a random value from which the run's client token is derived.

    The engine writes it to the state before the run is started, so that a killed update finds the same token again.
    It costs nothing and calls nothing. ``JobRun`` declares it; a program never does.
    """

    def __init__(self, resource_name: str, job: pulumi.Input[str], opts: pulumi.ResourceOptions) -> None:
        super().__init__(LaunchTokenProvider(), resource_name, {JOB: job, VALUE: None, LAUNCH: None}, opts)

    @property
    def value(self) -> pulumi.Output[str]:
        """The value, secret."""
        return cast("pulumi.Output[str]", pulumi.get(self, VALUE))


class JobRun(Resource, module="emrserverless", name="JobRun"):
    """One run of a job on an EMR Serverless application.

    The run is started when the resource is created; creating does not wait for its end. A change of the tags is made
    on the living run. Every other change of what is asked for starts a new run, after the old one was cancelled.

    Args:
        resource_name: the name of the resource in the stack. The run's own name is ``name``.
        args_or_opts: one of the next two, for those who write members as one dict, or options, in the second place.
        opts: Pulumi's resource options. ``delete_before_replace`` is always on.
        args: what to run and how; ``JobRunArgs`` documents each member.
    """

    _inputs: Mapping[str, Any] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        """A subclass is the same kind of resource: a job that moves into one keeps its run."""
        super().__init_subclass__(**_type_of_subclass(cls, options))

    def __init__(
        self,
        resource_name: str,
        args_or_opts: JobRunArgs | pulumi.ResourceOptions | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **args: Unpack[JobRunArgs],
    ) -> None:
        # The second may be either, as with the resources of other providers.
        members: Mapping[str, Any] = args_or_opts if isinstance(args_or_opts, Mapping) else {}
        declaration = Declaration(resource_name, dict(members) | dict(args))
        opts = _job_options(opts or (None if members else args_or_opts), declaration)
        key = _job_key(resource_name, opts.parent)
        companion = LaunchToken(resource_name, key, _companion_options(opts))
        # First, for they are sent in this order: a mistake is told before Pulumi meets a value that it cannot send.
        inputs: dict[str, Any] = {SECRETS: None, **_NO_OUTPUTS}
        if not declaration.messages:
            inputs |= {**to_api(declaration.args), LAUNCH_TOKEN: companion.value, JOB: key, **_secret_settings()}
            declaration.goes_to(self, inputs)
        inputs[SECRETS] = secret_paths(inputs, declaration.require_good)
        super().__init__(JobRunProvider(), resource_name, inputs, opts)
        self._inputs = inputs

    @classmethod
    def from_definition(
        cls,
        resource_name: str,
        definition: str | Path | Definition,
        opts: pulumi.ResourceOptions | None = None,
        *,
        variables: Mapping[str, pulumi.Input[Any]] | None = None,
        **overrides: Unpack[JobRunOverrides],
    ) -> JobRun:
        """A run that a file defines, in the AWS CLI's ``--cli-input-json`` or ``--cli-input-yaml`` shape.

        Args:
            resource_name: the name of the resource in the stack.
            definition: a ``.json``, ``.yaml`` or ``.yml`` file, or what ``load_definitions`` has read.
            opts: Pulumi's resource options.
            variables: what ``${name}`` stands for, Outputs among them; without them every ``${...}`` is plain text.
            overrides: keywords of ``JobRun``; each replaces the file's member as a whole, as the CLI's options do.

        Raises:
            DeclarationError: everything that is wrong with the file, a line each, with line and column.
        """
        from pulumi_emr_serverless.definitions.files import Definition, load_definition, merge  # noqa: PLC0415 - as its file
        from pulumi_emr_serverless.program.variables import open_variables  # noqa: PLC0415 - as above

        with shown_to_people():
            if not isinstance(definition, Definition):
                definition = load_definition(definition, open_variables(variables))
            # The file's members are under the API's names already, which JobRun takes as well.
            merged = merge(definition, to_api(overrides)).properties
        return cls(resource_name, opts, **cast("JobRunArgs", merged))

    @classmethod
    def get(
        cls,
        resource_name: str,
        id: pulumi.Input[str],  # noqa: A002 - Pulumi's name for it in every resource
        opts: pulumi.ResourceOptions | None = None,
        *,
        region: pulumi.Input[str] | None = None,
        endpoint: pulumi.Input[str] | None = None,
    ) -> JobRun:
        """An existing run, read and never changed: this stack does not own it.

        Args:
            resource_name: the name of the resource in the stack.
            id: ``<application ID>/<job run ID>``.
            opts: Pulumi's resource options.
            region: where the application is; by default the stack's.
            endpoint: the URL to call instead of AWS's own.

        Raises:
            DeclarationError: the ID is not of that form. A run that AWS does not know fails the update.
        """
        if isinstance(id, str):
            with shown_to_people():
                _require_id(resource_name, id)
        run = cls.__new__(cls)
        place = {"region": region, "endpoint": endpoint, **_secret_settings()}
        wanted = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=id))
        Resource.__init__(run, JobRunProvider(), resource_name, {**_NO_OUTPUTS, **_NO_INPUTS, **place}, wanted)
        return run

    @staticmethod
    def check(resource_name: str = "job", /, **args: Any) -> list[str]:
        """What is wrong with the keywords of a ``JobRun``, a sentence each: for unit tests, in which nothing else says it.

        What is not known yet, such as an Output, is not looked at. ``pulumi preview`` says the same, and more where it
        knows more.

        Args:
            resource_name: begins each sentence.
            args: the keywords of ``JobRun``.
        """
        return wrong_with(resource_name, args)

    @cached_property
    def completion(self) -> Completion:
        """What becomes of the run: outputs that are known when it has ended. Using it makes the update wait.

        The update fails when the run fails, with AWS's reason and where the logs are; the run stays in the state.
        """
        return self.wait()

    @property
    def completed(self) -> pulumi.Output[JobRun]:
        """The run itself, known when it has ended: ``depends_on=[run.completed]``."""
        return self.completion.completed.apply(lambda _: self)

    def wait(
        self,
        *,
        timeout: float | timedelta | None = None,
        allow_failure: bool = False,
        healthy_for: float | timedelta = 30.0,
        billed_timeout: float | timedelta = 60.0,
    ) -> Completion:
        """As ``completion``, with a say in how to wait.

        Args:
            timeout: seconds, or a ``timedelta``, after which the update fails; the run goes on. None waits for its end.
            allow_failure: a run that FAILED or was CANCELLED is a result like any other.
            healthy_for: seconds, or a ``timedelta``, that a streaming run, which has no end, must be RUNNING in one
                attempt to count as completed.
            billed_timeout: seconds after its end, or a ``timedelta``, that ``billed``, ``total`` and ``cost`` wait for AWS
                to say what the run used and billed. They are None beyond that.
        """
        from pulumi_emr_serverless.program.completion import completion_of  # noqa: PLC0415 - few programs wait
        from pulumi_emr_serverless.program.waits import WaitOptions  # noqa: PLC0415 - as above

        options = WaitOptions(
            timeout=timeout, allow_failure=allow_failure, healthy_for=healthy_for, billed_timeout=billed_timeout
        )
        return completion_of(self, options, self._inputs)

    @property
    def job_run_id(self) -> pulumi.Output[str]:
        """The run's ID, as StartJobRun returned it."""
        return self._output("jobRunId")

    @property
    def arn(self) -> pulumi.Output[str]:
        """The run's ARN: ``arn:<partition>:emr-serverless:<region>:<account>:/applications/<id>/jobruns/<id>``."""
        return self._output("arn")

    @property
    def application_id(self) -> pulumi.Output[str]:
        """The application that the run is on."""
        return self._output("applicationId")

    @property
    def client_token(self) -> pulumi.Output[str]:
        """The client token that the run was started with, given or derived."""
        return self._output("clientToken")

    @property
    def logs(self) -> pulumi.Output[dict[str, str]]:
        """Where its logs are: ``s3Prefix``, ``cloudWatchLogGroup``, ``cloudWatchLogStreamPrefix``, where configured."""
        return self._output("logs")

    @property
    def observed(self) -> pulumi.Output[dict[str, Any]]:
        """The run as the last ``pulumi refresh`` saw it: ``state``, ``attempt``, timings, billed resources."""
        return self._output("observed")

    @property
    def tags(self) -> pulumi.Output[dict[str, str] | None]:
        """The run's tags, without this package's own."""
        return self._output("tags")

    def _output(self, name: str) -> pulumi.Output[Any]:
        return cast("pulumi.Output[Any]", pulumi.get(self, name))


def _type_of_subclass(cls: type, options: Mapping[str, Any]) -> dict[str, Any]:
    """What Pulumi makes a dynamic resource's type of. It is a part of each URN, and this package's."""
    if not options.keys().isdisjoint(("module", "name")):
        raise DeclarationError(
            f"class {cls.__name__}: a subclass of JobRun has its resource type, so that a job can move into the subclass "
            "and keep its run. Leave out module= and name=."
        )
    return {**options, "module": "emrserverless", "name": "JobRun"}


def _secret_settings() -> dict[str, list[str]]:
    found = secret_settings()
    return {SECRET_SETTINGS: found} if found else {}


def _require_id(resource_name: str, id_: str) -> None:
    try:
        split_id(id_)
    except InvalidRequestError as error:
        raise InvalidRequestError(f"{resource_name}: {error}") from error


_REFUSED_OPTIONS: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    (
        "delete_before_replace",
        lambda value: value is False,
        (
            "delete_before_replace=False is not possible for a JobRun: the new run would start while the old one still writes, "
            "and Pulumi would then delete, that is cancel, the wrong one."
        ),
    ),
    (
        "retain_on_delete",
        bool,
        (
            "retain_on_delete is not possible for a JobRun: Pulumi would not tell that the run is let go, and the next update "
            'would take it for one that a crash left behind. Say on_delete="retain" instead.'
        ),
    ),
    (
        "deleted_with",
        lambda value: value is not None,
        (
            "deleted_with is not possible for a JobRun: Pulumi would not tell that the run is over, and it would go on in no "
            'state. Leave it out; on_delete="retain" lets a run go on.'
        ),
    ),
    (
        "import_",
        lambda value: value is not None,
        (
            "import_ is not possible for a JobRun in a Python program: Pulumi imports no dynamic resource. "
            "JobRun.get(name, id) reads a run that exists; `emrs import-run` writes its definition."
        ),
    ),
)
"""Pulumi's options that would leave a run in no state, or cannot work; when; and why."""


def _job_options(opts: Any, declaration: Declaration) -> pulumi.ResourceOptions:
    """The job's options: never two runs of one job at once."""
    if opts is not None and not isinstance(opts, pulumi.ResourceOptions):
        declaration.refuse(
            f"the options are of the Python type {type(opts).__qualname__}; write opts=pulumi.ResourceOptions(...), and the "
            "members as keywords or as one dict"
        )
    if not declaration.has_name:
        raise DeclarationError("\n".join(declaration.messages))
    for name, is_refused, why in _REFUSED_OPTIONS:
        if opts is not None and is_refused(getattr(opts, name)):
            declaration.refuse(why)
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(delete_before_replace=True))


def _job_key(resource_name: str, parent: pulumi.Resource | None) -> pulumi.Input[str]:
    """What tells this job from the others of the stack within one update."""
    if parent is None:
        return resource_name

    async def key() -> str:
        # The text alone: as an Output it would depend on the parent, which depends on its children.
        return f"{await parent.urn.future()}::{resource_name}"

    return pulumi.Output.from_input(key())


def _companion_options(opts: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(
        parent=opts.parent,
        protect=opts.protect,
        aliases=None if opts.aliases is None else [_companion_alias(alias) for alias in opts.aliases],
        additional_secret_outputs=[VALUE],
        delete_before_replace=True,
    )


def _companion_alias(alias: pulumi.Input[str | pulumi.Alias]) -> Any:
    """The alias of the companion beside the job's. Copied as it is, an URN would hand it the job's own state."""
    if isinstance(alias, pulumi.Alias):
        return pulumi.Alias(alias.name, LAUNCH_TOKEN_TYPE, alias.parent, alias.stack, alias.project)
    if isinstance(alias, str):
        return alias.replace(f"{JOB_RUN_TYPE}::", f"{LAUNCH_TOKEN_TYPE}::")
    return pulumi.Output.from_input(cast("Any", alias)).apply(_companion_alias)
