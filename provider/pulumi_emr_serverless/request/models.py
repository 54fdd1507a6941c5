"""The models: every member of StartJobRun with its limits, and the properties of a ``JobRun`` that are ours.

The order of the members is that of AWS's service model. A limit stands here once, beside the type it limits.
"""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from pydantic.alias_generators import to_camel

from pulumi_emr_serverless.request.field_types import (
    AnyJson,
    Boolean,
    Choice,
    GracePeriod,
    Integer,
    JsonText,
    ListOf,
    MapOf,
    String,
    Structure,
    TagKey,
)

MAX_NAME: Final = 256
"""Characters of a run's name."""
MAX_TAGS: Final = 50
"""What AWS documents for a resource; its model says 200."""
RESERVED_TAGS: Final = 2
"""Tags that this package puts on every run (see ``launch``)."""
MAX_USER_TAGS: Final = MAX_TAGS - RESERVED_TAGS
RESERVED_TAG_PREFIXES: Final = ("aws:", "pulumi-emr-serverless:")

MAX_BATCH_TIMEOUT_MINUTES: Final = 10080
"""Seven days: the most a BATCH run may take, from EMR release 7.11."""
MAX_ATTEMPTS: Final = 10

_DRIVER_LOGS = ("STDOUT", "STDERR")
LOG_TYPES: Final = {
    "SPARK_DRIVER": _DRIVER_LOGS,
    "SPARK_EXECUTOR": _DRIVER_LOGS,
    "HIVE_DRIVER": (*_DRIVER_LOGS, "HIVE_LOG", "TEZ_AM"),
    "TEZ_TASK": (*_DRIVER_LOGS, "SYSTEM_LOGS"),
}
"""Which worker writes which logs to CloudWatch: EMR Serverless User Guide, "Logging with Amazon CloudWatch"."""

NOT_BLANK: Final = r"(?s).*\S.*"
"""AWS writes ``.*\\S.*``. Queries and parameters of several lines are fine, so the dot takes line ends too."""
_PLAIN: Final = r"[A-Za-z0-9 /_.:=+@-]"

ApplicationId = Annotated[
    str,
    String(
        1,
        64,
        r"[0-9a-z]+",
        says="lower-case letters and digits",
        remedy="it is the ID of the application, not its name",
    ),
]
ClientToken = Annotated[str, String(1, 64, r"[A-Za-z0-9._-]+", says="letters, digits, dots, underscores and hyphens")]
RoleArn = Annotated[
    str,
    String(
        20,
        2048,
        r"arn:(aws[a-zA-Z0-9-]*):iam::([0-9]{12}):(role((\u002F)|(\u002F[\u0021-\u007F]+\u002F))[\w+=,.@-]+)",
        like="arn:aws:iam::123456789012:role/emr-job",
        what="the ARN of an IAM role",
    ),
]
PolicyDocument = Annotated[str, JsonText(1, 2048, r"[\t\n\r\x20-\xff]+", says="characters of Latin-1")]
PolicyArn = Annotated[
    str,
    String(
        20,
        2048,
        r"arn:aws[a-zA-Z0-9-]*:iam::(aws|[0-9]{12}):policy/[\x21-\x7e]+",
        like="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
        what="the ARN of an IAM policy",
    ),
]
KeyArn = Annotated[
    str,
    String(
        20,
        2048,
        r"arn:(aws[a-zA-Z0-9-]*):kms:[a-zA-Z0-9\-]*:([0-9]{12}):key\/[a-zA-Z0-9-]+",
        like="arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        what="the ARN of a KMS key",
        remedy="an alias or a key ID alone is not accepted",
    ),
]
LogUri = Annotated[
    str,
    String(1, 10280, r"(?s)s3://[^/\s]+(/.*)?", like="s3://bucket/logs/", what="a location in Amazon S3"),
]
LogGroupName = Annotated[
    str,
    String(1, 512, r"[\.\-_/#A-Za-z0-9]+", says="letters, digits and the characters . - _ / #"),
]
LogStreamNamePrefix = Annotated[str, String(1, 512, r"[^:*]*", says="characters other than ':' and '*'")]
RemoteWriteUrl = Annotated[
    str,
    String(
        1,
        10280,
        r"https://aps-workspaces.([a-z]{2}-[a-z-]{1,20}-[1-9]).amazonaws(.[0-9A-Za-z]{2,4})+/workspaces/"
        r"[-_.0-9A-Za-z]{1,100}/api/v1/remote_write",
        like="https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1/api/v1/remote_write",
        what="the remote write URL of a workspace in Amazon Managed Service for Prometheus",
    ),
]
Region = Annotated[
    str, String(1, 32, r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}", like="eu-west-1", what="the code of an AWS region")
]
Endpoint = Annotated[
    str,
    String(
        1,
        2048,
        r"https?://[^\s/?#@]+(/[^\s@]*)?",
        like="http://localhost:5000",
        what="an http or https URL",
        remedy="credentials do not belong in it",
        shown=False,
    ),
]


