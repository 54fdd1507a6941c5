"""The inputs of a ``JobRun``, typed: one TypedDict for each structure of AWS's StartJobRun.

Names are AWS's own, in snake_case; :func:`to_api` turns them into the API's. Every value, at every level, may be an
output of another resource. Limits are AWS's; where a member needs a certain EMR release, it says so.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

import pulumi
from typing_extensions import NotRequired, Required, TypedDict, get_type_hints, is_typeddict

__all__ = [
    "CloudWatchLoggingConfiguration",
    "Configuration",
    "ConfigurationOverrides",
    "DiskEncryptionConfiguration",
    "ExecutionIamPolicy",
    "FlexExecution",
    "Hive",
    "JobDriver",
    "JobRunArgs",
    "LogType",
    "ManagedPersistenceMonitoringConfiguration",
    "Mode",
    "MonitoringConfiguration",
    "PrometheusMonitoringConfiguration",
    "RetryPolicy",
    "S3MonitoringConfiguration",
    "SparkSubmit",
    "WorkerType",
    "to_api",
]

Mode = Literal["BATCH", "STREAMING"]
"""What a run is: it ends by itself, or it goes on until it is cancelled (from EMR 7.1.0)."""

Rerun = Literal["never", "on_failure"]
"""Whether a run that has failed is started again by the next ``pulumi up``."""

OnDelete = Literal["cancel", "retain"]
"""What becomes of a living run when its resource is deleted or replaced."""

WorkerType = Literal["SPARK_DRIVER", "SPARK_EXECUTOR", "HIVE_DRIVER", "TEZ_TASK"]
"""The workers whose logs can go to CloudWatch."""

LogType = Literal["STDOUT", "STDERR", "HIVE_LOG", "TEZ_AM", "SYSTEM_LOGS"]
"""The logs of a worker. ``HIVE_LOG`` and ``TEZ_AM`` are HIVE_DRIVER's, ``SYSTEM_LOGS`` are TEZ_TASK's."""


class ExecutionIamPolicy(TypedDict):
    """Narrows the permissions of the execution role for one run: only what both allow is allowed."""

    policy: NotRequired[pulumi.Input[str]]
    """An inline IAM policy, as JSON of 1 to 2048 characters."""
    policy_arns: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """The ARNs of at most 10 IAM policies. Their order means nothing."""


class SparkSubmit(TypedDict):
    """A Spark job. ``spark_submit(...)`` writes one from named arguments."""

    entry_point: Required[pulumi.Input[str]]
    """The script or JAR, usually in Amazon S3: 1 to 4096 characters."""
    entry_point_arguments: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """What the job's ``main`` gets: at most 1024 strings."""
    spark_submit_parameters: NotRequired[pulumi.Input[str]]
    """Options of ``spark-submit``, such as ``--conf spark.executor.cores=4``: 1 to 102400 characters.
    The same --conf in another order or with other quotes starts no new run."""


class Hive(TypedDict):
    """A Hive job."""

    query: Required[pulumi.Input[str]]
    """The file with the query in Amazon S3, or the query itself: 1 to 10280 characters."""
    init_query_file: NotRequired[pulumi.Input[str]]
    """A file in Amazon S3 that runs before the query: 1 to 256 characters."""
    parameters: NotRequired[pulumi.Input[str]]
    """Options of Hive, such as ``--hiveconf hive.exec.parallel=true``: 1 to 102400 characters."""


class JobDriver(TypedDict):
    """What runs: exactly one of the two."""

    spark_submit: NotRequired[pulumi.Input[SparkSubmit]]
    """A Spark job, on an application of type SPARK."""
    hive: NotRequired[pulumi.Input[Hive]]
    """A Hive job, on an application of type HIVE."""


