"""Requests that AWS takes, and requests that it does not, each with the reason why it is in the table."""

from __future__ import annotations

import copy
import json
from typing import Any, Final, NamedTuple

from pulumi_emr_serverless.request import UNKNOWN, parse_path

ROLE: Final = "arn:aws:iam::123456789012:role/emr-job"
KEY: Final = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
PROMETHEUS: Final = "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1/api/v1/remote_write"
POLICY: Final = json.dumps({"Version": "2012-10-17", "Statement": []})
MANAGED_POLICY: Final = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"

SPARK: Final = "jobDriver.sparkSubmit"
HIVE: Final = "jobDriver.hive"
OVERRIDES: Final = "configurationOverrides"
CONFIGURATIONS: Final = f"{OVERRIDES}.applicationConfiguration"
MONITORING: Final = f"{OVERRIDES}.monitoringConfiguration"
S3: Final = f"{MONITORING}.s3MonitoringConfiguration"
MANAGED: Final = f"{MONITORING}.managedPersistenceMonitoringConfiguration"
CLOUDWATCH: Final = f"{MONITORING}.cloudWatchLoggingConfiguration"
LOG_TYPES: Final = f"{CLOUDWATCH}.logTypes"
METRICS: Final = f"{MONITORING}.prometheusMonitoringConfiguration"
DISK: Final = f"{OVERRIDES}.diskEncryptionConfiguration"

MISSING: Final = object()
"""Takes a member away."""

SMALLEST: Final[dict[str, Any]] = {
    "applicationId": "00fabcdefghij",
    "executionRoleArn": ROLE,
    "jobDriver": {"sparkSubmit": {"entryPoint": "s3://bucket/etl.py"}},
}


def request(*changes: tuple[str, Any], base: dict[str, Any] = SMALLEST) -> dict[str, Any]:
    """The smallest good request with other values at some paths; structures on the way are made."""
    properties = copy.deepcopy(base)
    for path, value in changes:
        *way, last = parse_path(path)
        place: Any = properties
        for step in way:
            place = place[step] if isinstance(step, int) else place.setdefault(step, {})
        if value is MISSING:
            del place[last]
        else:
            place[last] = value
    return properties


def hive(*changes: tuple[str, Any]) -> dict[str, Any]:
    return request(*changes, base={**SMALLEST, "jobDriver": {"hive": {"query": "s3://bucket/query.sql"}}})


def configuration(**members: Any) -> dict[str, Any]:
    return request((CONFIGURATIONS, [{"classification": "spark-defaults", **members}]))


def nested(depth: int) -> Any:
    value: Any = "deep"
    for _ in range(depth):
        value = [value]
    return value


class Bad(NamedTuple):
    why: str
    properties: dict[str, Any]
    path: str
    rule: str
    """A fragment of the message."""


class Good(NamedTuple):
    why: str
    properties: dict[str, Any]


def _wrong(why: str, path: str, value: Any, rule: str, *, at: str = "") -> Bad:
    return Bad(why, request((path, value)), at or path, rule)


_TOP_LEVEL = [
    Bad("nothing runs without an application", request(("applicationId", MISSING)), "applicationId", "is required"),
    Bad("null is as good as absent", request(("applicationId", None)), "applicationId", "is required"),
    Bad("nothing runs without a role", request(("executionRoleArn", MISSING)), "executionRoleArn", "is required"),
    _wrong("an empty config value", "applicationId", "", "must not be empty"),
    _wrong("the name instead of the ID", "applicationId", "ETL", "'ETL' must be 1 to 64 lower-case letters and digits"),
    _wrong("the remedy says which of the two is meant", "applicationId", "my-app", "it is the ID of the application"),
    _wrong("the ARN instead of the ID", "applicationId", "arn:aws:emr-serverless:x", "lower-case letters and digits"),
    _wrong("65 characters are one too many", "applicationId", "a" * 65, "at most 64 characters, not 65"),
    _wrong("fullmatch: a line end does not slip through", "applicationId", "abc\n", "lower-case letters and digits"),
    _wrong("Java's classes are ASCII: other digits are none", "applicationId", "٣٤٥", "lower-case letters"),
    _wrong("an ID read from YAML as a number", "applicationId", 123.0, "must be a string, not a number"),
    _wrong("and how to write it", "applicationId", 123, "write it in quotes"),
    _wrong("a whole application instead of its ID", "applicationId", {"id": "abc"}, "must be a string, not a map"),
    _wrong("a list from a splat", "applicationId", ["abc"], "must be a string, not a list"),
    _wrong("true is not text", "applicationId", True, "must be a string, not true or false"),
    _wrong(
        "the role's name instead of its ARN", "executionRoleArn", "emr-job-execution-role", "the ARN of an IAM role"
    ),
    _wrong("an example shows the form", "executionRoleArn", "role/x", "like arn:aws:iam::123456789012:role/"),
    _wrong("a user has an ARN too", "executionRoleArn", "arn:aws:iam::123456789012:user/me", "ARN of an IAM role"),
    _wrong(
        "an instance profile is no role", "executionRoleArn", ROLE.replace(":role/", ":instance-profile/"), "IAM role"
    ),
    _wrong("an account has 12 digits", "executionRoleArn", "arn:aws:iam::12345:role/emr-job", "ARN of an IAM role"),
    _wrong("a space from a copy", "executionRoleArn", f" {ROLE}", "ARN of an IAM role"),
    _wrong("umlauts are no word characters in Java", "executionRoleArn", f"{ROLE}-für", "ARN of an IAM role"),
    _wrong("an ARN has limits too", "executionRoleArn", ROLE + "x" * 2048, "at most 2048 characters"),
    _wrong("an empty role", "executionRoleArn", "", "must not be empty"),
    _wrong("a token with a slash", "clientToken", "a/b", "letters, digits, dots, underscores and hyphens"),
    _wrong("an empty token", "clientToken", "", "must not be empty"),
    _wrong("a token too long", "clientToken", "t" * 65, "at most 64 characters, not 65"),
    _wrong("a token with a space", "clientToken", "run 1", "([A-Za-z0-9._-]+)"),
    _wrong("a run number is no token", "clientToken", 7, "must be a string"),
    _wrong("an empty name", "name", "", "must not be empty"),
    _wrong("a blank name", "name", "   ", "must not be blank"),
    _wrong("a name too long", "name", "n" * 257, "at most 256 characters, not 257"),
    _wrong("a name is text", "name", 2024, "must be a string, not a number"),
    _wrong("lower case is the first thing people write", "mode", "batch", "did you mean BATCH?"),
    _wrong("a mode that is none", "mode", "CONTINUOUS", "'CONTINUOUS' must be BATCH or STREAMING"),
    _wrong("a mode is text", "mode", True, "must be BATCH or STREAMING, not true or false"),
    _wrong("an empty mode", "mode", "", "must be BATCH or STREAMING"),
    _wrong("Spark's word for it", "mode", "streaming", "did you mean STREAMING?"),
]

