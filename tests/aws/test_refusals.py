"""What keeps a call from being sent, or makes AWS refuse it: the words that help."""

from __future__ import annotations

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
    SSOTokenLoadError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from pulumi_emr_serverless.aws.refusals import not_sent, refusal
from pulumi_emr_serverless.errors import AwsUnavailableError


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NoCredentialsError(), "Set aws:region and aws:profile"),
        (PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"), "AWS_SECRET_ACCESS_KEY"),
        (UnauthorizedSSOTokenError(), "`aws sso login`"),
        (SSOTokenLoadError(error_msg="no token"), "`aws sso login`"),
        (TokenRetrievalError(provider="sso", error_msg="expired"), "`aws sso login`"),
    ],
    ids=["none", "half of them", "a session that has ended", "no session yet", "a token that cannot be renewed"],
)
def test_credentials_that_cannot_be_had(error: BotoCoreError, words: str) -> None:
    """No call was sent, and none will be before somebody does what the hint says."""
    found = not_sent("StartJobRun", error)
    assert words in str(found)
    assert not isinstance(found, AwsUnavailableError), "nothing to wait for"


@pytest.mark.parametrize(
    ("operation", "code", "words"),
    [
        ("StartJobRun", "AccessDeniedException", "emr-serverless:StartJobRun on the application"),
        ("AssumeRole", "AccessDenied", "AssumeRole: AccessDenied: no\nAllow the caller sts:AssumeRole"),
        ("AssumeRole", "ExpiredToken", "sign in again"),
        ("AssumeRole", "InvalidClientTokenId", "AWS does not know the access key"),
    ],
)
def test_the_operation_that_was_refused_is_named(operation: str, code: str, words: str) -> None:
    """A role is assumed within the first call of EMR Serverless, and STS may refuse it."""
    error = ClientError({"Error": {"Code": code, "Message": "no"}}, operation)
    assert words in str(refusal("StartJobRun", error))


def test_a_page_in_a_refusal_is_its_title() -> None:
    """botocore takes the text of an answer that it cannot read for AWS's message."""
    error = ClientError(
        {"Error": {"Code": "502", "Message": "<html><title>Bad Gateway</title>long</html>"}}, "GetJobRun"
    )
    assert refusal("GetJobRun", error).message == "GetJobRun: 502: an HTML page ('Bad Gateway')"
