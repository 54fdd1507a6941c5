"""One intent, one run: the protocol between a launch and AWS.

- ``tokens`` ties an intent to its client tokens, ``tags`` are what a run carries of it: both are persisted formats.
- ``answers`` decides whose a run is, ``surroundings`` looks for the other runs of its launch; ``start`` and ``stop`` act.
- ``leftovers`` are runs of a launch that are alive and in no state, ``memory`` is what one process has seen of its update, ``doubt`` what a "not found" is worth, ``preflight`` what can be
  known before a run is ended for another.
- ``failures`` are the runs that ``rerun`` looks for, ``orphans`` the living ones that no state knows.

It names what it needs of AWS as protocols, and imports neither boto3 nor Pulumi.
"""

from pulumi_emr_serverless.launching.doubt import Doubt, WaitedDoubt
from pulumi_emr_serverless.launching.failures import Failures
from pulumi_emr_serverless.launching.leftovers import Leftovers
from pulumi_emr_serverless.launching.memory import HeldRun, Memory
from pulumi_emr_serverless.launching.orphans import KnownLaunches, Sorted, known_launches, sort_orphans
from pulumi_emr_serverless.launching.preflight import reason_against, require_startable
from pulumi_emr_serverless.launching.start import RunStarter, StartedRun
from pulumi_emr_serverless.launching.stop import Ended, RunStopper, cancel_if_alive
from pulumi_emr_serverless.launching.surroundings import Look, Surroundings, unfinished
from pulumi_emr_serverless.launching.tags import (
    CLOSED_TAG,
    CLOSED_TO_CANCEL,
    OWN_TAGS,
    TAG_PREFIX,
    LaunchTag,
    TagChange,
    closed_as,
    tag_change,
    without_own,
)
from pulumi_emr_serverless.launching.tokens import Launch, is_launch_token, launch_digest, mint_launch_token

__all__ = [
    "CLOSED_TAG",
    "CLOSED_TO_CANCEL",
    "OWN_TAGS",
    "TAG_PREFIX",
    "Doubt",
    "Ended",
    "Failures",
    "HeldRun",
    "KnownLaunches",
    "Launch",
    "LaunchTag",
    "Leftovers",
    "Look",
    "Memory",
    "RunStarter",
    "RunStopper",
    "Sorted",
    "StartedRun",
    "Surroundings",
    "TagChange",
    "WaitedDoubt",
    "cancel_if_alive",
    "closed_as",
    "is_launch_token",
    "known_launches",
    "launch_digest",
    "mint_launch_token",
    "reason_against",
    "require_startable",
    "sort_orphans",
    "tag_change",
    "unfinished",
    "without_own",
]
