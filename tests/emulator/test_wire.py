"""Requests that boto3 would not send, but other clients do."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from emulator.support import APPLICATION, request_for
from pulumi_emr_serverless.emulator.emulator import Emulator
from pulumi_emr_serverless.emulator.wire import Answer, Request, _timestamp

PATH = f"/applications/{APPLICATION}/jobruns"
SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=111111111111/20250101/eu-west-1/emr-serverless/aws4_request, x"}

SIGNED_HERE = {"Authorization": SIGNED["Authorization"].replace("eu-west-1", "us-east-1")}


def posted(document: Any, emulator: Emulator | None = None) -> Answer:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return (emulator or Emulator()).answer(Request("POST", PATH, body=body))


def body_of(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**request_for(), **changes}.items() if name != "applicationId"}


SPARK = {"entryPoint": "s3://bucket/etl.py"}
REFUSED: list[tuple[str, Any, str]] = [
    ("both members of a union", body_of({"jobDriver": {"sparkSubmit": SPARK, "hive": {"query": "q"}}}), "Exactly one"),
    ("no member of a union", body_of({"jobDriver": {}}), "Exactly one"),
    ("a required member missing", body_of({"executionRoleArn": None}), "'executionRoleArn'"),
    ("a number as a string", body_of({"executionTimeoutMinutes": "5"}), "of type long"),
    ("a flag as a number", body_of({"flexExecution": {"enabled": 1}}), "of type boolean"),
    ("a number as a flag", body_of({"executionTimeoutMinutes": True}), "of type long"),
    ("no JSON", b"{", "not valid JSON"),
    ("no object", [], "not a JSON object"),
]


@pytest.mark.parametrize(("reason", "document", "says"), REFUSED, ids=[row[0] for row in REFUSED])
def test_refused(reason: str, document: Any, says: str) -> None:
    """The walker is the emulator's word on what a valid request is; a lenient one would let our own bugs pass."""
    del reason
    answer = posted(document)
    assert (answer.status, answer.error_code) == (400, "ValidationException")
    assert says in json.loads(answer.body)["message"]


UNKNOWN = [
    ("at the top", body_of({"newerThanThis": {"a": 1}}), "newerThanThis"),
    ("far down", body_of({"jobDriver": {"sparkSubmit": {**SPARK, "x": 1}}}), "jobDriver.sparkSubmit.x"),
    ("in a union", body_of({"jobDriver": {"sparkSubmit": SPARK, "flink": {}}}), "jobDriver.flink"),
]


@pytest.mark.parametrize(("where", "document", "path"), UNKNOWN, ids=[row[0] for row in UNKNOWN])
def test_members_that_the_model_does_not_have(where: str, document: Any, path: str) -> None:
    """A newer SDK sends members that this botocore does not know. AWS ignores what it does not know, and so does this."""
    del where
    emulator = Emulator()
    assert posted(document, emulator).status == 200
    assert posted(body_of({}), emulator).status == 200
    assert [call.replayed for call in emulator.calls()] == [False, True]
    emulator.world.options = emulator.world.options.changed(unknown_members="refused")
    answer = posted(document, emulator)
    assert (answer.status, answer.error_code) == (400, "ValidationException")
    assert f"'{path}' failed to satisfy constraint: Member is unknown" in json.loads(answer.body)["message"]


def test_a_union_of_an_unknown_member_alone() -> None:
    """A driver that the emulator does not know is none."""
    answer = posted(body_of({"jobDriver": {"flink": {}}}))
    assert (answer.status, answer.error_code) == (400, "ValidationException")


MOMENTS = [
    ("2025-06-15T15:06:40Z", True),
    ("2025-06-15T15:06:40.123456789Z", True),
    ("2025-06-15T15:06:40.5Z", True),
    ("2025-06-15T17:06:40.1234+02:00", True),
    ("2025-06-15T17:06:40+0200", True),
    ("2025-06-15T15:06:40", True),
    ("1750000000", True),
    ("1750000000.25", True),
    ("2025-06-15", False),
    ("yesterday", False),
    ("", False),
]


@pytest.mark.parametrize(("text", "valid"), MOMENTS)
def test_moments(text: str, valid: bool) -> None:
    """Go writes up to nine digits of a second, without trailing zeros; Python 3.10 reads three or six."""
    query = f"createdAtAfter={quote(text)}"
    answer = Emulator().answer(Request("GET", PATH, query, SIGNED_HERE))
    assert answer.status == (200 if valid else 400), answer.body
    if valid:
        assert _timestamp(text) == pytest.approx(1_750_000_000, abs=1)


def test_secrets_are_not_repeated() -> None:
    """AWS models entry points, arguments and queries as sensitive: an error message must not put them into a log."""
    answer = posted(body_of({"jobDriver": {"hive": {"query": "secret" * 2000}}}))
    assert answer.status == 400
    assert b"secret" not in answer.body


def test_several_errors_are_all_told() -> None:
    """One round for all mistakes."""
    message = json.loads(posted(body_of({"name": " ", "mode": "X"})).body)["message"]
    assert message.startswith("2 validation errors detected: ")


def test_null_is_not_set() -> None:
    """Clients that write null for unset members ask for the same run."""
    emulator = Emulator()
    first = posted(body_of({"name": None}), emulator)
    assert first.body == posted(body_of({}), emulator).body
    assert emulator.calls()[1].replayed


@pytest.mark.parametrize("written", ["raw", "encoded twice is another resource"])
def test_an_arn_in_the_path(written: str) -> None:
    """The server decodes the path once; an ARN's slashes belong to it, whether a client encoded them or not."""
    arn = f"arn:aws:emr-serverless:us-east-1:123456789012:/applications/{APPLICATION}"
    path = arn if written == "raw" else quote(arn, safe="")
    answer = Emulator().answer(Request("GET", f"/tags/{path}"))
    assert answer.status == (200 if written == "raw" else 400)


def test_the_signature_names_the_place() -> None:
    """Account and region come from the signature: one server is any of them."""
    emulator = Emulator()
    emulator.answer(
        Request(
            "POST",
            "/applications",
            headers=SIGNED,
            body=b'{"releaseLabel":"emr-7.14.0","type":"SPARK","clientToken":"t"}',
        )
    )
    assert [(call.account, call.region, call.http_status) for call in emulator.calls()] == [
        ("111111111111", "eu-west-1", 200)
    ]


def test_an_unknown_path() -> None:
    """A clear 404, and no call in the log."""
    emulator = Emulator()
    answer = emulator.answer(Request("GET", "/nothing/here"))
    assert (answer.status, answer.error_code) == (404, "UnknownOperationException")
    assert emulator.calls() == []
