"""Is a job's entry point there? A run without it fails at AWS, and fails here where the emulator can know."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from pulumi_emr_serverless.emulator.fates import Fate
from pulumi_emr_serverless.emulator.neighbours import NeighbourError, Neighbours
from pulumi_emr_serverless.emulator.options import EntryPoints
from pulumi_emr_serverless.emulator.provenance import Fact, assumed
from pulumi_emr_serverless.emulator.wire import Caller

MISSING = Fact(
    "Job failed, please check complete logs in configured logging destination. ExitCode: 1. Last few exceptions: "
    "java.io.FileNotFoundException: No such file or directory: {uri}",
    "stateDetails of a run whose entry point is not there",
    assumed("AWS's words up to the exception, which is Spark's", "nothing: the product shows the text"),
)


def missing(
    neighbours: Neighbours | None, caller: Caller, request: Mapping[str, Any], wanted: EntryPoints
) -> str | None:
    """The S3 address of an entry point that is not there.

    ``known_buckets`` takes for granted what lies in a bucket that this machine does not have.
    """
    uri = str(request.get("jobDriver", {}).get("sparkSubmit", {}).get("entryPoint", ""))
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if neighbours is None or wanted == "unchecked" or not uri.startswith("s3://"):
        return None
    try:
        there = neighbours.has_object(caller, bucket, key)
    except NeighbourError as error:
        return uri if wanted == "checked" or "NoSuchBucket" not in str(error) else None
    return None if there else uri


def failing(fate: Fate, uri: str) -> Fate:
    """The fate of a run whose entry point is not there, whatever it was to be."""
    details = MISSING.value.format(uri=uri)
    return dataclasses.replace(
        fate, outcome="FAILED", details=details, stay_in=None, stderr=f"{details.partition('exceptions: ')[2]}\n"
    )
