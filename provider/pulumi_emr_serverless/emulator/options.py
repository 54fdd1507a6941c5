"""What AWS does not document, or does now and then, each a named option with every plausible behaviour.

Nothing here imports more than the standard library: ``emrs local --help`` lists these.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Any, Literal

from pulumi_emr_serverless.emulator.provenance import GUIDE, Provenance, assumed, documented, seen

TokenReuse = Literal["conflict", "validation", "first_run"]
TokenScope = Literal["application", "account"]
TokenFailedRun = Literal["returned", "new_run"]
TagTerminalRuns = Literal["allowed", "denied"]
Tagging = Literal["allowed", "denied", "denied_entirely"]
AfterApplicationDelete = Literal["found", "not_found"]
DashboardUrls = Literal["local", "aws"]
UnknownMembers = Literal["ignored", "refused"]
Dashboards = Literal["scheduled", "running"]
EntryPoints = Literal["known_buckets", "checked", "unchecked"]
SuccessDetails = Literal["empty", "missing", "text"]


_NOWHERE = "AWS documents nothing about it, and no public log shows it"
_FLOWS = "every flow of the product is played under each value: tests/verbs/test_undocumented.py"


def _about(about: str, *values: str, provenance: Provenance) -> dict[str, Any]:
    return {"about": about, "values": values, "provenance": provenance}


@dataclass(frozen=True)
class Options:
    """One value for every behaviour; its default is what is likeliest, and says why. Seconds are the emulator's."""

    token_reuse: TokenReuse = field(
        default="conflict",
        metadata=_about(
            "a client token sent again with other parameters",
            "conflict",
            "validation",
            "first_run",
            provenance=assumed(
                'a token "must be unique for each request", StartJobRun models ConflictException (409), and EventBridge, '
                "SSM, RAM and IoT Wireless answer a parameter mismatch with an error too",
                _FLOWS,
            ),
        ),
    )
    token_compares_tags: bool = field(
        default=True,
        metadata=_about(
            "do other tags count as other parameters", "true", "false", provenance=assumed(_NOWHERE, _FLOWS)
        ),
    )
    token_scope: TokenScope = field(
        default="application",
        metadata=_about(
            "where a client token is unique", "application", "account", provenance=assumed(_NOWHERE, _FLOWS)
        ),
    )
    token_lifetime_seconds: float | None = field(
        default=None,
        metadata=_about(
            "how long a client token is remembered",
            "none",
            "SECONDS",
            provenance=assumed("EC2 and others speak of 24 hours or more; EMR Serverless says nothing", _FLOWS),
        ),
    )
    token_failed_run: TokenFailedRun = field(
        default="returned",
        metadata=_about(
            "what the client token of a FAILED run gives",
            "returned",
            "new_run",
            provenance=assumed("EMR on EKS returns the failed run (apache/airflow#69625)", _FLOWS),
        ),
    )
    tag_terminal_runs: TagTerminalRuns = field(
        default="allowed",
        metadata=_about("tagging a run that has ended", "allowed", "denied", provenance=assumed(_NOWHERE, _FLOWS)),
    )
    tagging: Tagging = field(
        default="allowed",
        metadata=_about(
            "does IAM allow tagging (entirely: with StartJobRun too)",
            "allowed",
            "denied",
            "denied_entirely",
            provenance=documented(f"{GUIDE}security_iam_service-with-iam.html#security_iam_service-with-iam-tags"),
        ),
    )
    run_visibility_seconds: float | None = field(
        default=None,
        metadata=_about(
            "how long a run can be read after its end",
            "none",
            "SECONDS",
            provenance=assumed("managed logs live for 30 days; of the run itself AWS says nothing", _FLOWS),
        ),
    )
    get_after_application_delete: AfterApplicationDelete = field(
        default="found",
        metadata=_about(
            "reading the runs of a deleted application", "found", "not_found", provenance=assumed(_NOWHERE, _FLOWS)
        ),
    )
    success_details: SuccessDetails = field(
        default="empty",
        metadata=_about(
            "stateDetails of a run that is RUNNING or a SUCCESS",
            "empty",
            "missing",
            "text",
            provenance=seen("public logs of Airflow and of the AWS CLI, against the model's own minimum", "2026-11"),
        ),
    )
    utilization_seconds: float | None = field(
        default=0.5,
        metadata=_about(
            "from a run's end until GetJobRun has totalResourceUtilization",
            "SECONDS",
            "none",
            provenance=seen("public logs: some 5 s, which this emulator's pace makes half a second", "2026-11"),
        ),
    )
    billing_seconds: float | None = field(
        default=1.0,
        metadata=_about(
            "from a run's end until GetJobRun has billedResourceUtilization, {} before",
            "SECONDS",
            "none",
            provenance=seen("public logs: later than the utilization", "2026-11"),
        ),
    )
    application_creating_seconds: float = field(
        default=0.0,
        metadata=_about(
            "how long a new application is CREATING, and takes no job runs",
            "SECONDS",
            provenance=assumed(
                "AWS shows the state CREATING; awslabs' emr-cli, awswrangler and Airflow start runs right after "
                "CreateApplication, and work there",
                "StartJobRun is refused with a ValidationException, which the product shows as it is",
            ),
        ),
    )
    unknown_members: UnknownMembers = field(
        default="ignored",
        metadata=_about(
            "members of a body that this botocore's model does not have",
            "ignored",
            "refused",
            provenance=documented("https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html"),
        ),
    )
    entry_points: EntryPoints = field(
        default="known_buckets",
        metadata=_about(
            "does a run fail whose entry point is not in S3: in any bucket (as AWS), in one that is here, or never",
            "known_buckets",
            "checked",
            "unchecked",
            provenance=assumed(
                "AWS fails such a run; that a bucket which is not here is taken for granted is the emulator's own",
                "nothing: the product never looks at an entry point",
            ),
        ),
    )
    dashboards: Dashboards = field(
        default="scheduled",
        metadata=_about(
            "from when on GetDashboardForJobRun answers: for a run that is SCHEDULED, or RUNNING",
            "scheduled",
            "running",
            provenance=assumed(
                "public logs show the error for SUBMITTED and PENDING alone", "`emrs dashboard` shows it"
            ),
        ),
    )
    dashboard_urls: DashboardUrls = field(
        default="local",
        metadata=_about(
            "where the links of GetDashboardForJobRun lead: to this emulator, or nowhere, but in AWS's form",
            "local",
            "aws",
            provenance=seen("the form, in public logs; that it leads here is the emulator's own", "2026-11"),
        ),
    )
    clock_skew_refused: bool = field(
        default=False,
        metadata=_about(
            "refuse what was signed more than 5 minutes off the emulator's clock",
            "false",
            "true",
            provenance=documented(
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html"
            ),
        ),
    )

    def changed(self, **changes: Any) -> Options:
        """These options with some of them set; a ValueError names an option or a value that does not exist."""
        known = {one.name: one for one in dataclasses.fields(self)}
        for name in changes:
            if name not in known:
                raise ValueError(f"there is no option {name!r}; there are {', '.join(sorted(known))}")
        return dataclasses.replace(self, **{name: _value(known[name], value) for name, value in changes.items()})

    @classmethod
    def parse(cls, settings: list[str]) -> Options:
        """Options from ``NAME=VALUE`` strings, as the command line has them."""
        changes = {}
        for setting in settings:
            name, separator, value = setting.partition("=")
            if not separator:
                raise ValueError(f"an option is written NAME=VALUE, not {setting!r}")
            changes[name.strip()] = value.strip()
        return cls().changed(**changes)

    @classmethod
    def overview(cls) -> list[str]:
        """One line for each option: its values, its default, and what it is about."""
        lines = []
        for one in dataclasses.fields(cls):
            default = "none" if one.default is None else str(one.default).lower()
            values = "|".join(one.metadata["values"])
            lines.append(f"{one.name}={values} (default {default}): {one.metadata['about']}")
        return lines


def _value(option: dataclasses.Field[Any], given: Any) -> Any:
    values: tuple[str, ...] = option.metadata["values"]
    text = "none" if given is None else str(given).lower() if isinstance(given, bool) else str(given)
    if "SECONDS" in values:
        return _as_seconds(option.name, text, never="none" in values)
    if text not in values:
        raise ValueError(f"option {option.name} is one of {', '.join(values)}, not {text!r}")
    return text == "true" if "true" in values else text


def _as_seconds(name: str, text: str, *, never: bool) -> float | None:
    if never and text == "none":
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise ValueError(f"option {name} is a number of seconds{' or none' if never else ''}, not {text!r}")
    return seconds