class Configuration(TypedDict):
    """Settings of one configuration file, such as ``spark-defaults``. They come before those of the application."""

    classification: Required[pulumi.Input[str]]
    """The file: ``spark-defaults``, ``spark-driver-log4j2`` (from EMR 6.8.0), ``hive-site``, ... 1 to 1024 characters."""
    properties: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """At most 100 settings; a key has 1 to 1024 characters, a value at most 1024, and neither may be blank."""
    configurations: NotRequired[pulumi.Input[Sequence[pulumi.Input[Configuration]]]]
    """At most 100 configurations inside this one."""


class S3MonitoringConfiguration(TypedDict):
    """Logs to Amazon S3."""

    log_uri: NotRequired[pulumi.Input[str]]
    """Where to: ``s3://bucket/prefix``, at most 10280 characters."""
    encryption_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of a KMS key that encrypts them."""


class ManagedPersistenceMonitoringConfiguration(TypedDict):
    """Logs that AWS keeps for 30 days, free of charge. The application UIs need them."""

    enabled: NotRequired[pulumi.Input[bool]]
    """AWS's default is true."""
    encryption_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of a KMS key that encrypts them."""


class CloudWatchLoggingConfiguration(TypedDict):
    """Logs to Amazon CloudWatch."""

    enabled: Required[pulumi.Input[bool]]
    """Whether to publish them."""
    log_group_name: NotRequired[pulumi.Input[str]]
    """1 to 512 letters, digits and the characters ``. - _ / #``. AWS's default is ``/aws/emr-serverless``."""
    log_stream_name_prefix: NotRequired[pulumi.Input[str]]
    """1 to 512 characters, without ``:`` and ``*``."""
    encryption_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of a KMS key that encrypts them."""
    log_types: NotRequired[pulumi.Input[Mapping[WorkerType, pulumi.Input[Sequence[pulumi.Input[LogType]]]]]]
    """Which logs of which workers. AWS's default is the driver's STDOUT and STDERR. Their order means nothing."""


class PrometheusMonitoringConfiguration(TypedDict):
    """Metrics to Amazon Managed Service for Prometheus (from EMR 7.1.0)."""

    remote_write_url: NotRequired[pulumi.Input[str]]
    """``https://aps-workspaces.<region>.amazonaws.com/workspaces/<id>/api/v1/remote_write``"""


class MonitoringConfiguration(TypedDict):
    """Where logs and metrics go. It replaces what the application says about the same destination."""

    s3_monitoring_configuration: NotRequired[pulumi.Input[S3MonitoringConfiguration]]
    """Logs to Amazon S3."""
    managed_persistence_monitoring_configuration: NotRequired[pulumi.Input[ManagedPersistenceMonitoringConfiguration]]
    """Logs that AWS keeps."""
    cloud_watch_logging_configuration: NotRequired[pulumi.Input[CloudWatchLoggingConfiguration]]
    """Logs to Amazon CloudWatch."""
    prometheus_monitoring_configuration: NotRequired[pulumi.Input[PrometheusMonitoringConfiguration]]
    """Metrics to Amazon Managed Service for Prometheus."""


class DiskEncryptionConfiguration(TypedDict):
    """How the disks of the workers are encrypted."""

    encryption_context: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """At most 8 pairs that go with every use of the key, not secret: keys of 1 to 128, values of 1 to 384 characters."""
    encryption_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of a KMS key."""


class ConfigurationOverrides(TypedDict):
    """What this run does otherwise than its application."""

    application_configuration: NotRequired[pulumi.Input[Sequence[pulumi.Input[Configuration]]]]
    """At most 100 configurations. Before EMR 8.1 they replace those of the application, from 8.1 both are merged."""
    monitoring_configuration: NotRequired[pulumi.Input[MonitoringConfiguration]]
    """Where logs and metrics go."""
    disk_encryption_configuration: NotRequired[pulumi.Input[DiskEncryptionConfiguration]]
    """How the disks of the workers are encrypted."""


class RetryPolicy(TypedDict):
    """How often AWS runs the job again when it fails (from EMR 7.1.0)."""

    max_attempts: NotRequired[pulumi.Input[int]]
    """BATCH only: 1 to 10 attempts in all; AWS's default is 1, which never retries."""
    max_failed_attempts_per_hour: NotRequired[pulumi.Input[int]]
    """STREAMING only: 1 to 10 failed attempts within an hour, then AWS gives up; AWS's default is 5."""


