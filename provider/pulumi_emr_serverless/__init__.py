"""AWS EMR Serverless job runs as Pulumi resources: one intent, exactly one run.

The public names of this package, and nothing else. They are imported when they are first used, so that the command
line does not load Pulumi, nor a program the emulator.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pulumi_emr_serverless._version import __version__

if TYPE_CHECKING:
    from pulumi_emr_serverless.completion import Completion, total_billed
    from pulumi_emr_serverless.inputs import JobRunArgs, JobRunOverrides
    from pulumi_emr_serverless.job_run import JobRun, LaunchToken
    from pulumi_emr_serverless.program import DeclarationError, load_definitions, spark_parse, spark_submit

_HOMES = {
    "Completion": "completion",
    "DeclarationError": "program",
    "JobRun": "job_run",
    "JobRunArgs": "inputs",
    "JobRunOverrides": "inputs",
    "LaunchToken": "job_run",
    "load_definitions": "program",
    "spark_parse": "program",
    "spark_submit": "program",
    "total_billed": "completion",
}

__all__ = [
    "Completion",
    "DeclarationError",
    "JobRun",
    "JobRunArgs",
    "JobRunOverrides",
    "LaunchToken",
    "__version__",
    "load_definitions",
    "spark_parse",
    "spark_submit",
    "total_billed",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