_NUMBERS = [
    _wrong("-1 is no limit elsewhere", "executionTimeoutMinutes", -1, "-1 must be 0 to 1000000"),
    _wrong("and what to write instead", "executionTimeoutMinutes", -1, "a STREAMING run 0 for no limit"),
    _wrong("as the engine delivers it", "executionTimeoutMinutes", -1.0, "-1 must be 0 to 1000000"),
    _wrong("AWS no longer takes 0 for BATCH", "executionTimeoutMinutes", 0, "must be 1 to 10080 for a BATCH run"),
    _wrong("0.0 is the same", "executionTimeoutMinutes", 0.0, "only a STREAMING run can go without a limit"),
    Bad(
        "the same where BATCH is said",
        request(("executionTimeoutMinutes", 0), ("mode", "BATCH")),
        "executionTimeoutMinutes",
        "for a BATCH run",
    ),
    _wrong("a minute over seven days", "executionTimeoutMinutes", 10081, "10081 must be 1 to 10080 (7 days)"),
    _wrong("seconds instead of minutes", "executionTimeoutMinutes", 86400.0, "only a STREAMING run can take longer"),
    Bad(
        "streaming has a limit too",
        request(("executionTimeoutMinutes", 1_000_001), ("mode", "STREAMING")),
        "executionTimeoutMinutes",
        "must be 0 to 1000000",
    ),
    Bad(
        "minutes do not become negative for STREAMING",
        request(("executionTimeoutMinutes", -5), ("mode", "STREAMING")),
        "executionTimeoutMinutes",
        "-5 must be 0 to 1000000",
    ),
    _wrong("half a minute", "executionTimeoutMinutes", 0.5, "0.5 must be a whole number"),
    _wrong("a number in quotes", "executionTimeoutMinutes", "60", "must be a whole number, not a string"),
    _wrong("and how to write it", "executionTimeoutMinutes", "60", "write it without quotes"),
    _wrong("a duration as people write it", "executionTimeoutMinutes", "1h", "must be a whole number, not a string"),
    _wrong("True is 1 in Python only", "executionTimeoutMinutes", True, "must be a whole number, not true or false"),
    _wrong("a number beyond everything", "executionTimeoutMinutes", 1e300, "a number of more than 20 digits must be"),
    _wrong("not a number", "executionTimeoutMinutes", float("nan"), "must be a whole number"),
    _wrong("infinite is not 0", "executionTimeoutMinutes", float("inf"), "must be a whole number"),
    _wrong("a list of one", "executionTimeoutMinutes", [60], "must be a whole number, not a list"),
    _wrong("no attempt at all", "retryPolicy.maxAttempts", 0, "0 must be 1 to 10"),
    _wrong("AWS documents ten", "retryPolicy.maxAttempts", 11, "11 must be 1 to 10"),
    _wrong("attempts are whole", "retryPolicy.maxAttempts", 1.5, "1.5 must be a whole number"),
    _wrong("attempts in quotes", "retryPolicy.maxAttempts", "3", "write it without quotes"),
    Bad(
        "BATCH retries by attempts",
        request(("mode", "STREAMING"), ("retryPolicy.maxAttempts", 3)),
        "retryPolicy.maxAttempts",
        "applies to BATCH runs only; a STREAMING run takes maxFailedAttemptsPerHour",
    ),
    Bad(
        "STREAMING retries by the hour, and no mode is BATCH",
        request(("retryPolicy.maxFailedAttemptsPerHour", 3)),
        "retryPolicy.maxFailedAttemptsPerHour",
        "applies to STREAMING runs only; a BATCH run takes maxAttempts",
    ),
    Bad(
        "the same where BATCH is said",
        request(("mode", "BATCH"), ("retryPolicy.maxFailedAttemptsPerHour", 3)),
        "retryPolicy.maxFailedAttemptsPerHour",
        "applies to STREAMING runs only",
    ),
    Bad(
        "ten an hour are the most",
        request(("mode", "STREAMING"), ("retryPolicy.maxFailedAttemptsPerHour", 11.0)),
        "retryPolicy.maxFailedAttemptsPerHour",
        "11 must be 1 to 10",
    ),
    Bad(
        "one an hour is the least",
        request(("mode", "STREAMING"), ("retryPolicy.maxFailedAttemptsPerHour", 0.0)),
        "retryPolicy.maxFailedAttemptsPerHour",
        "0 must be 1 to 10",
    ),
    Bad(
        "what does not apply does not apply while its value is unknown either",
        request(("mode", "STREAMING"), ("retryPolicy.maxAttempts", UNKNOWN)),
        "retryPolicy.maxAttempts",
        "applies to BATCH runs only",
    ),
    _wrong("a policy is a structure", "retryPolicy", 3, "must be a map of named members, not a number"),
]

