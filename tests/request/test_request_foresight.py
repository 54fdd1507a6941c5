"""What AWS would take and a run would fail of."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_emr_serverless.request import UNKNOWN, suspicions, violations
from request_table import HIVE, SPARK, hive, request

ENTRY = f"{SPARK}.entryPoint"
PARAMETERS = f"{SPARK}.sparkSubmitParameters"
LOG_URI = "configurationOverrides.monitoringConfiguration.s3MonitoringConfiguration.logUri"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("s3://acme/etl.py", "S3"),
        ("s3a://acme_old/etl.py", "another name of S3, and a bucket from before the rules"),
        ("s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/x/etl.py", "an access point"),
        ("local:///opt/job.py", "a file of a custom image"),
        ("/usr/lib/spark/examples/jars/spark-examples.jar", "as AWS's own guide has it"),
        ("hdfs:///x", "no HDFS is there, but Spark takes it"),
        ("https://acme.example/job.jar", "Spark fetches it"),
        ("spark-internal", "Spark's word for no file"),
        (UNKNOWN, "not known yet"),
    ],
)
def test_an_entry_point_that_can_be_found(value: Any, why: str) -> None:
    """A false error keeps a good job from running."""
    assert [*violations(request((ENTRY, value))), *suspicions(request((ENTRY, value)))] == [], why


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (ENTRY, "etl.py", "has no scheme; write s3://bucket/key, or local:///path"),
        (ENTRY, "acme/etl.py", "has no scheme"),
        (ENTRY, "s3:///etl.py", "names no bucket"),
        (ENTRY, "s3://acme jobs/etl.py", "names a bucket that cannot be; a name has letters"),
        (
            ENTRY,
            "s3://Calling __str__ on an Output[T] is not supported.\n\nTo get",
            "has the text of an Output in the place of its value",
        ),
        (
            "name",
            "nightly-<pulumi.output.Output object at 0x7f>",
            "has the text of an Output in the place of its value",
        ),
        ("tags", {"a": "Calling __str__ on an Output"}, "has the text of an Output"),
        (
            PARAMETERS,
            "--conf spark.executor.cores",
            "--conf spark.executor.cores has no =; write --conf property=value",
        ),
        (
            PARAMETERS,
            "--executor-memry 8g",
            "--executor-memry is no option of spark-submit; did you mean --executor-memory?",
        ),
        (PARAMETERS, "--class", "--class has no value"),
    ],
)
def test_a_certain_failure_is_an_error(path: str, value: Any, message: str) -> None:
    """The run would cost money and a night; the plan costs a second."""
    (found,) = violations(request((path, value)))
    assert (found.path.partition(".a")[0], found.severity) == (path, "error")
    assert message in found.message()


@pytest.mark.parametrize(
    ("path", "value", "shown"),
    [
        (ENTRY, "s3://${bucket}/etl.py", "${bucket}"),
        (ENTRY, "s3://{bucket}/etl.py", "{bucket}"),
        (ENTRY, "s3://<bucket name>/etl.py", "<bucket name>"),
        (ENTRY, "s3://%BUCKET%/etl.py", "%BUCKET%"),
        (ENTRY, "s3://$BUCKET/etl.py", "$BUCKET"),
        (LOG_URI, "s3://{logs}/", "{logs}"),
    ],
)
def test_a_bucket_that_is_a_placeholder_is_a_warning(path: str, value: str, shown: str) -> None:
    """The definition of an imported command says what the command said, and is no error to load."""
    (found,) = suspicions(request((path, value)))
    assert found.message().endswith(f"names a bucket that cannot be: {shown}; fill the placeholder in")
    assert violations(request((path, value))) == []


@pytest.mark.parametrize(
    ("path", "value", "shown"),
    [
        (ENTRY, "s3://acme/<key>.py", "<key>"),
        (ENTRY, "s3://acme/${stage}/etl.py", "${stage}"),
        (ENTRY, "s3://acme/{{ stage }}/etl.py", "{{ stage }}"),
        (f"{SPARK}.entryPointArguments", ["--day", "%DAY%"], "%DAY%"),
        (f"{SPARK}.entryPointArguments", ["s3://acme/{table}/"], "{table}"),
        ("name", "CHANGE_ME", "CHANGE_ME"),
        ("name", "your-job-name", "your-job-name"),
        (PARAMETERS, "--conf spark.x=<value>", "<value>"),
    ],
)
def test_what_looks_unfilled_is_a_warning(path: str, value: Any, shown: str) -> None:
    """It may be meant: a job may well take {table} as it is."""
    (found,) = suspicions(request((path, value)))
    assert found.severity == "warning"
    assert found.message().endswith(f"has what looks like a placeholder that nobody has filled in: {shown}")
    assert violations(request((path, value))) == []


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        (PARAMETERS, "--conf spark.a=${spark.b} --conf spark.c=${env:HOME}", "Spark fills these in itself"),
        (PARAMETERS, "--conf spark.ui.url=http://x/{{APP_ID}}/{{EXECUTOR_ID}}", "and these"),
        (PARAMETERS, "--conf spark.x=%d{ISO8601}%n", "a pattern of a log"),
        (f"{SPARK}.entryPointArguments", ['{"a": {"b": 1}}', "a{2}", "s3://acme/{a,b}/*"], "JSON, an expression, alternatives"),
        (f"{SPARK}.entryPointArguments", ["a<b and c>d", "Seq<String>", "(?<year>x)", "100%"], "comparisons, types, groups"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_placeholder(path: str, value: Any, why: str) -> None:
    """A warning that is always there is not read."""
    assert suspicions(request((path, value))) == [], why
    assert suspicions(hive((f"{HIVE}.query", "SELECT * FROM ${hiveconf:db}.t WHERE a < 1 AND b > 2"))) == []


def test_a_secret_shows_no_part_of_itself() -> None:
    """A placeholder within a password is a part of the password."""
    for properties in (request((f"{SPARK}.entryPointArguments", ["pa <ss>"])), request((ENTRY, "s3://{ss}/x"))):
        paths = ["jobDriver"]
        found = [*violations(properties, secret_paths=paths), *suspicions(properties, secret_paths=paths)]
        assert found
        assert not any(part in each.message() for each in found for part in ("<ss>", "{ss}"))


def test_what_is_wrong_is_said_once() -> None:
    """A member with an error needs no warning beside it."""
    properties = request((ENTRY, "s3://<bucket>/x"), ("applicationId", "<application-id>"))
    assert [found.path for found in violations(properties)] == ["applicationId"]
    assert [found.path for found in suspicions(properties)] == [ENTRY]
    assert suspicions({"jobDriver": [1]}) == suspicions([]) == []  # type: ignore[arg-type] # never raises
