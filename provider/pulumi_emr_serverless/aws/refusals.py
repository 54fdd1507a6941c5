"""AWS's refusals, as the errors of this package: which pass, which are final, and what to do about each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, SSOError, TokenRetrievalError

from pulumi_emr_serverless.aws.pages import is_page, title_of
from pulumi_emr_serverless.errors import AwsError, AwsUnavailableError, RunNotFoundError, TokenConflictError

_THROTTLING_CODES = frozenset(
    {
        "BandwidthLimitExceeded", "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "SlowDown",
        "Throttling", "ThrottledException", "ThrottlingException", "TooManyRequestsException",
    }
)  # fmt: skip
"""Codes that say "not so quickly", whatever the status."""

_UNAVAILABLE_CODES = _THROTTLING_CODES | frozenset(
    {"LimitExceededException", "PriorRequestNotComplete", "RequestTimeout", "RequestTimeoutException"}
)
"""Codes after which botocore's standard mode tries again: throttling and passing trouble, whatever the status."""

_TOO_MANY_REQUESTS = 429
_UNAVAILABLE_STATUS = frozenset({408, _TOO_MANY_REQUESTS})
_TOKEN_WORDS = ("clienttoken", "client token", "idempoten")

_HINTS: Mapping[str, str] = {
    "AccessDeniedException": (
        "The caller needs emr-serverless:{operation} on the application and its job runs; StartJobRun also needs "
        "emr-serverless:TagResource, and iam:PassRole on the execution role with "
        "iam:PassedToService = emr-serverless.amazonaws.com."
    ),
    "ResourceNotFoundException": "Check the application's ID, the region and the account of the credentials.",
    "ServiceQuotaExceededException": (
        "The application or the account is at its limit (vCPUs, memory, disk, or queued runs); raise the limit or wait."
    ),
    "AccessDenied": "Allow the caller sts:{operation}: in its own policy, and in the trust policy of the role.",
    "UnrecognizedClientException": "The credentials are not valid in this region.",
    "InvalidClientTokenId": "AWS does not know the access key; check the credentials of aws:profile or AWS_PROFILE.",
    "ExpiredTokenException": "The credentials have expired; sign in again.",
    "ExpiredToken": "The credentials have expired; sign in again.",
}


AGAIN = "AWS kept failing this call. Run the same command again: it finds what was started."
_CONFLICT_HINT = (
    "AWS says so of an application that is being updated, for example: run the same command again when it is done."
)
CERTIFICATE_HINT = "Set emrServerless:caBundle to the file of CA certificates that the endpoint's certificate is from."
CREDENTIALS_HINT = (
    "Set aws:region and aws:profile in the stack's configuration, or AWS_REGION and credentials in the environment."
)
_SIGN_IN_HINT = "Sign in again: `aws sso login`, with --profile where one is set."


def not_sent(operation: str, error: BotoCoreError) -> AwsError:
    """What kept a call from being sent: mostly credentials, which botocore looks for before each call."""
    hint = _SIGN_IN_HINT if isinstance(error, (SSOError, TokenRetrievalError)) else CREDENTIALS_HINT
    return AwsError(f"{operation}: {error}", hint=hint)


def is_throttled(answer: Mapping[str, Any]) -> bool:
    """Whether an answer, as botocore reads it, says that calls come too quickly: it is about no call in particular."""
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status == _TOO_MANY_REQUESTS or answer.get("Error", {}).get("Code") in _THROTTLING_CODES


def refusal(operation: str, error: ClientError) -> AwsError:
    """AWS's words, as the error that says what to do.

    Args:
        operation: of EMR Serverless, that was asked for. STS may have refused before, when a role was to be assumed.
        error: of botocore.
    """
    operation = error.operation_name or operation
    details = error.response.get("Error", {})
    code, said = details.get("Code", ""), details.get("Message", "")
    message = f"{operation}: {code}: {title_of(said) if is_page(said) else said}"
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    hint = _HINTS.get(code, "").format(operation=operation)
    if operation == "StartJobRun" and (conflict := _conflict(message, code, details.get("Message", ""))):
        return conflict
    if code == "ResourceNotFoundException":
        return RunNotFoundError(message, code=code, hint=hint)
    if code in _UNAVAILABLE_CODES or status in _UNAVAILABLE_STATUS or status >= 500:
        return AwsUnavailableError(message, code=code, hint=AGAIN)
    return AwsError(message, code=code, hint=hint)


def _conflict(message: str, code: str, words: str) -> TokenConflictError | None:
    """What could be a token that came back with other parameters; None for any other refusal of StartJobRun.

    The operation models ConflictException (409), without saying when. Other services of AWS answer such a token with an
    IdempotentParameterMismatch, or a validation error that names the token.
    """
    names_token = any(word in words.lower() for word in _TOKEN_WORDS)
    is_mismatch = code.startswith("IdempotentParameterMismatch")
    if not (code == "ConflictException" or is_mismatch or (code == "ValidationException" and names_token)):
        return None
    names_token = names_token or is_mismatch
    conflict = TokenConflictError(message, code=code, hint="" if names_token else _CONFLICT_HINT)
    conflict.is_about_the_token = names_token
    return conflict