_DRIVER = [
    _wrong("a run needs a driver of a kind", "jobDriver", {}, "must have exactly one of sparkSubmit and hive"),
    _wrong(
        "both drivers, as the CLI's skeleton has them",
        "jobDriver",
        {"sparkSubmit": {"entryPoint": "s3://b/x"}, "hive": {"query": "x"}},
        "exactly one of sparkSubmit and hive, not both",
    ),
    _wrong(
        "both, though one is not known yet",
        "jobDriver",
        {"sparkSubmit": UNKNOWN, "hive": {"query": "x"}},
        "exactly one of sparkSubmit and hive, not both",
    ),
    _wrong("null is as good as absent", "jobDriver", {"sparkSubmit": None}, "must have exactly one of"),
    _wrong("the command line instead of a structure", "jobDriver", "spark-submit x.py", "a map of named members"),
    _wrong("a list of drivers", "jobDriver", [{"sparkSubmit": {}}], "must be a map of named members, not a list"),
    _wrong("a driver as a string", SPARK, "s3://bucket/etl.py", "must be a map of named members, not a string"),
    _wrong("no entry point", SPARK, {}, "is required", at=f"{SPARK}.entryPoint"),
    _wrong("an entry point that is null", SPARK, {"entryPoint": None}, "is required", at=f"{SPARK}.entryPoint"),
    _wrong("an empty entry point", f"{SPARK}.entryPoint", "", "must not be empty"),
    _wrong("a blank entry point", f"{SPARK}.entryPoint", "\t\n ", "must not be blank"),
    _wrong("an entry point too long", f"{SPARK}.entryPoint", "s" * 4097, "<hidden> must have at most 4096"),
    _wrong("a list of entry points", f"{SPARK}.entryPoint", ["a.py"], "must be a string, not a list"),
    _wrong("an asset is no path", f"{SPARK}.entryPoint", object(), "must be a string, not a Python object"),
    _wrong("arguments as a shell writes them", f"{SPARK}.entryPointArguments", "--day 1", "put it in brackets"),
    _wrong(
        "numbers among the arguments",
        f"{SPARK}.entryPointArguments",
        ["a", 1.0],
        "write it in quotes",
        at=f"{SPARK}.entryPointArguments[1]",
    ),
    _wrong(
        "a null among the arguments would shift them",
        f"{SPARK}.entryPointArguments",
        ["a", None],
        "must be a string, not null",
        at=f"{SPARK}.entryPointArguments[1]",
    ),
    _wrong(
        "arguments inside arguments",
        f"{SPARK}.entryPointArguments",
        [["a"]],
        "must be a string, not a list",
        at=f"{SPARK}.entryPointArguments[0]",
    ),
    _wrong("a map of arguments", f"{SPARK}.entryPointArguments", {"--day": "1"}, "must be a list, not a map"),
    _wrong("1024 arguments are enough", f"{SPARK}.entryPointArguments", ["a"] * 1025, "at most 1024 items, not 1025"),
    _wrong("empty parameters", f"{SPARK}.sparkSubmitParameters", "", "must not be empty"),
    _wrong("blank parameters", f"{SPARK}.sparkSubmitParameters", " \n", "must not be blank"),
    _wrong("parameters too long", f"{SPARK}.sparkSubmitParameters", "x" * 102401, "at most 102400 characters"),
    _wrong("parameters as a list", f"{SPARK}.sparkSubmitParameters", ["--conf", "a=b"], "must be a string, not a list"),
    _wrong("parameters as a map", f"{SPARK}.sparkSubmitParameters", {"conf": {}}, "must be a string, not a map"),
    Bad("no query", hive((HIVE, {})), f"{HIVE}.query", "is required"),
    Bad("an empty query", hive((f"{HIVE}.query", "")), f"{HIVE}.query", "must not be empty"),
    Bad("a blank query", hive((f"{HIVE}.query", "  ")), f"{HIVE}.query", "must not be blank"),
    Bad("a long query belongs into a file", hive((f"{HIVE}.query", "q" * 10281)), f"{HIVE}.query", "at most 10280"),
    Bad(
        "a query is one string", hive((f"{HIVE}.query", ["SELECT 1"])), f"{HIVE}.query", "must be a string, not a list"
    ),
    Bad("an init file too long", hive((f"{HIVE}.initQueryFile", "i" * 257)), f"{HIVE}.initQueryFile", "at most 256"),
    Bad("an empty init file", hive((f"{HIVE}.initQueryFile", "")), f"{HIVE}.initQueryFile", "must not be empty"),
    Bad("empty parameters", hive((f"{HIVE}.parameters", "")), f"{HIVE}.parameters", "must not be empty"),
    Bad("blank parameters", hive((f"{HIVE}.parameters", " ")), f"{HIVE}.parameters", "must not be blank"),
    Bad("parameters too long", hive((f"{HIVE}.parameters", "p" * 102401)), f"{HIVE}.parameters", "at most 102400"),
    Bad("parameters as a map", hive((f"{HIVE}.parameters", {"a": "b"})), f"{HIVE}.parameters", "not a map"),
]

