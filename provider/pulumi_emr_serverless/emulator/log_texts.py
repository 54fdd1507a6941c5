"""What stands in the logs of a run that is only emulated. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone

from pulumi_emr_serverless.emulator.runs import Run, Transition


def texts(run: Run, past: list[Transition], attempt: int) -> Mapping[str, str]:
    """Each log of an attempt by its name, such as ``SPARK_DRIVER/stderr``, with its text so far; none before it runs.

    The fate's own texts are those of the driver. Without them the driver tells what became of the run.
    """
    lived = [one for one in past if one.attempt == attempt]
    if not any(one.state == "RUNNING" for one in lived):
        return {}
    over = any(one.state in ("SUCCESS", "FAILED", "CANCELLED") for one in lived)
    driver = f"{run.engine}_DRIVER"
    told = "".join(f"{_time(one.at)} INFO emulator: {one.state}{_because(one)}\n" for one in lived)
    return {
        f"{driver}/stdout": run.fate.stdout if over else "",
        f"{driver}/stderr": told + (run.fate.stderr if over else ""),
        **({"SPARK_EXECUTOR/1/stdout": "", "SPARK_EXECUTOR/1/stderr": told} if run.engine == "SPARK" else {}),
    }


def _because(transition: Transition) -> str:
    return f": {transition.details}" if transition.state in ("FAILED", "CANCELLED") else ""


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, timezone.utc).strftime("%y/%m/%d %H:%M:%S")
