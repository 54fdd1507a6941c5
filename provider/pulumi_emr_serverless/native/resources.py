"""The resources of the plugin, on plain bags: what the native form adds to the verbs.

A dynamic provider is told neither of a preview nor of an import, and cannot say what a plan shows. This one is, and can.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_emr_serverless.persisted import INTERNAL_INPUTS, LAUNCH, LAUNCH_TOKEN, MAYBE_OUTPUTS, VALUE
from pulumi_emr_serverless.request import PROPERTIES, UNKNOWN, Location, format_path
from pulumi_emr_serverless.verbs import Change, Checked, Created, Failure, JobRunVerbs, LaunchTokenVerbs, Process

_RUN_ALONE = (
    "launchToken: is missing. Declare an emr-serverless:JobRun, which brings its own. A Run by itself is for one that was "
    "imported; to start another one in its place it needs the value of an emr-serverless:LaunchToken."
)


@dataclass(frozen=True)
class Plan:
    """What a change amounts to, and how a plan shows it.

    Args:
        change: replace, update or neither.
        shown: each changed property, by its path, and whether it was there before and is afterwards.
    """

    change: Change
    shown: Mapping[str, tuple[bool, bool]]


@dataclass(frozen=True)
class Seen:
    """A run as AWS shows it: what the program would have to say, and what the state has."""

    inputs: dict[str, Any]
    outputs: dict[str, Any]


@dataclass(frozen=True)
class Runs:
    """``emr-serverless:index:Run``. ``verbs.JobRunVerbs`` says what each verb promises."""

    process: Process

    @property
    def _verbs(self) -> JobRunVerbs:
        return JobRunVerbs(self.process)

    def check(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Checked:
        """As the verb; a run that is to be started must have a launch token. An imported one has old inputs."""
        checked = self._verbs.check(olds, news)
        if news.get(LAUNCH_TOKEN) is None and not _declared_inputs(olds):
            return Checked(checked.inputs, (*checked.failures, Failure("", _RUN_ALONE)))
        return checked

    def diff(self, id_: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Plan:
        change = self._verbs.diff(id_, olds, news)
        names = [name for name in dict.fromkeys((*change.replaces, *change.updates)) if not name.startswith("__")]
        shown = {
            format_path(location): (was_there, is_there)
            for name in names
            for location, was_there, is_there in _differences(olds.get(name), news.get(name), (name,))
        }
        return Plan(change, shown or dict.fromkeys(change.replaces, (True, True)))

    def create(self, props: Mapping[str, Any], *, preview: bool) -> Created:
        if not preview:
            return self._verbs.create(props)
        unknown = dict.fromkeys(("jobRunId", "arn", "logs", "observed"), UNKNOWN)
        return Created("", {"clientToken": UNKNOWN, **props, **unknown})

    def update(self, id_: str, olds: Mapping[str, Any], news: Mapping[str, Any], *, preview: bool) -> dict[str, Any]:
        if not preview:
            return self._verbs.update(id_, olds, news)
        kept = {name: olds[name] for name in (*MAYBE_OUTPUTS, "clientToken") if name in olds}
        return {**news, **kept}

    def read(self, id_: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Seen | None:
        """The run as AWS shows it; None if its own stack has ended it since. One that is imported brings its definition."""
        if outputs.get("arn"):
            found = self._verbs.read(id_, outputs)
            return None if found is None else Seen({**inputs, **_only(found, ("applicationId", "tags"))}, found)
        found = self._verbs.adopt(id_, {**inputs, **outputs})
        return Seen(_only(found, (*PROPERTIES, *INTERNAL_INPUTS)), found)

    def delete(self, id_: str, olds: Mapping[str, Any]) -> None:
        self._verbs.delete(id_, olds)

    def get(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """The function ``getJobRun``: a run that this stack need not own, as AWS shows it now."""
        place = {name: args[name] for name in ("region", "endpoint", *INTERNAL_INPUTS) if name in args}
        found = self._verbs.adopt(f"{args['applicationId']}/{args['jobRunId']}", place)
        shown = _only(found, ("jobRunId", "arn", "applicationId", "logs", "observed", "tags"))
        return {**shown, "state": found["observed"]["state"]}


@dataclass(frozen=True)
class LaunchTokens:
    """``emr-serverless:index:LaunchToken``. ``verbs.LaunchTokenVerbs`` says what each verb promises. Nothing changes it."""

    process: Process

    @property
    def _verbs(self) -> LaunchTokenVerbs:
        return LaunchTokenVerbs(self.process)

    def create(self, props: Mapping[str, Any], *, preview: bool) -> Created:
        if preview:
            return Created("", {**props, VALUE: UNKNOWN, LAUNCH: UNKNOWN})
        return self._verbs.create(props)

    def update(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any]:
        return self._verbs.update(olds, news)

    def delete(self, olds: Mapping[str, Any]) -> None:
        self._verbs.delete(olds)


def _only(bag: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: bag[name] for name in names if name in bag}


def _declared_inputs(bag: Mapping[str, Any]) -> bool:
    return any(bag.get(name) is not None for name in PROPERTIES)


def _differences(old: Any, new: Any, location: Location) -> Iterator[tuple[Location, bool, bool]]:
    """Where two values differ, and whether there is one before and afterwards."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*old, *new)):
            yield from _differences(old.get(key), new.get(key), (*location, key))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            before, after = (side[index] if index < len(side) else None for side in (old, new))
            yield from _differences(before, after, (*location, index))
    elif old != new:
        yield location, old is not None, new is not None