_FIRST = f"{CONFIGURATIONS}[0]"
_APPLICATION_CONFIGURATION = [
    _wrong("a map instead of a list", CONFIGURATIONS, {"classification": "x"}, "must be a list, not a map"),
    _wrong("a hundred configurations", CONFIGURATIONS, [{"classification": "x"}] * 101, "at most 100 items, not 101"),
    _wrong("a configuration as a string", CONFIGURATIONS, ["spark-defaults"], "a map of named members", at=_FIRST),
    _wrong("a configuration without its file", CONFIGURATIONS, [{}], "is required", at=f"{_FIRST}.classification"),
    _wrong(
        "the second, not the first",
        CONFIGURATIONS,
        [{"classification": "a"}, {"classification": " "}],
        "must not be blank",
        at=f"{CONFIGURATIONS}[1].classification",
    ),
    _wrong(
        "an empty file name",
        CONFIGURATIONS,
        [{"classification": ""}],
        "must not be empty",
        at=f"{_FIRST}.classification",
    ),
    _wrong(
        "a file name too long",
        CONFIGURATIONS,
        [{"classification": "c" * 1025}],
        "at most 1024 characters",
        at=f"{_FIRST}.classification",
    ),
    Bad(
        "a hundred properties",
        configuration(properties={f"k{i}": "v" for i in range(101)}),
        f"{_FIRST}.properties",
        "must have at most 100 entries, not 101",
    ),
    Bad(
        "a number as in YAML",
        configuration(properties={"spark.executor.cores": 4}),
        f'{_FIRST}.properties["spark.executor.cores"]',
        "must be a string, not a number; write it in quotes",
    ),
    Bad(
        "a flag as in YAML",
        configuration(properties={"spark.eventLog.enabled": True}),
        f'{_FIRST}.properties["spark.eventLog.enabled"]',
        "must be a string, not true or false",
    ),
    Bad(
        "an empty value: AWS's pattern wants a character",
        configuration(properties={"key": ""}),
        f"{_FIRST}.properties.key",
        "must not be blank",
    ),
    Bad("a blank value", configuration(properties={"key": "  "}), f"{_FIRST}.properties.key", "must not be blank"),
    Bad(
        "a value too long, hidden",
        configuration(properties={"key": "v" * 1025}),
        f"{_FIRST}.properties.key",
        "<hidden> must have at most 1024 characters, not 1025",
    ),
    Bad("an empty key", configuration(properties={"": "v"}), f'{_FIRST}.properties[""]', "its key must not be empty"),
    Bad("a blank key", configuration(properties={" ": "v"}), f'{_FIRST}.properties[" "]', "its key must not be blank"),
    Bad(
        "a key too long",
        configuration(properties={"k" * 1025: "v"}),
        f"{_FIRST}.properties.{'k' * 1025}",
        "its key must have at most 1024 characters",
    ),
    Bad("properties as a list of pairs", configuration(properties=["a=b"]), f"{_FIRST}.properties", "must be a map"),
    Bad(
        "properties inside properties",
        configuration(properties={"spark": {"x": "y"}}),
        f"{_FIRST}.properties.spark",
        "must be a string, not a map",
    ),
    Bad(
        "configurations inside are checked too",
        configuration(configurations=[{"properties": {}}]),
        f"{_FIRST}.configurations[0].classification",
        "is required",
    ),
    Bad(
        "and those inside them",
        configuration(
            configurations=[
                {"classification": "a", "configurations": [{"classification": "b", "properties": {"k": 1}}]}
            ]
        ),
        f"{_FIRST}.configurations[0].configurations[0].properties.k",
        "must be a string",
    ),
    Bad(
        "configurations as a map",
        configuration(configurations={"classification": "a"}),
        f"{_FIRST}.configurations",
        "must be a list, not a map",
    ),
    Bad(
        "a hundred of them",
        configuration(configurations=[{"classification": "a"}] * 101),
        f"{_FIRST}.configurations",
        "at most 100 items",
    ),
]

