"""Living runs that this package started and that no state knows: what is left when even the launch token is gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_emr_serverless.launching.tags import is_retained, launch_tag_of
from pulumi_emr_serverless.persisted import LAUNCH, LAUNCH_TAG, LAUNCH_TOKEN_TYPES, RUN_TYPES, UNSETTLED
from pulumi_emr_serverless.runs import Observation


@dataclass(frozen=True)
class KnownLaunches:
    """What states say: the launches that they hold, by the first part of their runs' tag, and the runs on record."""

    launches: frozenset[str] = frozenset()
    job_run_ids: frozenset[str] = frozenset()
    settled: frozenset[str] = frozenset()
    """The launches whose job has a run on record, and nothing under way: no update looks for another one by itself."""

    def __or__(self, other: KnownLaunches) -> KnownLaunches:
        return KnownLaunches(
            self.launches | other.launches, self.job_run_ids | other.job_run_ids, self.settled | other.settled
        )


def known_launches(export: Mapping[str, Any]) -> KnownLaunches:
    """Read a state, as ``pulumi stack export`` prints it. Secrets in it stay closed: nothing secret is needed.

    Raises:
        ValueError: it is not such an export.
    """
    if "deployment" not in export:
        raise ValueError("it has no 'deployment', so it is not what `pulumi stack export` prints")
    deployment = export["deployment"]
    under_way = {each["resource"].get("urn") for each in deployment.get("pending_operations") or []}
    launches: set[str] = set()
    runs: set[str] = set()
    settled: set[str] = set()
    for resource in deployment.get("resources") or []:
        outputs = resource.get("outputs") or {}
        if resource.get("type") in LAUNCH_TOKEN_TYPES and outputs.get(LAUNCH):
            launches.add(outputs[LAUNCH])
        elif resource.get("type") in RUN_TYPES and outputs.get("jobRunId"):
            runs.add(outputs["jobRunId"])
            launch = str(outputs.get(LAUNCH_TAG) or "").partition(".")[0]
            launches.add(launch)
            is_whole = not (resource.get("pendingReplacement") or resource.get("delete") or outputs.get(UNSETTLED))
            if is_whole and resource.get("urn") not in under_way:
                settled.add(launch)
    return KnownLaunches(frozenset(launches - {""}), frozenset(runs), frozenset(settled - {""}))


@dataclass(frozen=True)
class Sorted:
    """Living runs that are on record nowhere."""

    orphans: tuple[Observation, ...]
    """Their launch is in no state: no `pulumi up` will ever come back to them."""
    awaited: tuple[Observation, ...]
    """Their launch is in a state, with something under way: the next `pulumi up` of that job takes them over, or ends them."""
    rivals: tuple[Observation, ...] = ()
    """The state names another run of their launch, and an update has nothing to do there: `pulumi refresh` finds them, and
    the next `pulumi up` then ends them. Or the state that was given is older than they are."""


def sort_orphans(living: Iterable[Observation], known: KnownLaunches) -> Sorted:
    """Tell orphans from the others. Runs that this package did not start, or that were let go, do not count."""
    unrecorded = [
        (tag, run)
        for run in living
        if (tag := launch_tag_of(run)) is not None
        and not (run.is_terminal or is_retained(run) or run.job_run_id in known.job_run_ids)
    ]
    return Sorted(
        orphans=tuple(run for tag, run in unrecorded if tag.launch not in known.launches),
        awaited=tuple(run for tag, run in unrecorded if tag.launch in known.launches - known.settled),
        rivals=tuple(run for tag, run in unrecorded if tag.launch in known.launches & known.settled),
    )
