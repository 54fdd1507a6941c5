"""Secrets in texts that somebody else words: found in each spelling, and nothing else is taken for one."""

from __future__ import annotations

import html
import json
import shlex
import urllib.parse
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_emr_serverless.errors import AwsError
from pulumi_emr_serverless.redaction import REDACTED, Redactor

ROLE = "arn:aws:iam::123456789012:role/jobs/nightly-role"
PARAMETERS = "--conf spark.hadoop.password=hunter2 --jars s3://vault-9/a.jar --verbose"
POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "arn:aws:s3:::vault-9/*"}]}'
PHRASE = "a rather long phrase that nobody should read"

REPEATED = [
    ("as it is", "hunter2", "password hunter2 is wrong", f"password {REDACTED} is wrong"),
    ("in quotes", "hunter2", "invalid value 'hunter2' at tags", f"invalid value '{REDACTED}' at tags"),
    ("after a line end that JSON escapes", "hunter2", r'"a\nhunter2"', rf'"a\n{REDACTED}"'),
    ("after a slash that a URL escapes", "hunter2", "?p=%2Fhunter2&x=1", f"?p=%2F{REDACTED}&x=1"),
    ("long, within a word", "correcthorse", "xcorrecthorsey", f"x{REDACTED}y"),
    ("short, in quotes", "ab", "invalid value 'ab'", f"invalid value '{REDACTED}'"),
    ("short, with a name", "ab", "k=ab, got ab (str), at: ab", f"k={REDACTED}, got {REDACTED} (str), at: {REDACTED}"),
    ("a number", 4711.0, "timeout 4711 or 4711.0", f"timeout {REDACTED} or {REDACTED}"),
    ("a number with a name", 60, "minutes: 60.", f"minutes: {REDACTED}."),
    ("a value of an option", PARAMETERS, "login with hunter2 failed", f"login with {REDACTED} failed"),
    ("a bucket out of an option", PARAMETERS, "no bucket vault-9", f"no bucket {REDACTED}"),
    ("the bucket of a location", "s3://vault-9/logs/", "no bucket vault-9.", f"no bucket {REDACTED}."),
    ("a location that goes on", "s3://vault-9/logs/", "at s3://vault-9/logs/a/b", f"at {REDACTED}a/b"),
    ("a location without its last slash", "s3://vault-9/logs/", "in s3://vault-9/logs", f"in {REDACTED}"),
    ("the name of a role", ROLE, "sts::1:assumed-role/nightly-role/x", f"sts::1:assumed-role/{REDACTED}/x"),
    ("a leaf of a document", POLICY, "on arn:aws:s3:::vault-9/*", f"on {REDACTED}"),
    ("a part of a leaf", POLICY, "bucket vault-9", f"bucket {REDACTED}"),
    ("on one line", "SELECT a\n  FROM t", "near SELECT a FROM t", f"near {REDACTED}"),
    ("its beginning", PHRASE, "You said: a rather long phr...", f"You said: {REDACTED}..."),
    ("the beginning of a location", "s3://vault-9/logs/of/all", "s3://vault-9/lo...", f"{REDACTED}..."),
    ("of two that begin alike", ["--password=abc1x", "--password=abc2x"], "--password=abc2x", REDACTED),
    ("within a structure", {"a": [{"b": "hunter2"}]}, "hunter2", REDACTED),
]


@pytest.mark.parametrize(("why", "secret", "text", "expected"), REPEATED, ids=[row[0] for row in REPEATED])
def test_a_secret_is_found(why: str, secret: object, text: str, expected: str) -> None:
    """AWS, Spark and the shells of this world each have a way to repeat what they were given."""
    assert Redactor([secret]).redacted(text) == expected, why


OTHERS = [
    ("a part of a word", "data", "metadata and database"),
    ("a letter or two", "ab", "ab initio"),
    ("a small number", 3, "RUNNING, attempt 3"),
    ("a flag", True, "must be true or false"),
    ("the name of an option", PARAMETERS, "spark.hadoop.password (--conf) is missing"),
    ("a word of IAM", POLICY, "Allow emr-serverless:TagResource (2012-10-17)"),
    ("the account of another ARN", ROLE, "arn:aws:emr-serverless:eu-west-1:123456789012:/applications/a"),
    ("the scheme of another location", "s3://vault-9/logs/", "s3://public/logs/"),
    ("nothing", None, "anything at all"),
    ("an empty text", "", "anything at all"),
]


@pytest.mark.parametrize(("why", "secret", "text"), OTHERS, ids=[row[0] for row in OTHERS])
def test_the_rest_of_a_message_stays(why: str, secret: object, text: str) -> None:
    """A message full of holes helps nobody, and what is hidden in it would tell by where it is."""
    assert Redactor([secret]).redacted(text) == text, why


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "JSON": json.dumps,
    "JSON in JSON": lambda text: json.dumps(json.dumps(text)),
    "JSON with all letters": lambda text: json.dumps(text, ensure_ascii=False),
    "Python": repr,
    "a URL": lambda text: urllib.parse.quote(text, errors="replace"),
    "a URL's argument": lambda text: urllib.parse.quote_plus(text, errors="replace"),
    "a shell": shlex.quote,
    "XML": html.escape,
}


@given(
    secret=st.text(st.characters(codec="utf-8"), min_size=8).filter(lambda text: len(text.strip()) >= 8),
    before=st.text(st.characters(codec="utf-8")),
    after=st.text(st.characters(codec="utf-8")),
)
def test_no_spelling_of_a_long_secret_is_missed(secret: str, before: str, after: str) -> None:
    """Whatever stands around it, and whatever it is made of."""
    redactor = Redactor([secret])
    for how, spell in SPELLINGS.items():
        shown = redactor.redacted(before + spell(secret) + after)
        assert REDACTED in shown, how
        assert spell(secret) not in shown, how


def test_an_error_loses_them_from_all_that_it_says() -> None:
    """`emrs` shows an error's own words without its hint: they are kept beside the whole."""
    error = AwsError("StartJobRun: bad name 'hunter2'", code="ValidationException", hint="Not hunter2.")
    Redactor(["hunter2"]).redact(error)
    assert str(error) == f"StartJobRun: bad name '{REDACTED}'\nNot {REDACTED}."
    assert (error.message, error.hint) == (f"StartJobRun: bad name '{REDACTED}'", f"Not {REDACTED}.")
    assert error.code == "ValidationException"
