"""Reading a run's logs from S3 or CloudWatch Logs. Source: EMR Serverless User Guide, "Storing logs".

Everything here is bounded: a log may have any size, and nobody needs all of it on a terminal.
"""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pulumi_emr_serverless.aws.clients import AWS_FAILURES, other_client
from pulumi_emr_serverless.aws.configuration import ConfigGetter, Connection, service_endpoint
from pulumi_emr_serverless.errors import EmrServerlessError

DRIVERS = ("SPARK_DRIVER", "HIVE_DRIVER")
EXECUTORS = ("SPARK_EXECUTOR", "TEZ_TASK")

_ENDPOINT_KEYS = {"s3": ("s3",), "logs": ("logs", "cloudwatchlogs")}
"""The names of each service in ``aws:endpoints``: pulumi-aws has two for CloudWatch Logs."""

MAX_BYTES = 64 * 1024 * 1024
"""How much of one S3 object is read at most, compressed."""

_CHUNK = 256 * 1024
_MAX_LINE = 2000
_MAX_CLOUDWATCH_CALLS = 20
_MOST_LINES = 100_000


@dataclass(frozen=True)
class LogName:
    """Which log of a run.

    Args:
        workers: the kinds of worker to look for, in this order.
        number: which executor; None for a driver.
        attempt: of the run; None is where AWS puts logs without attempts, else the newest.
        stream: ``stdout`` or ``stderr``.
    """

    workers: tuple[str, ...] = DRIVERS
    number: str | None = None
    attempt: int | None = None
    stream: str = "stderr"
    exactly: bool = False
    """Only this attempt's log, also where AWS has put logs without attempts."""

    def paths(self) -> Iterator[str]:
        """Where it may be below the run's prefix, the likeliest first."""
        executor = "" if self.number is None else f"{self.number}/"
        attempts = [f"attempts/{self.attempt}/"] if self.attempt else []
        if not (self.exactly and (self.attempt or 1) > 1):
            attempts.append("")
        for attempt in attempts:
            for worker in self.workers:
                yield f"{attempt}{worker}/{executor}{self.stream}"


@dataclass(frozen=True)
class Log:
    """Lines of a log, and where they were found. Without a place there are none."""

    place: str = ""
    lines: tuple[str, ...] = ()
    cut: bool = False
    """Whether there is more than was read."""
    position: _Position | None = None
    """Where to go on from."""


@dataclass(frozen=True)
class _Position:
    """What has been read of a log: of an object so many lines, of a stream up to a token."""

    place: tuple[str, str]
    lines: int = 0
    token: str | None = None
    etag: str | None = None


Clients = Callable[[str], Any]
"""``s3`` or ``logs`` -> a client of boto3."""


def clients_of(connection: Connection, get: ConfigGetter) -> Clients:
    """Clients as the same caller, honouring ``aws:endpoints`` for S3 and CloudWatch Logs."""
    made: dict[str, Any] = {}

    def client(service: str) -> Any:
        if service not in made:
            made[service] = other_client(connection, service, service_endpoint(get, *_ENDPOINT_KEYS[service]))
        return made[service]

    return client


