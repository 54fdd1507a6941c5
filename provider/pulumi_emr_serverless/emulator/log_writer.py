"""Writes the logs of runs where their requests send them, as the runs go on."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_emr_serverless.emulator.log_places import Bucket, LogGroup, bucket_of, log_group_of
from pulumi_emr_serverless.emulator.neighbours import NeighbourError, Neighbours
from pulumi_emr_serverless.emulator.runs import TERMINAL, Run, Transition, history
from pulumi_emr_serverless.emulator.wire import Caller

Texts = Callable[[Run, list[Transition], int], Mapping[str, str]]

_LOGS = "Logs_20140328"
_BATCH = 1000


@dataclass(frozen=True)
class Attempt:
    """An attempt of a run, whose it is, and the ``monitoringConfiguration`` of its application."""

    caller: Caller
    run: Run
    number: int
    of_application: Mapping[str, Any]


class LogWriter:
    """``note`` takes a sentence about a log that could not be written; ``texts`` are those of an attempt after a past."""

    def __init__(self, neighbours: Neighbours, note: Callable[[str], None], texts: Texts) -> None:
        self._neighbours = neighbours
        self._note = note
        self._texts = texts
        self._written: dict[tuple[str, int, str], int] = {}

    def transition(self, attempt: Attempt, transition: Transition) -> None:
        """A run has come to another state: its logs of this attempt are brought up to that."""
        if transition.state != "RUNNING" and transition.state not in TERMINAL:
            return
        past = [one for one in history(attempt.run, transition.at) if one.attempt == attempt.number]
        upto = past.index(transition) + 1
        self.write(attempt, self._texts(attempt.run, past[:upto], attempt.number))
        if transition.final:
            self._written = {key: size for key, size in self._written.items() if key[0] != attempt.run.run_id}

    def write(self, attempt: Attempt, logs: Mapping[str, str]) -> None:
        """The logs as they are now, each whole: an object is replaced, a stream gets the lines that it lacks."""
        bucket = bucket_of(attempt.run, attempt.of_application)
        if bucket is not None:
            self._noting(attempt.run, f"s3://{bucket.bucket}", lambda: self._store(attempt, bucket, logs))
        group = log_group_of(attempt.run, attempt.of_application)
        if group is not None:
            self._noting(attempt.run, group.name, lambda: self._append(attempt, group, logs))

    def _noting(self, run: Run, where: str, action: Callable[[], None]) -> None:
        try:
            action()
        except NeighbourError as error:
            self._note(f"The logs of {run.run_id} could not be written to {where}: {error}")

    def _store(self, attempt: Attempt, bucket: Bucket, logs: Mapping[str, str]) -> None:
        for log, text in logs.items():
            body, key = gzip.compress(text.encode(), mtime=0), bucket.key(attempt.run, log, attempt.number)
            self._neighbours.put_object(attempt.caller, bucket.bucket, key, body)

    def _append(self, attempt: Attempt, group: LogGroup, logs: Mapping[str, str]) -> None:
        for log, text in logs.items():
            if group.takes(log):
                stream = {
                    "logGroupName": group.name,
                    "logStreamName": group.stream(attempt.run, log, attempt.number),
                }
                # CloudWatch refuses what is old, by its own clock, which the emulator's need not be.
                now = int(time.time() * 1000)
                for lines in self._fresh(attempt, stream, log, text):
                    events = [{"timestamp": now, "message": line} for line in lines]
                    self._call(attempt.caller, "PutLogEvents", {**stream, "logEvents": events})

    def _fresh(self, attempt: Attempt, stream: dict[str, Any], log: str, text: str) -> list[list[str]]:
        """The lines that the stream lacks, in batches. Makes the stream first, if it is new."""
        key = (attempt.run.run_id, attempt.number, log)
        if key not in self._written:
            self._made(attempt.caller, "CreateLogGroup", {"logGroupName": stream["logGroupName"]})
            self._made(attempt.caller, "CreateLogStream", stream)
        lines = [line for line in text[self._written.get(key, 0) :].splitlines() if line]
        self._written[key] = len(text)
        return [lines[start : start + _BATCH] for start in range(0, len(lines), _BATCH)]

    def _made(self, caller: Caller, operation: str, body: dict[str, Any]) -> None:
        try:
            self._call(caller, operation, body)
        except NeighbourError as error:
            if "ResourceAlreadyExists" not in str(error):
                raise

    def _call(self, caller: Caller, operation: str, body: dict[str, Any]) -> None:
        self._neighbours.json_call(caller, "logs", f"{_LOGS}.{operation}", body)
