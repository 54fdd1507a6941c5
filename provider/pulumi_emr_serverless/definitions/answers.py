"""The definition of a run that exists: what GetJobRun answers, without what AWS adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pulumi_emr_serverless.request import REQUEST_MEMBERS, RESERVED_TAG_PREFIXES

_NOT_ASKED_FOR: Final = ("clientToken",)
_ONLY_IN_ANSWERS: Final = frozenset({"jobRunId", "executionRole", "createdBy", "state"})
"""What every answer has, and no request takes."""


def answered_run(document: Any) -> Mapping[str, Any] | None:
    """The run in what ``aws emr-serverless get-job-run`` prints, or in its member ``jobRun``; None of another document."""
    if not isinstance(document, Mapping):
        return None
    inner = document.get("jobRun")
    run = inner if isinstance(inner, Mapping) else document
    return run if run.keys() >= _ONLY_IN_ANSWERS else None


def definition_of(run: Mapping[str, Any]) -> dict[str, Any]:
    """The request that would start such a run again, under the API's names.

    Args:
        run: the member ``jobRun`` of GetJobRun's answer. Its tags are without those of AWS and of this package, which no
            request may bring, and what AWS fills in where a request says nothing (a timeout) stands there as if it had.

    """
    given = {**run, "executionRoleArn": run.get("executionRole") or run.get("executionRoleArn")}
    tags = {
        key: value
        for key, value in (run.get("tags") or {}).items()
        if not key.lower().startswith(RESERVED_TAG_PREFIXES)
    }
    given["tags"] = tags
    wanted = (name for name in REQUEST_MEMBERS if name not in _NOT_ASKED_FOR)
    return {name: given[name] for name in wanted if given.get(name) not in (None, {}, [])}
