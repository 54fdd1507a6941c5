"""Our two tags on a run, and the user's: which launch a run came from, and whether its stack is done with it.

The names and values of our tags stand on users' runs: they are a persisted format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi_emr_serverless.runs import Observation

TAG_PREFIX = "pulumi-emr-serverless:"
"""Every tag of ours begins with it; such tags are hidden from diffs and never removed."""

LAUNCH_TAG = f"{TAG_PREFIX}launch"
"""On every run, from StartJobRun on: which launch, which intent and which counter it came from."""

CLOSED_TAG = f"{TAG_PREFIX}closed"
"""On every run that its stack is done with. A closed run is never taken for the answer to a new intent."""

CLOSED_TO_CANCEL = "cancel"
"""The closed tag of a run that is to be cancelled: if it is alive still, whoever finds it goes on with that."""

CLOSED_TO_RETAIN = "retain"
"""The closed tag of a run that goes on without its stack."""

OWN_TAGS = (LAUNCH_TAG, CLOSED_TAG)

MAX_TAGS = 50
"""How many tags AWS allows on a run. Source: EMR Serverless User Guide, "Tagging resources"."""


@dataclass(frozen=True)
class LaunchTag:
    """The value of the launch tag: digests, so that whoever reads the tags can derive no client token from it."""

    launch: str
    """Digest of the launch token: the same for every run of one job in one stack."""
    intent: str
    """Digest of the request's meaning, keyed with the launch token."""
    counter: int
    closed: str = ""
    """What the closed tag would say, on a run whose tags were full when it was closed; empty on all others."""

    def __str__(self) -> str:
        return ".".join(filter(None, (self.launch, self.intent, str(self.counter), self.closed)))

    @classmethod
    def parse(cls, text: str) -> LaunchTag | None:
        """Read a tag's value; None for anything that this package did not write."""
        launch, _, rest = text.partition(".")
        intent, _, rest = rest.partition(".")
        counter, _, closed = rest.partition(".")
        is_ours = launch and intent and counter.isdecimal() and counter.isascii()
        if not is_ours or closed not in ("", CLOSED_TO_CANCEL, CLOSED_TO_RETAIN) or text.endswith("."):
            return None
        return cls(launch, intent, int(counter), closed)


def launch_tag_of(run: Observation) -> LaunchTag | None:
    """Which launch a run came from; None for a run that this package did not start."""
    return LaunchTag.parse(run.tags.get(LAUNCH_TAG, ""))


def closed_as(run: Observation) -> str:
    """How its stack is done with this run: ``CLOSED_TO_CANCEL``, ``CLOSED_TO_RETAIN``; empty where it is not."""
    if CLOSED_TAG in run.tags:
        return run.tags[CLOSED_TAG] or CLOSED_TO_CANCEL
    tag = launch_tag_of(run)
    return tag.closed if tag is not None else ""


def is_closed(run: Observation) -> bool:
    """Whether its stack is done with this run."""
    return bool(closed_as(run))


def is_retained(run: Observation) -> bool:
    """Whether its stack has let it go on alone."""
    return closed_as(run) == CLOSED_TO_RETAIN


def without_own(tags: dict[str, str]) -> dict[str, str]:
    """The tags that belong to the user: all but those under our prefix."""
    return {key: value for key, value in tags.items() if not key.startswith(TAG_PREFIX)}


@dataclass(frozen=True)
class TagChange:
    """What brings a run's tags to what is declared."""

    put: Mapping[str, str]
    remove: tuple[str, ...]
    removes_first: bool = False
    """Whether both at once would be too many for a moment: AWS counts at each call."""


def tag_change(actual: Mapping[str, str], wanted: Mapping[str, str]) -> TagChange:
    """Tags to put and to remove. Ours and AWS's own are never touched."""
    users, declared = without_own(dict(actual)), without_own(dict(wanted))
    put = {key: value for key, value in declared.items() if users.get(key) != value}
    remove = tuple(sorted(key for key in users if key not in declared and not key.startswith("aws:")))
    at_once = len({*actual, *put, *OWN_TAGS})
    return TagChange(put, remove, removes_first=at_once > MAX_TAGS)
