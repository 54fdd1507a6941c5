"""What ``stateDetails`` says in each state, as far as it is known."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_emr_serverless.emulator.provenance import Fact, assumed, seen

_LOGS = "public logs of Airflow and of the AWS CLI"
_OURS = "AWS's words are not public"
_SHOWN_ONLY = "nothing: the product shows the text, and reads no meaning into it"

DETAILS: Mapping[str, Fact[str]] = {
    "SUBMITTED": Fact("SUBMITTED", "stateDetails of a run that is SUBMITTED", seen(_LOGS, "2026-11")),
    "QUEUED": Fact("The job run is queued.", "stateDetails of a run that is QUEUED", assumed(_OURS, _SHOWN_ONLY)),
    "PENDING": Fact(
        "The JobRun is pending scheduling.", "stateDetails of a run that is PENDING", seen(_LOGS, "2026-11")
    ),
    "SCHEDULED": Fact(
        "The job has been scheduled and is acquiring resources to run.",
        "stateDetails of a run that is SCHEDULED",
        seen(_LOGS, "2026-11"),
    ),
    "RUNNING": Fact(
        "The job run is running.",
        "stateDetails of a run that is RUNNING, with the option success_details=text",
        assumed("empty or missing in every log that was seen", _SHOWN_ONLY),
    ),
    "SUCCESS": Fact(
        "Job completed successfully.",
        "stateDetails of a run that is a SUCCESS, with the option success_details=text",
        assumed("empty or missing in every log that was seen", _SHOWN_ONLY),
    ),
    "FAILED": Fact(
        "Job failed, please check complete logs in configured logging destination. ExitCode: 1.",
        "stateDetails of a run that has FAILED; AWS adds the last few exceptions",
        seen(_LOGS, "2026-11"),
    ),
    "CANCELLING": Fact(
        "The job run is being cancelled.", "stateDetails of a run that is CANCELLING", assumed(_OURS, _SHOWN_ONLY)
    ),
    "CANCELLED": Fact(
        "The job run has been cancelled.", "stateDetails of a run that is CANCELLED", assumed(_OURS, _SHOWN_ONLY)
    ),
}

FAILED_WITH = Fact(
    "Job failed, please check complete logs in configured logging destination. ExitCode: {code}. Last few exceptions: "
    "{exceptions}",
    "stateDetails of a run whose driver failed",
    seen(_LOGS, "2026-11"),
)

OUT_OF_MEMORY = Fact(
    "Job failed, please check complete logs in configured logging destination. ExitCode: 137. Last few exceptions: "
    "Worker has been killed as memory usage exceeded configured memory size.",
    "stateDetails of a run whose driver took more memory than it has",
    seen("many public questions about exit code 137", "2026-11"),
)

TIMED_OUT = Fact(
    "The job run exceeded its execution timeout of {minutes} minutes.",
    "stateDetails of a run that its executionTimeoutMinutes ended",
    assumed(_OURS, _SHOWN_ONLY),
)

QUEUED_TOO_LONG = Fact(
    "The job run exceeded its queue timeout of {minutes} minutes.",
    "stateDetails of a run that its application's queueTimeoutMinutes ended",
    assumed(_OURS, _SHOWN_ONLY),
)

WITHOUT_DETAILS = Fact(
    frozenset({"RUNNING", "SUCCESS"}),
    "states whose stateDetails is empty or missing, against the model's own minimum",
    seen(_LOGS, "2026-11"),
)


AGAINST_THE_MODEL = Fact(
    ("stateDetails",),
    "members that AWS answers against its own model",
    WITHOUT_DETAILS.provenance,
)


def details_of(state: str) -> str:
    """The text of a state. One that AWS may add one day is its own text."""
    return DETAILS[state].value if state in DETAILS else state
