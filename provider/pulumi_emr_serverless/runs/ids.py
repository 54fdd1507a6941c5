"""The names of a job run: its ID as a resource, and its ARN."""

from __future__ import annotations

import re

from pulumi_emr_serverless.errors import InvalidRequestError

_ID = re.compile(r"([0-9a-z]{1,64})/([0-9a-z]{1,64})")
"""AWS's model of both IDs."""

_ARN = re.compile(r"arn:[^:]+:emr-serverless:[^:]*:[^:]*:/applications/([0-9a-z]+)/jobruns/([0-9a-z]+)")


def split_id(id_: str) -> tuple[str, str]:
    """The application's and the run's ID out of a resource ID.

    Raises:
        InvalidRequestError: it is not of the form ``<application ID>/<job run ID>``.
    """
    if found := _ID.fullmatch(id_):
        return found[1], found[2]
    named = ids_of_arn(id_)
    remedy = f"write {'/'.join(named)}" if named else "write <application ID>/<job run ID>"
    raise InvalidRequestError(f"id: {id_!r} is not the ID of a job run; {remedy}.")


def ids_of_arn(arn: str) -> tuple[str, str] | None:
    """The application's and the run's ID out of a run's ARN; None for any other text."""
    found = _ARN.fullmatch(arn)
    return (found[1], found[2]) if found else None


def region_of(arn: str) -> str:
    """The region that an ARN names. ``arn:aws:emr-serverless:eu-west-1:...`` -> ``eu-west-1``."""
    parts = arn.split(":")
    return parts[3] if len(parts) > 3 else ""


def account_of(arn: str) -> str:
    """The account that an ARN names; empty for none."""
    parts = arn.split(":")
    return parts[4] if len(parts) > 4 else ""
