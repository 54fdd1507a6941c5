"""The definition of a run that exists: what GetJobRun answers, without what AWS adds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any, Final

from pulumi_emr_serverless.definitions.placeholders import escaped, placeholders
from pulumi_emr_serverless.request import REQUEST_MEMBERS, RESERVED_TAG_PREFIXES, Location, format_path

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
        run: the member ``jobRun`` of GetJobRun's answer, under its names or StartJobRun's. Tags of AWS's and of this
            package, which no request may bring, are left out. What AWS fills in where a request says nothing, such as a
            timeout, stays as if the request had said it.

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


def with_placeholders(
    properties: Mapping[str, Any], hidden: Iterable[Location]
) -> tuple[dict[str, Any], dict[str, str]]:
    """``properties`` with a placeholder at each of these locations, and what each name stands for.

    What looked like a placeholder before is escaped.
    """
    names: dict[Location, str] = {}
    for location in hidden:
        base = re.sub(r"\W+", "_", "_".join(map(str, location[-2:])), flags=re.ASCII)
        names[location] = next(
            name for number in count(1) if (name := f"{base}_{number}" if number > 1 else base) not in names.values()
        )
    filled: dict[str, Any] = _hidden(dict(properties), (), names) if names else dict(properties)
    used = placeholders(filled) if names else []
    sources = {name: f"{format_path(location)}, which the stack keeps secret" for location, name in names.items()}
    return filled, {name: source for name, source in sources.items() if name in used}


def _hidden(value: Any, location: Location, names: Mapping[Location, str]) -> Any:
    if location in names:
        return f"${{{names[location]}}}"
    if isinstance(value, Mapping):
        return {key: _hidden(item, (*location, key), names) for key, item in value.items()}
    if isinstance(value, list):
        return [_hidden(item, (*location, index), names) for index, item in enumerate(value)]
    return escaped(value) if isinstance(value, str) else value
