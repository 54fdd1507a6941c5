"""Logs in S3 and CloudWatch, as EMR Serverless lays them out, read through the emulator's own services."""

from __future__ import annotations

import gzip
import itertools
import time
from collections.abc import Iterator
from typing import Any

import pytest

from pulumi_emr_serverless.aws import clients
from pulumi_emr_serverless.aws.configuration import Connection
from pulumi_emr_serverless.aws.logs import EXECUTORS, LogName, LogReader, clients_of, gunzipped, tail
from pulumi_emr_serverless.emulator.server import serving
from pulumi_emr_serverless.errors import EmrServerlessError, InvalidConfigurationError

_numbers = itertools.count()
GROUP = "/aws/emr-serverless"


class Place:
    """A bucket and a log group of one run."""

    def __init__(self, endpoint: str) -> None:
        connection = Connection("us-east-1", access_key="test", secret_key="test")
        endpoints = [{"s3": endpoint, "cloudwatchlogs": endpoint}]
        self.clients = clients_of(connection, {"aws:endpoints": endpoints}.get)
        number = next(_numbers)
        self.bucket = f"logs{number}"
        self.group = f"{GROUP}{number}"
        self.prefix = "p/applications/app/jobs/run1/"
        self.clients("s3").create_bucket(Bucket=self.bucket)

    def in_s3(self) -> LogReader:
        return LogReader(self.clients, {"s3Prefix": f"s3://{self.bucket}/{self.prefix}"})

    def in_cloudwatch(self) -> LogReader:
        logs = {"cloudWatchLogGroup": self.group, "cloudWatchLogStreamPrefix": "/applications/app/jobs/run1/"}
        return LogReader(self.clients, logs)

    def put(self, path: str, text: str) -> None:
        self.clients("s3").put_object(Bucket=self.bucket, Key=self.prefix + path, Body=gzip.compress(text.encode()))

    def print(self, path: str, *lines: str, new: bool = True) -> None:
        client, stream = self.clients("logs"), f"/applications/app/jobs/run1/{path}"
        if new:
            client.create_log_group(logGroupName=self.group)
            client.create_log_stream(logGroupName=self.group, logStreamName=stream)
        now = int(time.time() * 1000)
        events = [{"timestamp": now, "message": line} for line in lines]
        client.put_log_events(logGroupName=self.group, logStreamName=stream, logEvents=events)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with serving() as server:
        yield server.endpoint


@pytest.fixture
def place(endpoint: str) -> Place:
    return Place(endpoint)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("SPARK_DRIVER/stderr.gz", LogName()),
        ("SPARK_DRIVER/stdout.gz", LogName(stream="stdout")),
        ("HIVE_DRIVER/stderr.gz", LogName()),
        ("SPARK_EXECUTOR/3/stderr.gz", LogName(EXECUTORS, "3")),
        ("attempts/2/SPARK_DRIVER/stderr.gz", LogName(attempt=2)),
        ("SPARK_DRIVER/stderr.gz", LogName(attempt=1)),
        ("SPARK_DRIVER/stderr_2026-01-01.gz", LogName()),
    ],
    ids=["driver", "stdout", "hive", "executor", "attempt", "batch has no attempts", "rolled over"],
)
def test_each_log_is_found_where_aws_puts_it(place: Place, path: str, name: LogName) -> None:
    """The layout is AWS's documented one; a wrong guess is "no logs" at the worst moment."""
    place.put(path, "one\ntwo\n")
    log = place.in_s3().read(name, 10)
    assert log.lines == ("one", "two")
    assert log.place == f"s3://{place.bucket}/{place.prefix}{path}"


def test_the_attempt_s_own_log_comes_first(place: Place) -> None:
    """The first attempt's error is not why the second one failed."""
    place.put("SPARK_DRIVER/stderr.gz", "old\n")
    place.put("attempts/2/SPARK_DRIVER/stderr.gz", "new\n")
    assert place.in_s3().read(LogName(attempt=2), 10).lines == ("new",)


def test_executor_1_is_not_executor_12(place: Place) -> None:
    """Their prefixes are alike."""
    place.put("SPARK_EXECUTOR/12/stderr.gz", "twelve\n")
    assert place.in_s3().read(LogName(EXECUTORS, "1"), 10).lines == ()