_MONITORING = [
    _wrong("overrides are a structure", OVERRIDES, [], "must be a map of named members, not a list"),
    _wrong("monitoring is a structure", MONITORING, "s3://bucket/logs/", "must be a map of named members"),
    _wrong("the bucket's name instead of a URI", f"{S3}.logUri", "my-bucket", "a location in Amazon S3, like s3://"),
    _wrong("a bucket's ARN", f"{S3}.logUri", "arn:aws:s3:::bucket", "a location in Amazon S3"),
    _wrong("a bucket's https URL", f"{S3}.logUri", "https://bucket.s3.amazonaws.com/logs", "a location in Amazon S3"),
    _wrong("no bucket", f"{S3}.logUri", "s3://", "a location in Amazon S3"),
    _wrong("an empty URI", f"{S3}.logUri", "", "must not be empty"),
    _wrong("a URI too long", f"{S3}.logUri", "s3://b/" + "x" * 10280, "at most 10280 characters"),
    _wrong("S3 as a string", S3, "s3://bucket/logs/", "must be a map of named members, not a string"),
    *(
        _wrong(f"the same key rule at {where}", f"{where}.encryptionKeyArn", value, rule)
        for where in (S3, MANAGED, DISK)
        for value, rule in (
            ("alias/my-key", "must be the ARN of a KMS key, like arn:aws:kms:"),
            (KEY.replace(":key/", ":alias/"), "an alias or a key ID alone is not accepted"),
            ("", "must not be empty"),
            (KEY + "x" * 2048, "must have at most 2048 characters"),
        )
    ),
    Bad(
        "CloudWatch's key as well",
        request((f"{CLOUDWATCH}.enabled", True), (f"{CLOUDWATCH}.encryptionKeyArn", "1234abcd-12ab-34cd-56ef")),
        f"{CLOUDWATCH}.encryptionKeyArn",
        "KMS key",
    ),
    _wrong("enabled as text", f"{MANAGED}.enabled", "true", "must be true or false, not a string"),
    _wrong("enabled as a number", f"{MANAGED}.enabled", 1.0, "must be true or false, not a number"),
    _wrong("managed logs as a flag", MANAGED, True, "must be a map of named members, not true or false"),
    _wrong("CloudWatch wants to be told", CLOUDWATCH, {}, "is required", at=f"{CLOUDWATCH}.enabled"),
    _wrong("null does not tell it", CLOUDWATCH, {"enabled": None}, "is required", at=f"{CLOUDWATCH}.enabled"),
    _wrong("yes is not true", CLOUDWATCH, {"enabled": "yes"}, "must be true or false", at=f"{CLOUDWATCH}.enabled"),
    *(
        Bad(
            why, request((f"{CLOUDWATCH}.enabled", True), (f"{CLOUDWATCH}.{name}", value)), f"{CLOUDWATCH}.{name}", rule
        )
        for why, name, value, rule in (
            ("a space in a log group", "logGroupName", "/aws/emr serverless", "must be 1 to 512 letters, digits and"),
            ("an empty log group", "logGroupName", "", "must not be empty"),
            ("a log group too long", "logGroupName", "g" * 513, "at most 512 characters, not 513"),
            ("a log group's ARN", "logGroupName", "arn:aws:logs:x", "must be 1 to 512 letters, digits and"),
            ("a colon in a stream", "logStreamNamePrefix", "a:b", "other than ':' and '*'"),
            ("a star in a stream", "logStreamNamePrefix", "a*", "other than ':' and '*'"),
            ("an empty stream", "logStreamNamePrefix", "", "must not be empty"),
            ("a stream too long", "logStreamNamePrefix", "s" * 513, "at most 512 characters"),
            ("no log types", "logTypes", {}, "must not be empty"),
            ("a list of log types", "logTypes", ["STDOUT"], "must be a map, not a list"),
        )
    ),
    *(
        Bad(why, request((f"{CLOUDWATCH}.enabled", True), (LOG_TYPES, value)), f"{LOG_TYPES}{at}", rule)
        for why, value, at, rule in (
            ("a worker that does not exist", {"DRIVER": ["STDOUT"]}, ".DRIVER", "its key must be SPARK_DRIVER,"),
            ("a worker in lower case", {"spark_driver": ["STDOUT"]}, ".spark_driver", "did you mean SPARK_DRIVER?"),
            ("no log", {"SPARK_DRIVER": []}, ".SPARK_DRIVER", "must not be empty"),
            ("one log as text", {"SPARK_DRIVER": "STDOUT"}, ".SPARK_DRIVER", "must be a list, not a string"),
            ("a log that does not exist", {"SPARK_DRIVER": ["STDIN"]}, ".SPARK_DRIVER[0]", "'STDIN' must be STDOUT"),
            ("a log in lower case", {"SPARK_DRIVER": ["stdout"]}, ".SPARK_DRIVER[0]", "did you mean STDOUT?"),
            ("a number", {"SPARK_DRIVER": [1]}, ".SPARK_DRIVER[0]", "not a number"),
            (
                "Spark has no Hive log",
                {"SPARK_DRIVER": ["STDOUT", "HIVE_LOG"]},
                ".SPARK_DRIVER[1]",
                "'HIVE_LOG' must be STDOUT or STDERR for SPARK_DRIVER",
            ),
            ("executors have no Tez log", {"SPARK_EXECUTOR": ["TEZ_AM"]}, ".SPARK_EXECUTOR[0]", "for SPARK_EXECUTOR"),
            (
                "the driver has no system logs",
                {"HIVE_DRIVER": ["SYSTEM_LOGS"]},
                ".HIVE_DRIVER[0]",
                "must be STDOUT, STDERR, HIVE_LOG or TEZ_AM for HIVE_DRIVER",
            ),
            (
                "tasks have no Hive log",
                {"TEZ_TASK": ["HIVE_LOG"]},
                ".TEZ_TASK[0]",
                "must be STDOUT, STDERR or SYSTEM_LOGS for TEZ_TASK",
            ),
            ("five logs are all there are", {"HIVE_DRIVER": ["STDOUT"] * 6}, ".HIVE_DRIVER", "at most 5 items, not 6"),
        )
    ),
    _wrong(
        "Prometheus on one's own host",
        f"{METRICS}.remoteWriteUrl",
        "http://prometheus:9090/api/v1/write",
        "the remote write URL of a workspace",
    ),
    _wrong(
        "the query URL of the workspace",
        f"{METRICS}.remoteWriteUrl",
        PROMETHEUS.replace("remote_write", "query"),
        "the remote write URL of a workspace",
    ),
    _wrong("an empty URL", f"{METRICS}.remoteWriteUrl", "", "must not be empty"),
    _wrong("metrics as a URL", METRICS, PROMETHEUS, "must be a map of named members"),
    _wrong(
        "nine pairs of context",
        f"{DISK}.encryptionContext",
        {f"k{i}": "v" for i in range(9)},
        "at most 8 entries, not 9",
    ),
    _wrong(
        "an empty value of context",
        f"{DISK}.encryptionContext",
        {"k": ""},
        "must not be empty",
        at=f"{DISK}.encryptionContext.k",
    ),
    _wrong(
        "a long value of context",
        f"{DISK}.encryptionContext",
        {"k": "v" * 385},
        "at most 384 characters",
        at=f"{DISK}.encryptionContext.k",
    ),
    _wrong(
        "an empty key of context",
        f"{DISK}.encryptionContext",
        {"": "v"},
        "its key must not be empty",
        at=f'{DISK}.encryptionContext[""]',
    ),
    _wrong(
        "a long key of context",
        f"{DISK}.encryptionContext",
        {"k" * 129: "v"},
        "at most 128 characters",
        at=f"{DISK}.encryptionContext.{'k' * 129}",
    ),
    _wrong(
        "a number in the context",
        f"{DISK}.encryptionContext",
        {"k": 1},
        "must be a string, not a number",
        at=f"{DISK}.encryptionContext.k",
    ),
    _wrong("context as text", f"{DISK}.encryptionContext", "k=v", "must be a map, not a string"),
]

