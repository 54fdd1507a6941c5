"""What AWS does not document, each a named option with every plausible behaviour.

Nothing here imports more than the standard library: ``emrs local --help`` lists these.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal

TokenReuse = Literal["conflict", "validation", "first_run"]
TokenScope = Literal["application", "account"]
TokenFailedRun = Literal["returned", "new_run"]
TagTerminalRuns = Literal["allowed", "denied"]
Tagging = Literal["allowed", "denied", "denied_entirely"]
AfterApplicationDelete = Literal["found", "not_found"]


def _about(about: str, *values: str) -> dict[str, Any]:
    return {"about": about, "values": values}


@dataclass(frozen=True)
class Options:
    """One value for every behaviour.

    ``token_reuse``
        A client token that comes back with other parameters. AWS says only that a token "must be unique for each
        request" (StartJobRun); the operation models ConflictException (409), and other services answer a parameter
        mismatch with an error too (EventBridge, SSM, RAM, IoT Wireless: "an HTTP 409 conflict occurs").
    ``token_compares_tags``
        Whether tags count among these parameters. Not documented.
    ``token_scope``
        Whether a token is known to its application, or to all applications of an account and region. Not documented.
    ``token_lifetime_seconds``
        How long a token is remembered. Not documented; EC2 and others speak of 24 hours or more.
    ``token_failed_run``
        The token of a run that FAILED. EMR on EKS returns the failed run (apache/airflow#69625).
    ``tag_terminal_runs``
        TagResource on a run that has ended. Not documented.
    ``tagging``
        IAM denies TagResource and UntagResource; ``denied_entirely`` also denies StartJobRun with tags, which needs the
        same permission when it is written with conditions on tags.
    ``run_visibility_seconds``
        How long a run can be read after its end. Managed logs live for 30 days; of the run itself AWS says nothing.
    ``get_after_application_delete``
        GetJobRun, ListJobRuns and CancelJobRun after DeleteApplication. Not documented.
    """

    token_reuse: TokenReuse = field(
        default="conflict",
        metadata=_about("a client token sent again with other parameters", "conflict", "validation", "first_run"),
    )
    token_compares_tags: bool = field(
        default=True, metadata=_about("do other tags count as other parameters", "true", "false")
    )
    token_scope: TokenScope = field(
        default="application", metadata=_about("where a client token is unique", "application", "account")
    )
    token_lifetime_seconds: float | None = field(
        default=None, metadata=_about("how long a client token is remembered", "none", "SECONDS")
    )
    token_failed_run: TokenFailedRun = field(
        default="returned", metadata=_about("what the client token of a FAILED run gives", "returned", "new_run")
    )
    tag_terminal_runs: TagTerminalRuns = field(
        default="allowed", metadata=_about("tagging a run that has ended", "allowed", "denied")
    )
    tagging: Tagging = field(
        default="allowed",
        metadata=_about(
            "does IAM allow tagging (entirely: with StartJobRun too)", "allowed", "denied", "denied_entirely"
        ),
    )
    run_visibility_seconds: float | None = field(
        default=None, metadata=_about("how long a run can be read after its end", "none", "SECONDS")
    )
    get_after_application_delete: AfterApplicationDelete = field(
        default="found", metadata=_about("reading the runs of a deleted application", "found", "not_found")
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
        return _as_seconds(option.name, text)
    if text not in values:
        raise ValueError(f"option {option.name} is one of {', '.join(values)}, not {text!r}")
    return text == "true" if "true" in values else text


def _as_seconds(name: str, text: str) -> float | None:
    if text == "none":
        return None
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"option {name} is a number of seconds or none, not {text!r}") from None