class FlexExecution(TypedDict):
    """EMR Serverless Flex capacity."""

    enabled: NotRequired[pulumi.Input[bool]]
    """AWS's default is false."""


class JobRunOptions(TypedDict):
    """What a ``JobRun`` may say, and need not."""

    client_token: NotRequired[pulumi.Input[str]]
    """AWS starts one run for one token: 1 to 64 letters, digits, dots, underscores and hyphens. Leave it out, and this
    package derives one that makes every ``pulumi up`` start exactly the runs that it wants."""
    execution_iam_policy: NotRequired[pulumi.Input[ExecutionIamPolicy]]
    """Narrows the permissions of the role for this run."""
    job_driver: NotRequired[pulumi.Input[JobDriver]]
    """What runs: ``spark_submit`` or ``hive``."""
    configuration_overrides: NotRequired[pulumi.Input[ConfigurationOverrides]]
    """What this run does otherwise than its application."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """At most 48 tags (AWS allows 50, two are this package's). Keys of 1 to 128, values of up to 256 letters, digits,
    spaces and the characters ``/ _ . : = + @ -``; no key begins with ``aws:`` or ``pulumi-emr-serverless:``.
    Tags change in place."""
    execution_timeout_minutes: NotRequired[pulumi.Input[int]]
    """Minutes after which AWS cancels the run. BATCH: 1 to 10080 (7 days); STREAMING: 0 for no limit, or up to 1000000.
    AWS's default for BATCH is 720 (12 hours)."""
    name: NotRequired[pulumi.Input[str]]
    """The name that AWS shows for the run, 1 to 256 characters; need not be unique."""
    mode: NotRequired[pulumi.Input[Mode]]
    """``BATCH``, AWS's default, or ``STREAMING`` (from EMR 7.1.0)."""
    retry_policy: NotRequired[pulumi.Input[RetryPolicy]]
    """How often AWS runs the job again when it fails (from EMR 7.1.0)."""
    flex_execution: NotRequired[pulumi.Input[FlexExecution]]
    """Whether the run may use EMR Serverless Flex capacity."""
    triggers: NotRequired[pulumi.Input[Any]]
    """Any values that JSON can hold, such as the hash of a script. A change of them starts a new run."""
    region: NotRequired[pulumi.Input[str]]
    """The AWS region of the application, where it is not that of the stack's configuration."""
    endpoint: NotRequired[pulumi.Input[str]]
    """The http(s) URL of EMR Serverless, where it is not AWS's: an emulator, or a VPC endpoint."""
    rerun: NotRequired[pulumi.Input[Rerun]]
    """``never``, the default, or ``on_failure``: the next ``pulumi up`` replaces a run that has FAILED or was CANCELLED."""
    on_delete: NotRequired[pulumi.Input[OnDelete]]
    """What becomes of a living run that is deleted or replaced: ``cancel``, the default, or ``retain``: it goes on."""
    cancel_grace_period_seconds: NotRequired[pulumi.Input[int]]
    """How long a cancelled run may go on to end cleanly: 0 or 15 to 1800. AWS's default: 0 for BATCH, 120 for STREAMING."""


class JobRunArgs(JobRunOptions):
    """Every keyword of ``JobRun``.

    A change of ``tags``, ``endpoint``, ``rerun``, ``on_delete`` or ``cancel_grace_period_seconds`` leaves the run as it
    is; a change of any other starts a new one.
    """

    application_id: Required[pulumi.Input[str]]
    """The ID of the application that runs the job, 1 to 64 lower-case letters and digits; not its name."""
    execution_role_arn: Required[pulumi.Input[str]]
    """The ARN of the IAM role that the job has, 20 to 2048 characters."""


class JobRunOverrides(JobRunOptions):
    """What a ``JobRun`` from a definition file says otherwise than the file; each replaces the file's member."""

    application_id: NotRequired[pulumi.Input[str]]
    """The ID of the application that runs the job, 1 to 64 lower-case letters and digits; not its name."""
    execution_role_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the IAM role that the job has, 20 to 2048 characters."""


# --- from snake_case to the API's names ---------------------------------------------------------------------------


def to_api(args: Mapping[str, Any]) -> dict[str, Any]:
    """Keywords of a ``JobRun`` as the property bag that goes to the engine, under the API's names.

    Names are converted where the TypedDicts have a structure, and nowhere else: keys of tags, of a configuration's
    properties or within triggers stay what they are. The API's own names are taken too; an unknown name is passed
    on as it is, for the check to report. ``None`` means left out. Outputs pass through; one that stands for a whole
    structure is converted when its value is known.
    """
    return _structure(JobRunArgs, args)


def given_twice(args: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Members that stand there in both spellings: where, and the other name."""
    yield from _given_twice(_Shape(JobRunArgs), args, ())


def _given_twice(
    shape: _Shape, value: Any, location: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if shape.structure is None or isinstance(value, (str, pulumi.Output)):
        return
    if shape.listed and isinstance(value, Sequence):
        for index, item in enumerate(value):
            yield from _given_twice(_Shape(shape.structure), item, (*location, index))
    elif not shape.listed and isinstance(value, Mapping):
        for key, item in value.items():
            snake = key if key in _shapes(shape.structure) else _snake_name(shape.structure, key)
            if item is not None and key == snake != _api_name(key) and value.get(_api_name(key)) is not None:
                yield (*location, key), _api_name(key)
            yield from _given_twice(_shapes(shape.structure).get(snake, _Shape()), item, (*location, key))


class _Shape(NamedTuple):
    """Where a member leads: to a structure, to a list of them, or (neither) to a value that is not ours to change."""

    structure: type | None = None
    listed: bool = False


def _structure(definition: type, value: Mapping[str, Any]) -> dict[str, Any]:
    shapes = _shapes(definition)
    result: dict[str, Any] = {}
    for key, item in value.items():
        if item is None:
            continue
        name = _api_name(key) if key in shapes else key
        if name != key and value.get(name) is not None:
            name = key  # Given in both spellings: the check reports this one, instead of one of them being lost.
        result[name] = _member(shapes.get(_snake_name(definition, name), _Shape()), item)
    return result


def _member(shape: _Shape, value: Any) -> Any:
    if shape.structure is None:
        return value
    if isinstance(value, pulumi.Output):
        return value.apply(partial(_member, shape))
    if isinstance(value, Awaitable):
        return pulumi.Output.from_input(value).apply(partial(_member, shape))
    if shape.listed and isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [_member(_Shape(shape.structure), item) for item in value]
    if not shape.listed and isinstance(value, Mapping):
        return _structure(shape.structure, value)
    return value


@cache
def _shapes(definition: type) -> dict[str, _Shape]:
    return {name: _shape(hint) for name, hint in _hints(definition).items()}


def _hints(definition: type) -> dict[str, Any]:
    # pulumi.Input holds the string "Output[T]", which says nothing in this module.
    return get_type_hints(definition, localns={"Output": pulumi.Output, "T": Any})


def _shape(hint: Any) -> _Shape:
    """The shape of ``Input[...]``, which is a union of the value, an awaitable and an output of it."""
    if get_origin(hint) is Union:
        return _shape(get_args(hint)[0])
    if is_typeddict(hint):
        return _Shape(hint)
    if get_origin(hint) is Sequence:
        return _Shape(_shape(get_args(hint)[0]).structure, listed=True)
    return _Shape()


def _api_name(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _snake_name(definition: type, api_name: str) -> str:
    return _snake_names(definition).get(api_name, "")


@cache
def _snake_names(definition: type) -> dict[str, str]:
    return {_api_name(name): name for name in _shapes(definition)}