_POLICY_AND_FLEX = [
    _wrong("a policy that is no JSON", "executionIamPolicy.policy", "Allow all", "must be a JSON document"),
    _wrong("a policy cut off", "executionIamPolicy.policy", POLICY[:-1], "json.dumps makes one of a dict"),
    _wrong("JSON, but no document", "executionIamPolicy.policy", "[]", "must be a JSON document, an object"),
    _wrong("the document itself", "executionIamPolicy.policy", {"Version": "x"}, "must be a string, not a map"),
    _wrong("an empty policy", "executionIamPolicy.policy", "", "must not be empty"),
    _wrong("a policy too long", "executionIamPolicy.policy", json.dumps({"a": "x" * 2048}), "at most 2048 characters"),
    _wrong("characters beyond Latin-1", "executionIamPolicy.policy", '{"Sid": "→"}', "Latin-1"),
    _wrong(
        "a policy's name",
        "executionIamPolicy.policyArns",
        ["AmazonS3ReadOnlyAccess"],
        "the ARN of an IAM policy",
        at="executionIamPolicy.policyArns[0]",
    ),
    _wrong(
        "a role is no policy",
        "executionIamPolicy.policyArns",
        [MANAGED_POLICY, ROLE],
        "the ARN of an IAM policy",
        at="executionIamPolicy.policyArns[1]",
    ),
    _wrong("eleven policies", "executionIamPolicy.policyArns", [MANAGED_POLICY] * 11, "at most 10 items, not 11"),
    _wrong("one policy as text", "executionIamPolicy.policyArns", MANAGED_POLICY, "put it in brackets"),
    _wrong("the document in its place", "executionIamPolicy", POLICY, "must be a map of named members"),
    _wrong("flex as a flag", "flexExecution", True, "must be a map of named members, not true or false"),
    _wrong("flex as text", "flexExecution.enabled", "true", "must be true or false, not a string"),
]

_TAGS = [
    _wrong(
        "49 tags: two of 50 are this package's",
        "tags",
        {f"k{i}": "v" for i in range(49)},
        "must have at most 48 entries, not 49; AWS allows 50, and 2 are this package's own",
    ),
    _wrong("a list of pairs, as other services have them", "tags", [{"Key": "a", "Value": "b"}], "must be a map"),
    _wrong("tags as text", "tags", "team=data", "must be a map, not a string"),
    *(
        _wrong(why, "tags", {key: value}, rule, at=f"tags{at}")
        for why, key, value, at, rule in (
            ("AWS's own prefix", "aws:team", "x", '["aws:team"]', "must not begin with aws:; that prefix is reserved"),
            ("in any case", "AWS:team", "x", '["AWS:team"]', "its key must not begin with aws:"),
            (
                "this package's prefix",
                "pulumi-emr-serverless:launch",
                "x",
                '["pulumi-emr-serverless:launch"]',
                "that prefix is reserved for this package",
            ),
            ("an empty key", "", "x", '[""]', "its key must not be empty"),
            ("a key too long", "k" * 129, "x", f".{'k' * 129}", "its key must have at most 128 characters, not 129"),
            ("an umlaut in a key", "grö", "x", '["gr\\u00f6"]', "its key must be 1 to 128 letters, digits, spaces"),
            ("a comma in a key", "a,b", "x", '["a,b"]', "its key must be 1 to 128 letters"),
            ("a value too long", "k", "v" * 257, ".k", "must have at most 256 characters, not 257"),
            ("an umlaut in a value", "k", "Müller", ".k", "'Müller' must be 0 to 256 letters, digits, spaces"),
            ("a line end in a value", "k", "a\nb", ".k", "must be 0 to 256 letters"),
            ("a number as in YAML", "k", 5.0, ".k", "must be a string, not a number; write it in quotes"),
            ("a flag as in YAML", "k", True, ".k", "must be a string, not true or false"),
            ("a list of values", "k", ["a"], ".k", "must be a string, not a list"),
        )
    ),
]

_OURS = [
    _wrong("a region as people call it", "region", "Frankfurt", "must be the code of an AWS region, like eu-west-1"),
    _wrong("an availability zone", "region", "eu-west-1a", "the code of an AWS region"),
    _wrong("an empty region", "region", "", "must not be empty"),
    _wrong("Python's spelling", "region", "eu_west_1", "the code of an AWS region"),
    _wrong("a region is text", "region", 1, "must be a string"),
    _wrong("a host without a scheme", "endpoint", "localhost:5000", "must be an http or https URL, like http://"),
    _wrong("another scheme", "endpoint", "ftp://host", "must be an http or https URL"),
    _wrong("credentials would stand in the state", "endpoint", "https://me:secret@host", "credentials do not belong"),
    _wrong("no host", "endpoint", "http://", "must be an http or https URL"),
    _wrong("an empty endpoint", "endpoint", "", "must not be empty"),
    _wrong("not a policy", "rerun", "always", "must be never or on_failure"),
    _wrong("not a kind of deletion", "onDelete", "keep", "must be cancel or retain"),
    _wrong("AWS takes none or a quarter of a minute", "cancelGracePeriodSeconds", 5, "must be 0 or 15 to 1800"),
    _wrong("half an hour at most", "cancelGracePeriodSeconds", 1801, "must be 0 to 1800"),
    _wrong("a text", "cancelGracePeriodSeconds", "15", "must be a whole number"),
    _wrong("a port", "endpoint", 5000, "must be a string, not a number"),
    _wrong("NaN is not JSON", "triggers", [float("nan")], "must be a value that JSON can hold"),
    _wrong("an object is not JSON", "triggers", {"a": object()}, "must be a value that JSON can hold"),
    _wrong(
        "a list in itself, or nearly",
        "triggers",
        nested(70),
        "must not be nested more than 64 levels deep",
        at="triggers[0][0][0]",
    ),
]

