"""AWS EMR Serverless job runs as Pulumi resources: one intent, exactly one run.

The public names of this package, and nothing else. They are imported when they are first used, so that the command
line does not load Pulumi, nor a program the emulator.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pulumi_emr_serverless._version import __version__

if TYPE_CHECKING:
    from pulumi_emr_serverless.program.completion import Completion, total_billed
    from pulumi_emr_serverless.program.declaring import load_definitions, spark_parse, spark_submit
    from pulumi_emr_serverless.program.errors import DeclarationError
    from pulumi_emr_serverless.program.inputs import JobRunArgs, JobRunOverrides
    from pulumi_emr_serverless.program.job_run import JobRun, LaunchToken

_HOMES = {
    "Completion": "program.completion",
    "DeclarationError": "program.errors",
    "JobRun": "program.job_run",
    "JobRunArgs": "program.inputs",
    "JobRunOverrides": "program.inputs",
    "LaunchToken": "program.job_run",
    "load_definitions": "program.declaring",
    "spark_parse": "program.declaring",
    "spark_submit": "program.declaring",
    "total_billed": "program.completion",
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
