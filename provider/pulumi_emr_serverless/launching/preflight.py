"""What can be known before a run is ended for its successor: whether that one can be started at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_emr_serverless.errors import AwsError, NotReadyError, RunNotFoundError
from pulumi_emr_serverless.runs import Application

FIRST_WITH_STREAMING = (7, 1)
"""The first EMR release with STREAMING and with retries. Source: EMR Serverless User Guide, "Job resiliency"."""

_NEEDS_AUTO_START = ("CREATED", "STOPPING", "STOPPED")
_ENGINES = {"sparkSubmit": "Spark", "hive": "Hive"}


def require_startable(ask: Callable[[], Application], request: Mapping[str, Any]) -> None:
    """Make sure of what AWS can be asked before a run is started: the application, and with it region and credentials.

    Where IAM does not allow GetApplication nothing is known, and nothing refused.

    Args:
        ask: GetApplication of the application that the run is to be started on.
        request: StartJobRun's input under the API's names.

    Raises:
        NotReadyError: the run could not be started.
        AwsError: AWS does not answer, or not this caller.
    """
    application_id = request["applicationId"]
    try:
        application = ask()
    except RunNotFoundError as error:
        raise NotReadyError(f"applicationId: there is no application {application_id!r} here. {error}") from error
    except AwsError as error:
        if error.denied:
            return
        raise
    reason = reason_against(application, request)
    if reason is not None:
        raise NotReadyError(reason)


def reason_against(application: Application, request: Mapping[str, Any]) -> str | None:
    """Why a run cannot be started on an application; None where nothing speaks against it."""
    title = f"application {application.application_id}"
    if application.is_deleted:
        return f"applicationId: {title} is deleted ({application.state})."
    if application.state in _NEEDS_AUTO_START and not application.auto_start:
        return f"applicationId: {title} is {application.state} and does not start by itself; start it first."
    for member, engine in _ENGINES.items():
        if member in request.get("jobDriver", {}) and application.type not in ("", engine):
            return f"jobDriver.{member}: {title} is of type {application.type}, and runs no {engine} jobs."
    if application.release is not None and application.release < FIRST_WITH_STREAMING:
        for member in ("mode", "retryPolicy"):
            if (request.get(member) or "BATCH") != "BATCH":
                return f"{member}: needs an application of release emr-7.1.0 or newer; {title} is of {application.release_label}."
    return None