_UNKNOWN_MEMBERS = [
    Bad(
        "what GetJobRun calls it",
        request(("executionRoleArn", MISSING), ("executionRole", ROLE)),
        "executionRole",
        "is not a member of StartJobRun; did you mean executionRoleArn?",
    ),
    Bad(
        "snake_case, as in Python",
        request(("applicationId", MISSING), ("application_id", "abc")),
        "application_id",
        "did you mean applicationId?",
    ),
    Bad(
        "PascalCase, as in CloudFormation",
        request(("applicationId", MISSING), ("ApplicationId", "abc")),
        "ApplicationId",
        "did you mean applicationId?",
    ),
    Bad(
        "kebab-case, as on the command line",
        request(("execution-timeout-minutes", 5)),
        '["execution-timeout-minutes"]',
        "did you mean executionTimeoutMinutes?",
    ),
    _wrong("a slip of the finger", "tag", {"a": "b"}, "did you mean tags?"),
    _wrong("ours are known too", "trigger", 1, "did you mean triggers?"),
    _wrong("a member a level too high", "entryPoint", "x", "it belongs in jobDriver.sparkSubmit"),
    _wrong("a driver a level too high", "sparkSubmit", {"entryPoint": "x"}, "it belongs in jobDriver"),
    _wrong("a member two levels too high", "logUri", "s3://b/", f"it belongs in {S3}"),
    _wrong("nothing like it exists", "zzz", 1, "is not a member of StartJobRun; it has applicationId, clientToken,"),
    _wrong("an output is no input", "jobRunId", "00f", "is not a member of StartJobRun"),
    _wrong("a release label belongs to the application", "releaseLabel", "emr-7.1.0", "is not a member of StartJobRun"),
    _wrong(
        "a driver in snake_case",
        "jobDriver",
        {"spark_submit": {"entryPoint": "x"}},
        "is not a member of jobDriver; did you mean sparkSubmit?",
        at="jobDriver.spark_submit",
    ),
    _wrong(
        "another engine",
        "jobDriver",
        {"sparkSubmit": {"entryPoint": "s3://b/x"}, "presto": {}},
        "it has sparkSubmit, hive",
        at="jobDriver.presto",
    ),
    _wrong("arguments by a shorter name", f"{SPARK}.arguments", [], "did you mean entryPointArguments?"),
    _wrong("parameters by a shorter name", f"{SPARK}.sparkParameters", "x", "did you mean sparkSubmitParameters?"),
    Bad("a slip in Hive", hive((f"{HIVE}.querry", "x")), f"{HIVE}.querry", "did you mean query?"),
    _wrong(
        "a configuration's member",
        CONFIGURATIONS,
        [{"classification": "a", "property": {}}],
        "is not a member of configurationOverrides.applicationConfiguration[0]; did you mean properties?",
        at=f"{_FIRST}.property",
    ),
    _wrong(
        "the application's name of it",
        f"{OVERRIDES}.runtimeConfiguration",
        [],
        "is not a member of configurationOverrides",
    ),
    _wrong(
        "CloudWatch in other letters",
        f"{MONITORING}.cloudwatchLoggingConfiguration",
        {"enabled": True},
        "did you mean cloudWatchLoggingConfiguration?",
    ),
    _wrong("S3 by a shorter name", f"{MONITORING}.s3Configuration", {}, "did you mean s3MonitoringConfiguration?"),
    _wrong("a bucket's member", f"{S3}.uri", "s3://b/", "is not a member of"),
    _wrong("a key by a shorter name", f"{S3}.encryptionKey", KEY, "did you mean encryptionKeyArn?"),
    _wrong("a retry by another name", "retryPolicy.maxAttempt", 2, "did you mean maxAttempts?"),
    _wrong("flex by another name", "flexExecution.enable", True, "did you mean enabled?"),
]

BAD: Final = [
    *_TOP_LEVEL,
    *_NUMBERS,
    *_DRIVER,
    *_APPLICATION_CONFIGURATION,
    *_MONITORING,
    *_POLICY_AND_FLEX,
    *_TAGS,
    *_OURS,
    *_UNKNOWN_MEMBERS,
]