@dataclass
class LogReader:
    """Reads logs of one run.

    Args:
        clients: to S3 and CloudWatch Logs.
        logs: the run's locations, as ``logs.log_locations`` names them.
    """

    clients: Clients
    logs: Mapping[str, str]

    def read(self, name: LogName, last: int) -> Log:
        """The last lines of a log, from the first place that has it.

        Raises:
            EmrServerlessError: no place could be read, and why.
        """
        problems = []
        for place, reader in self._places:
            try:
                found = reader(name, last)
            except AWS_FAILURES as error:
                if not _says_not_there(error):
                    problems.append(_problem(place, error))
                continue
            if found is not None:
                return found
        if problems:
            raise EmrServerlessError(f"The logs cannot be read: {'; '.join(problems)}")
        return Log()

    def more(self, log: Log) -> Log:
        """What has been added to a log since it was read.

        Raises:
            EmrServerlessError: it cannot be read any more, and why.
        """
        if log.position is None:
            return replace(log, lines=())
        try:
            if log.position.token is not None:
                return self._more_events(log, log.position)
            return self._more_of_object(log, log.position)
        except AWS_FAILURES as error:
            raise EmrServerlessError(f"The logs cannot be read: {_problem(log.place, error)}") from error

    @property
    def _places(self) -> list[tuple[str, Callable[[LogName, int], Log | None]]]:
        """Where its logs are to be, the likelier first, and how they are read there."""
        found: list[tuple[str, Callable[[LogName, int], Log | None]]] = []
        if prefix := self.logs.get("s3Prefix"):
            found.append((prefix, self._from_s3))
        if group := self.logs.get("cloudWatchLogGroup"):
            found.append((f"CloudWatch {group}", self._from_cloudwatch))
        return found

    def _more_events(self, log: Log, position: _Position) -> Log:
        group, stream = position.place
        page = self.clients("logs").get_log_events(
            logGroupName=group, logStreamName=stream, startFromHead=True, nextToken=position.token
        )
        lines = tuple(_text(event["message"].encode()) for event in page["events"])
        return replace(log, lines=lines, position=replace(position, token=page["nextForwardToken"]))

    def _more_of_object(self, log: Log, position: _Position) -> Log:
        """AWS writes the whole object anew, so what was read before is passed over."""
        bucket, key = position.place
        if self.clients("s3").head_object(Bucket=bucket, Key=key)["ETag"] == position.etag:
            return replace(log, lines=())
        found = self._read_object(bucket, key, _MOST_LINES)
        now = found.position or position
        new = now.lines - position.lines
        return replace(found, lines=found.lines[-new:] if new > 0 else ())

    def _from_s3(self, name: LogName, last: int) -> Log | None:
        bucket, _, key = self.logs["s3Prefix"].removeprefix("s3://").partition("/")
        for path in name.paths():
            found = self._newest_object(bucket, key + path)
            if found is not None:
                return self._read_object(bucket, found, last)
        return None

    def _newest_object(self, bucket: str, prefix: str) -> str | None:
        """The log as AWS writes it, or, where it is rolled over, its newest part."""
        listing = self.clients("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)
        objects = sorted(listing.get("Contents", []), key=lambda each: each["LastModified"])
        parts: list[str] = [each["Key"] for each in objects]
        plain = [key for key in parts if key in (f"{prefix}.gz", prefix)]
        found = plain or parts
        return found[-1] if found else None

    def _read_object(self, bucket: str, key: str, last: int) -> Log:
        answer = self.clients("s3").get_object(Bucket=bucket, Key=key)
        body = answer["Body"]
        try:
            chunks = body.iter_chunks(_CHUNK)
            lines, count, cut = tail(gunzipped(chunks) if key.endswith(".gz") else chunks, last)
        finally:
            body.close()
        return Log(f"s3://{bucket}/{key}", lines, cut, _Position((bucket, key), lines=count, etag=answer["ETag"]))

    def _from_cloudwatch(self, name: LogName, last: int) -> Log | None:
        group = self.logs["cloudWatchLogGroup"]
        client = self.clients("logs")
        for path in name.paths():
            stream = f"{self.logs.get('cloudWatchLogStreamPrefix', '')}{path}"
            found = client.describe_log_streams(logGroupName=group, logStreamNamePrefix=stream, limit=1)["logStreams"]
            if found:
                return _newest_events(client, group, found[0]["logStreamName"], last)
        return None


def _says_not_there(error: Exception) -> bool:
    """Whether AWS says that there is no such log group or object: it may come yet."""
    return _code(error) in {"ResourceNotFoundException", "NoSuchKey"}


def _problem(place: str, error: Exception) -> str:
    """What keeps a place from being read: AWS names neither bucket nor group."""
    if _code(error) == "NoSuchBucket":
        bucket = place.removeprefix("s3://").partition("/")[0]
        return f"{place}: there is no bucket {bucket!r}, which the run's request sends its logs to"
    return f"{place}: {error}"


def _code(error: Exception) -> str:
    return str(getattr(error, "response", {}).get("Error", {}).get("Code", ""))


def tail(chunks: Iterator[bytes], last: int, limit: int = 8 * MAX_BYTES) -> tuple[tuple[str, ...], int, bool]:
    """The last lines of a stream of bytes, how many lines there are, and whether it goes on beyond ``limit`` bytes."""
    lines: deque[str] = deque(maxlen=last)
    rest, read, count = b"", 0, 0
    for chunk in chunks:
        read += len(chunk)
        *whole, rest = (rest + chunk).split(b"\n")
        lines.extend(_text(line) for line in whole)
        count += len(whole)
        rest = rest[-_CHUNK:]
        if read >= limit:
            return tuple(lines), count, True
    if rest:
        lines.append(_text(rest))
        count += 1
    return tuple(lines), count, False


def gunzipped(chunks: Iterator[bytes], limit: int = MAX_BYTES) -> Iterator[bytes]:
    """What a gzip file holds, as far as it is there: one that is still written to, or broken, gives its beginning."""
    inflate, read = zlib.decompressobj(wbits=31), 0
    for chunk in chunks:
        read += len(chunk)
        left = chunk
        try:
            while left:
                # Bounded: a small file may hold gigabytes.
                yield inflate.decompress(left, _CHUNK * 4)
                left = inflate.unconsumed_tail
                if inflate.eof:
                    left, inflate = inflate.unused_data, zlib.decompressobj(wbits=31)
        except zlib.error:
            return
        if read >= limit:
            return
    yield inflate.flush()


def _newest_events(client: Any, group: str, stream: str, last: int) -> Log:
    events: list[str] = []
    forward: str | None = None
    following: dict[str, str] = {}
    for _ in range(_MAX_CLOUDWATCH_CALLS):
        page = client.get_log_events(
            logGroupName=group, logStreamName=stream, startFromHead=False, limit=min(10_000, last), **following
        )
        events = [_text(event["message"].encode()) for event in page["events"]] + events
        forward = forward or page.get("nextForwardToken")
        token = page.get("nextBackwardToken")
        if len(events) >= last or not token or token == following.get("nextToken"):
            break
        following = {"nextToken": token}
    place = f"CloudWatch {group} {stream}"
    return Log(place, tuple(events[-last:]), len(events) > last, _Position((group, stream), token=forward))


def _text(line: bytes) -> str:
    text = line.decode(errors="replace").rstrip("\r\n")
    # What a job prints must not steer the terminal that shows it.
    text = "".join(char if char.isprintable() or char == "\t" else "\N{REPLACEMENT CHARACTER}" for char in text)
    return text if len(text) <= _MAX_LINE else f"{text[:_MAX_LINE]}..."
