"""Everything that talks to AWS, and the only room that does: boto3 is imported here and nowhere else.

- ``configuration`` says where and as whom to call, from a stack's configuration and the environment.
- ``emr_serverless`` has every call of EMR Serverless, ``connections`` one of it for each place, ``clients`` makes
  boto3's clients, ``refusals`` turns AWS's errors into ours.
- ``pacing`` keeps calls within AWS's quotas.
- ``reachability`` ends at once what no second try mends, with ``regions`` and ``pages`` for its words.
- ``logs`` reads logs from S3 and CloudWatch Logs.

Names that bring boto3 are imported when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pulumi_emr_serverless.aws.configuration import (
    CREDENTIALS,
    DEFAULT_TAGS_SETTINGS,
    SETTINGS,
    AssumeRole,
    ConfigGetter,
    Connection,
    connection,
    default_tags,
    service_endpoint,
)

if TYPE_CHECKING:
    from pulumi_emr_serverless.aws.connections import Connections
    from pulumi_emr_serverless.aws.emr_serverless import EmrServerless, Page
    from pulumi_emr_serverless.aws.logs import DRIVERS, EXECUTORS, Log, LogName, LogReader, clients_of
    from pulumi_emr_serverless.aws.pacing import Patience

_HOMES = {
    "Connections": "connections",
    "DRIVERS": "logs",
    "EXECUTORS": "logs",
    "EmrServerless": "emr_serverless",
    "Log": "logs",
    "LogName": "logs",
    "LogReader": "logs",
    "Page": "emr_serverless",
    "Patience": "pacing",
    "clients_of": "logs",
}

__all__ = [
    "CREDENTIALS",
    "DEFAULT_TAGS_SETTINGS",
    "DRIVERS",
    "EXECUTORS",
    "SETTINGS",
    "AssumeRole",
    "ConfigGetter",
    "Connection",
    "Connections",
    "EmrServerless",
    "Log",
    "LogName",
    "LogReader",
    "Page",
    "Patience",
    "clients_of",
    "connection",
    "default_tags",
    "service_endpoint",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