GOOD: Final = [
    Good("the smallest Spark job", request()),
    Good("the smallest Hive job", hive()),
    Good("AWS's model does not require a driver", request(("jobDriver", MISSING))),
    Good("a GovCloud role", request(("executionRoleArn", "arn:aws-us-gov:iam::123456789012:role/x"))),
    Good("a role in China", request(("executionRoleArn", "arn:aws-cn:iam::123456789012:role/x"))),
    Good("a role with a path", request(("executionRoleArn", "arn:aws:iam::123456789012:role/team/data/emr-job"))),
    Good(
        "a role with every character", request(("executionRoleArn", "arn:aws:iam::123456789012:role/a_b+c=d,e.f@g-h"))
    ),
    Good("an application's ID of 64 characters", request(("applicationId", "a" * 64))),
    Good("a client token", request(("clientToken", "Run-2024_01.a"))),
    Good("an hour, as the engine delivers it", request(("executionTimeoutMinutes", 60.0))),
    Good("a minute", request(("executionTimeoutMinutes", 1))),
    Good("seven days", request(("executionTimeoutMinutes", 10080))),
    Good("a name in any letters", request(("name", "Nächtlicher Lauf → 3"))),
    Good("a name that is only long", request(("name", "n" * 256))),
    Good("BATCH, and said so", request(("mode", "BATCH"), ("retryPolicy", {"maxAttempts": 10.0}))),
    Good("one attempt", request(("retryPolicy", {"maxAttempts": 1}))),
    Good("no retry policy to speak of", request(("retryPolicy", {}))),
    Good("a stream without a limit", request(("mode", "STREAMING"), ("executionTimeoutMinutes", 0))),
    Good("a stream of a year", request(("mode", "STREAMING"), ("executionTimeoutMinutes", 525_600))),
    Good(
        "a stream that gives up",
        request(("mode", "STREAMING"), ("retryPolicy", {"maxFailedAttemptsPerHour": 5})),
    ),
    Good("an entry point inside the image", request((f"{SPARK}.entryPoint", "local:///usr/lib/spark/examples/pi.py"))),
    Good("a class instead of a file", request((f"{SPARK}.entryPoint", "/usr/lib/spark/examples/jars/examples.jar"))),
    Good("arguments that look like anything", request((f"{SPARK}.entryPointArguments", ["", "--day", "ü", "a b"]))),
    Good("no arguments", request((f"{SPARK}.entryPointArguments", []))),
    Good("1024 arguments", request((f"{SPARK}.entryPointArguments", ["x"] * 1024))),
    Good("parameters over several lines", request((f"{SPARK}.sparkSubmitParameters", "--conf a=b\n  --conf c=d\n"))),
    Good("parameters that only spark-submit can judge", request((f"{SPARK}.sparkSubmitParameters", "--conf 'a"))),
    Good(
        "an inline query over several lines",
        hive((f"{HIVE}.query", "SELECT *\nFROM t;"), (f"{HIVE}.parameters", "--hiveconf a=b")),
    ),
    Good("a Hive job with an init file", hive((f"{HIVE}.initQueryFile", "s3://bucket/init.sql"))),
    Good("no overrides to speak of", request((OVERRIDES, {}))),
    Good("Spark's defaults", configuration(properties={"spark.executor.cores": "4", "spark.executor.memory": "8g"})),
    Good("a classification alone", configuration()),
    Good(
        "a configuration in a configuration",
        configuration(configurations=[{"classification": "export", "properties": {"JAVA_HOME": "/usr/lib/jvm"}}]),
    ),
    Good("logs to S3", request((S3, {"logUri": "s3://bucket/logs/", "encryptionKeyArn": KEY}))),
    Good("logs to a whole bucket", request((f"{S3}.logUri", "s3://bucket"))),
    Good("no managed logs", request((f"{MANAGED}.enabled", False))),
    Good("no CloudWatch", request((f"{CLOUDWATCH}.enabled", False))),
    Good(
        "everything CloudWatch has for Spark",
        request(
            (
                CLOUDWATCH,
                {
                    "enabled": True,
                    "logGroupName": "/aws/emr-serverless#1",
                    "logStreamNamePrefix": "nightly/etl run",
                    "encryptionKeyArn": KEY,
                    "logTypes": {"SPARK_DRIVER": ["STDOUT", "STDERR"], "SPARK_EXECUTOR": ["STDERR"]},
                },
            )
        ),
    ),
    Good(
        "everything CloudWatch has for Hive",
        hive(
            (f"{CLOUDWATCH}.enabled", True),
            (
                LOG_TYPES,
                {
                    "HIVE_DRIVER": ["STDOUT", "STDERR", "HIVE_LOG", "TEZ_AM"],
                    "TEZ_TASK": ["STDOUT", "STDERR", "SYSTEM_LOGS"],
                },
            ),
        ),
    ),
    Good("metrics", request((f"{METRICS}.remoteWriteUrl", PROMETHEUS))),
    Good("metrics in China", request((f"{METRICS}.remoteWriteUrl", PROMETHEUS.replace(".com/", ".com.cn/")))),
    Good("encrypted disks", request((DISK, {"encryptionKeyArn": KEY, "encryptionContext": {"team": "data"}}))),
    Good("a multi-Region key", request((f"{DISK}.encryptionKeyArn", KEY.replace("1234abcd-", "mrk-")))),
    Good("an inline policy", request(("executionIamPolicy.policy", POLICY))),
    Good(
        "a policy over several lines", request(("executionIamPolicy.policy", json.dumps(json.loads(POLICY), indent=1)))
    ),
    Good(
        "policies by ARN",
        request(("executionIamPolicy.policyArns", [MANAGED_POLICY, "arn:aws:iam::123456789012:policy/team/own"])),
    ),
    Good("flex", request(("flexExecution.enabled", True))),
    Good("48 tags", request(("tags", {f"k{i}": "v" for i in range(48)}))),
    Good("a tag without a value", request(("tags", {"spot": ""}))),
    Good("tags with every character", request(("tags", {"a b/c_d.e:f=g+h@i-j": "a b/c_d.e:f=g+h@i-j"}))),
    Good("a tag that only looks like AWS's", request(("tags", {"awsome": "x", "my:aws:x": "y"}))),
    Good("triggers of any kind", request(("triggers", {"script": "1f", "n": [1.0, True, None, {"deep": "x"}]}))),
    Good("one trigger", request(("triggers", "2024-01-01"))),
    Good("a region", request(("region", "us-gov-west-1"))),
    Good("a new region's form", request(("region", "eusc-de-east-1"))),
    Good("a rerun", request(("rerun", "on_failure"))),
    Good("a retained stream", request(("onDelete", "retain"), ("cancelGracePeriodSeconds", 120.0))),
    Good("no grace", request(("cancelGracePeriodSeconds", 0))),
    Good("an emulator", request(("endpoint", "http://localhost:5000"))),
    Good("a VPC endpoint", request(("endpoint", "https://vpce-1.emr-serverless.eu-west-1.vpce.amazonaws.com/path"))),
    Good(
        "nulls are as good as absent",
        request(("tags", None), ("name", None), (OVERRIDES, {"monitoringConfiguration": None})),
    ),
    Good("nothing is known yet", dict.fromkeys(("applicationId", "executionRoleArn", "jobDriver", "tags"), UNKNOWN)),
    Good("an unknown mode decides no retries", request(("mode", UNKNOWN), ("retryPolicy.maxAttempts", 3))),
    Good("an unknown mode decides no timeout", request(("mode", UNKNOWN), ("executionTimeoutMinutes", 0))),
    Good("one of two drivers, not known yet", request(("jobDriver", {"sparkSubmit": UNKNOWN}))),
    Good(
        "unknown leaves",
        request(
            (f"{SPARK}.entryPointArguments", ["--day", UNKNOWN]),
            (CONFIGURATIONS, [UNKNOWN, {"classification": UNKNOWN, "properties": {"spark.x": UNKNOWN}}]),
            (f"{CLOUDWATCH}.enabled", UNKNOWN),
            (LOG_TYPES, {"SPARK_DRIVER": [UNKNOWN, "STDOUT"]}),
            ("tags", {"team": UNKNOWN}),
            ("triggers", [UNKNOWN]),
        ),
    ),
]

KNOWN_GOOD: Final = [row for row in GOOD if "UNKNOWN" not in repr(row.properties)]
"""What ``create`` can meet: it never sees an Unknown."""
