"""The names of a job run: its ID as a resource, and its ARN."""

from __future__ import annotations

from pulumi_emr_serverless.errors import InvalidRequestError


def split_id(id_: str) -> tuple[str, str]:
    """The application's and the run's ID out of a resource ID.

    Raises:
        InvalidRequestError: it is not of the form ``<application ID>/<job run ID>``.
    """
    application_id, slash, job_run_id = id_.partition("/")
    if not (application_id and slash and job_run_id):
        raise InvalidRequestError(f"id: {id_!r} is not a job run; write <application ID>/<job run ID>.")
    return application_id, job_run_id


def region_of(arn: str) -> str:
    """The region that an ARN names. ``arn:aws:emr-serverless:eu-west-1:...`` -> ``eu-west-1``."""
    parts = arn.split(":")
    return parts[3] if len(parts) > 3 else ""


def account_of(arn: str) -> str:
    """The account that an ARN names; empty for none."""
    parts = arn.split(":")
    return parts[4] if len(parts) > 4 else ""