class _Structure(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)


class ExecutionIamPolicy(_Structure):
    policy: PolicyDocument | None = None
    policy_arns: Annotated[list[PolicyArn] | None, ListOf(0, 10)] = None


class SparkSubmit(_Structure):
    entry_point: Annotated[str, String(1, 4096, NOT_BLANK)]
    entry_point_arguments: Annotated[list[Annotated[str, String(0)]] | None, ListOf(0, 1024)] = None
    spark_submit_parameters: Annotated[str | None, String(1, 102400, NOT_BLANK)] = None


class Hive(_Structure):
    query: Annotated[str, String(1, 10280, NOT_BLANK)]
    init_query_file: Annotated[str | None, String(1, 256, NOT_BLANK)] = None
    parameters: Annotated[str | None, String(1, 102400, NOT_BLANK)] = None


class JobDriver(_Structure):
    """A union: exactly one member. ``rules`` holds that, for a union of Unknowns is one too."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    spark_submit: Annotated[SparkSubmit | None, Structure()] = None
    hive: Annotated[Hive | None, Structure()] = None


class Configuration(_Structure):
    classification: Annotated[str, String(1, 1024, NOT_BLANK)]
    properties: Annotated[
        dict[Annotated[str, String(1, 1024, NOT_BLANK)], Annotated[str, String(0, 1024, NOT_BLANK)]] | None,
        MapOf(0, 100),
    ] = None
    configurations: Annotated[list[Annotated[Configuration, Structure()]] | None, ListOf(0, 100)] = None


class S3MonitoringConfiguration(_Structure):
    log_uri: LogUri | None = None
    encryption_key_arn: KeyArn | None = None


class ManagedPersistenceMonitoringConfiguration(_Structure):
    enabled: Annotated[bool | None, Boolean()] = None
    encryption_key_arn: KeyArn | None = None


class CloudWatchLoggingConfiguration(_Structure):
    enabled: Annotated[bool, Boolean()]
    log_group_name: LogGroupName | None = None
    log_stream_name_prefix: LogStreamNamePrefix | None = None
    encryption_key_arn: KeyArn | None = None
    log_types: Annotated[
        dict[
            Annotated[str, Choice(*LOG_TYPES)],
            Annotated[
                list[Annotated[str, Choice("STDOUT", "STDERR", "HIVE_LOG", "TEZ_AM", "SYSTEM_LOGS")]], ListOf(1, 5)
            ],
        ]
        | None,
        MapOf(1, 4),
    ] = None


class PrometheusMonitoringConfiguration(_Structure):
    remote_write_url: RemoteWriteUrl | None = None


class MonitoringConfiguration(_Structure):
    s3_monitoring_configuration: Annotated[S3MonitoringConfiguration | None, Structure()] = None
    managed_persistence_monitoring_configuration: Annotated[
        ManagedPersistenceMonitoringConfiguration | None, Structure()
    ] = None
    cloud_watch_logging_configuration: Annotated[CloudWatchLoggingConfiguration | None, Structure()] = None
    prometheus_monitoring_configuration: Annotated[PrometheusMonitoringConfiguration | None, Structure()] = None


class DiskEncryptionConfiguration(_Structure):
    encryption_context: Annotated[
        dict[Annotated[str, String(1, 128)], Annotated[str, String(1, 384)]] | None, MapOf(0, 8)
    ] = None
    encryption_key_arn: KeyArn | None = None


class ConfigurationOverrides(_Structure):
    application_configuration: Annotated[list[Annotated[Configuration, Structure()]] | None, ListOf(0, 100)] = None
    monitoring_configuration: Annotated[MonitoringConfiguration | None, Structure()] = None
    disk_encryption_configuration: Annotated[DiskEncryptionConfiguration | None, Structure()] = None


class RetryPolicy(_Structure):
    max_attempts: Annotated[int | None, Integer(1, MAX_ATTEMPTS)] = None
    max_failed_attempts_per_hour: Annotated[int | None, Integer(1, MAX_ATTEMPTS)] = None


class FlexExecution(_Structure):
    enabled: Annotated[bool | None, Boolean()] = None


class StartJobRun(_Structure):
    """The request. ``clientToken`` is optional here: without one, this package derives it."""

    application_id: ApplicationId
    client_token: ClientToken | None = None
    execution_role_arn: RoleArn
    execution_iam_policy: Annotated[ExecutionIamPolicy | None, Structure()] = None
    job_driver: Annotated[JobDriver | None, Structure()] = None
    configuration_overrides: Annotated[ConfigurationOverrides | None, Structure()] = None
    tags: Annotated[
        dict[
            Annotated[str, TagKey(1, 128, _PLAIN + "+", reserved=RESERVED_TAG_PREFIXES)],
            Annotated[
                str, String(0, 256, _PLAIN + "*", says="letters, digits, spaces and the characters / _ . : = + @ -")
            ],
        ]
        | None,
        MapOf(0, MAX_USER_TAGS, remedy=f"AWS allows {MAX_TAGS}, and {RESERVED_TAGS} are this package's own"),
    ] = None
    execution_timeout_minutes: Annotated[
        int | None,
        Integer(
            0,
            1_000_000,
            remedy=f"a BATCH run takes at most {MAX_BATCH_TIMEOUT_MINUTES} minutes, a STREAMING run 0 for no limit",
        ),
    ] = None
    name: Annotated[str | None, String(1, MAX_NAME, NOT_BLANK)] = None
    mode: Annotated[str | None, Choice("BATCH", "STREAMING")] = None
    retry_policy: Annotated[RetryPolicy | None, Structure()] = None
    flex_execution: Annotated[FlexExecution | None, Structure()] = None


class JobRunProperties(StartJobRun):
    """A ``JobRun`` as the engine sees it: the request, and what steers this package instead of AWS.

    A new property of that kind is a field here, and nothing else.
    """

    triggers: Annotated[JsonValue, AnyJson()] = Field(default=None)
    region: Region | None = None
    endpoint: Endpoint | None = None
    rerun: Annotated[str | None, Choice("never", "on_failure")] = None
    on_delete: Annotated[str | None, Choice("cancel", "retain")] = None
    cancel_grace_period_seconds: Annotated[
        int | None, GracePeriod(0, 1800, remedy="AWS's default is 0 for BATCH and 120 for STREAMING")
    ] = None


def _names(model: type[BaseModel]) -> tuple[str, ...]:
    return tuple(field.alias or name for name, field in model.model_fields.items())


REQUEST_MEMBERS: Final = _names(StartJobRun)
"""The API's names of all members of StartJobRun, in the order of AWS's model."""
PROPERTIES: Final = _names(JobRunProperties)
"""All that a ``JobRun`` has, those members first."""
BEHAVIOUR_PROPERTIES: Final = PROPERTIES[len(REQUEST_MEMBERS) :]
"""Properties of a ``JobRun`` that are no part of the request."""