def test_only_the_end_is_kept(place: Place) -> None:
    """A log of gigabytes has to fit into a failure message."""
    place.put("SPARK_DRIVER/stderr.gz", "".join(f"line {number}\n" for number in range(200_000)))
    assert place.in_s3().read(LogName(), 2).lines == ("line 199998", "line 199999")


def test_what_is_added_is_read_once(place: Place) -> None:
    """`emrs logs --follow`: AWS writes the whole object anew each time."""
    reader = place.in_s3()
    place.put("SPARK_DRIVER/stderr.gz", "one\n")
    log = reader.read(LogName(), 10)
    assert (log := reader.more(log)).lines == ()
    place.put("SPARK_DRIVER/stderr.gz", "one\ntwo\nthree\n")
    assert (log := reader.more(log)).lines == ("two", "three")
    assert reader.more(log).lines == ()


def test_cloudwatch(place: Place) -> None:
    """The other destination: the end first, then what is added."""
    reader = place.in_cloudwatch()
    assert reader.read(LogName(), 10).place == ""
    place.print("SPARK_DRIVER/stderr", "one", "two", "three")
    log = reader.read(LogName(), 2)
    assert log.lines == ("two", "three")
    assert log.place == f"CloudWatch {place.group} /applications/app/jobs/run1/SPARK_DRIVER/stderr"
    place.print("SPARK_DRIVER/stderr", "four", new=False)
    assert (log := reader.more(log)).lines == ("four",)
    assert reader.more(log).lines == ()


def test_no_log_is_no_error(place: Place) -> None:
    """A run that failed before its driver started has none."""
    assert place.in_s3().read(LogName(), 10).lines == ()


def test_a_bucket_that_cannot_be_read_is_an_error_that_says_so(place: Place) -> None:
    """Whoever deploys may not be allowed to read logs; the command must say that, not "empty". AWS names no bucket."""
    reader = LogReader(place.clients, {"s3Prefix": "s3://not-there/p/"})
    with pytest.raises(EmrServerlessError, match="s3://not-there/p/: there is no bucket 'not-there', which the run"):
        reader.read(LogName(), 10)


def test_an_endpoint_of_s3_that_is_none() -> None:
    """botocore's ValueError would be a traceback."""
    clients = clients_of(Connection("us-east-1"), {"aws:endpoints": [{"s3": "nonsense"}]}.get)
    with pytest.raises(InvalidConfigurationError, match="aws:endpoints, s3: Invalid endpoint: nonsense"):
        LogReader(clients, {"s3Prefix": "s3://b/p/"}).read(LogName(), 10)


def test_a_log_that_is_still_written_gives_its_beginning() -> None:
    """A gzip file without its end, or followed by rubbish, is still read as far as it goes."""
    whole = gzip.compress(b"one\ntwo\n") + gzip.compress(b"three\n" * 1000)
    assert tail(gunzipped(iter([whole[:-9]])), 3)[0][0] == "three"
    assert tail(gunzipped(iter([gzip.compress(b"one\n"), b"rubbish"])), 3)[0] == ("one",)


def test_a_bomb_is_cut() -> None:
    """A small gzip file may hold gigabytes."""
    lines, _, cut = tail(gunzipped(iter([gzip.compress(b"0" * 50_000_000)])), 3, limit=1_000_000)
    assert cut
    assert lines == ()


def test_what_a_job_prints_does_not_steer_the_terminal() -> None:
    """Escape sequences from a job's log could hide or fake lines of the update."""
    lines, _, _ = tail(iter([b"\x1b[31mred\x1b[0m\r\n", b"\xff\xfe"]), 3)
    assert not any("\x1b" in line for line in lines)


def test_what_fails_is_named_by_emr() -> None:
    """The reader catches what these clients raise, and nothing else."""
    from botocore.exceptions import ClientError, EndpointConnectionError

    def is_caught(kind: Any) -> bool:
        return issubclass(kind, clients.AWS_FAILURES)

    assert is_caught(ClientError)
    assert is_caught(EndpointConnectionError)
