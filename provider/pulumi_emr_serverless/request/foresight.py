"""What AWS would take, and a run would fail of: known before it is paid for.

:func:`failures` are certain. :func:`doubts` are not: an application, a custom image or a newer Spark may know better.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pulumi_emr_serverless.request.models import REQUEST_MEMBERS
from pulumi_emr_serverless.request.paths import UNKNOWN, Finding, Location
from pulumi_emr_serverless.spark import Complaint, complaints

ENTRY_POINT: Location = ("jobDriver", "sparkSubmit", "entryPoint")
PARAMETERS: Location = ("jobDriver", "sparkSubmit", "sparkSubmitParameters")
_IN_S3: tuple[Location, ...] = (
    ENTRY_POINT,
    ("jobDriver", "hive", "query"),
    ("jobDriver", "hive", "initQueryFile"),
    ("configurationOverrides", "monitoringConfiguration", "s3MonitoringConfiguration", "logUri"),
)
"""Members that are the location of one file or folder, if they are in S3."""

_BUCKET = re.compile(r"s3[an]?://(?P<bucket>[^/]*)", re.IGNORECASE)
_NO_BUCKET = re.compile(r"[^A-Za-z0-9._:-]")
"""What no name of a bucket or ARN of an access point has: Amazon S3 User Guide, "Bucket naming rules", with the oldest names."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|/|spark-internal\Z")
_OUTPUT = re.compile(r"Calling __str__ on an Output|<pulumi\.output\.Output object at ")
_UNFILLED = re.compile(
    r"\$?\{\{(?!(?:APP_ID|EXECUTOR_ID|PWD)\}\})[^{}\n]{1,100}\}\}"  # what Spark fills in itself is left out
    r"|\$\{(?!spark\.|hadoop\.)[A-Za-z_][\w. -]*\}"
    r"|(?<![\w%$\{])\{[A-Za-z_][\w. -]*\}(?!\})"
    r"|(?<![\w?])<[A-Za-z][\w .-]*>"
    r"|%[A-Z][A-Z0-9_]{2,}%"
    r"|\b(?i:(?:change|replace|fill)[-_ ]?(?:me|this|in))\b"
    r"|\b(?i:your)[-_][\w-]+"
    r"|\b(?:TODO|FIXME|X{4,})\b",
    re.ASCII,
)


_NO_SUCH_BUCKET = "names a bucket that cannot be"
_NOT_FILLED_IN = "has what looks like a placeholder that nobody has filled in"
_SHELL_VARIABLE = re.compile(r"\$[A-Za-z_]\w*|\$\([^()]*\)", re.ASCII)


def failures(document: dict[str, Any]) -> Iterator[Finding]:
    """What a run with this request can only fail of."""
    for location, text in _texts({name: document.get(name) for name in REQUEST_MEMBERS}, ()):
        if _OUTPUT.search(text):
            yield Finding(
                location,
                "has the text of an Output in the place of its value",
                "an f-string cannot wait for it: write pulumi.Output.format(...) or pulumi.Output.concat(...)",
            )
    for location, bucket, unfilled in _impossible_buckets(document):
        if not bucket:
            yield Finding(location, "names no bucket", "write s3://bucket/key")
        elif not unfilled:
            yield Finding(location, _NO_SUCH_BUCKET, "a name has letters, digits, dots and hyphens")
    entry_point = _at(document, ENTRY_POINT)
    if (
        isinstance(entry_point, str)
        and entry_point.strip()
        and not _SCHEME.match(entry_point)
        and not _OUTPUT.search(entry_point)
    ):
        yield Finding(
            ENTRY_POINT,
            "has no scheme",
            "write s3://bucket/key, or local:///path for a file of the application's image",
        )
    parameters = _at(document, PARAMETERS)
    if isinstance(parameters, str):
        yield from (_complaint(each) for each in complaints(parameters) if each.certain)


def doubts(document: dict[str, Any]) -> Iterator[Finding]:
    """What a run with this request may fail of."""
    told = set()
    for location, bucket, unfilled in _impossible_buckets(document):
        if bucket and unfilled:  # a program may have its reasons to show one that is a template still
            told.add(location)
            yield Finding(location, f"{_NO_SUCH_BUCKET}: {unfilled}", "fill the placeholder in", veiled=_NO_SUCH_BUCKET)
    for location, text in _texts({name: document.get(name) for name in REQUEST_MEMBERS}, ()):
        if location not in told and (found := _UNFILLED.search(text)):
            yield Finding(location, f"{_NOT_FILLED_IN}: {found[0]}", veiled=_NOT_FILLED_IN)
    parameters = _at(document, PARAMETERS)
    if isinstance(parameters, str):
        yield from (_complaint(each) for each in complaints(parameters) if not each.certain)


def _complaint(complaint: Complaint) -> Finding:
    return Finding(PARAMETERS, complaint.problem, complaint.remedy, veiled="has what spark-submit will not take")


def _impossible_buckets(document: dict[str, Any]) -> Iterator[tuple[Location, str, str]]:
    """Locations in S3 whose bucket no bucket can be: where, what, and the placeholder in it, if there is one."""
    for location in _IN_S3:
        text = _at(document, location)
        match = _BUCKET.match(text) if isinstance(text, str) and not _OUTPUT.search(text) else None
        if match and (not match["bucket"] or _NO_BUCKET.search(match["bucket"])):
            unfilled = _UNFILLED.search(match["bucket"]) or _SHELL_VARIABLE.search(match["bucket"])
            yield location, match["bucket"], unfilled[0] if unfilled else ""


def _texts(value: Any, location: Location) -> Iterator[tuple[Location, str]]:
    if isinstance(value, str):
        yield location, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*location, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*location, index))


def _at(document: Any, location: Location) -> Any:
    for step in location:
        if not isinstance(document, dict) or document is UNKNOWN:
            return None
        document = document.get(step)
    return document
