"""One intent, one run: the protocol between a launch and AWS.

- ``tokens`` ties an intent to its client tokens, ``tags`` are what a run carries of it: both are persisted formats.
- ``answers`` decides whose a run is; ``start`` and ``stop`` act on it.
- ``memory`` is what one process has seen of its update, ``patience`` how long a "not found" is doubted.
- ``failures`` are the runs that ``rerun`` looks for, ``orphans`` the living ones that no state knows.

It names what it needs of AWS as protocols, and imports neither boto3 nor Pulumi.
"""

from pulumi_emr_serverless.launching.failures import Failures
from pulumi_emr_serverless.launching.memory import HeldRun, Memory
from pulumi_emr_serverless.launching.orphans import KnownLaunches, Sorted, known_launches, sort_orphans
from pulumi_emr_serverless.launching.start import RunStarter, StartedRun, Surroundings
from pulumi_emr_serverless.launching.stop import RunStopper, cancel_if_alive
from pulumi_emr_serverless.launching.tags import (
    CLOSED_TAG,
    OWN_TAGS,
    TAG_PREFIX,
    LaunchTag,
    TagChange,
    tag_change,
    without_own,
)
from pulumi_emr_serverless.launching.tokens import Launch, launch_digest, mint_launch_token, minted_at

__all__ = [
    "CLOSED_TAG",
    "OWN_TAGS",
    "TAG_PREFIX",
    "Failures",
    "HeldRun",
    "KnownLaunches",
    "Launch",
    "LaunchTag",
    "Memory",
    "RunStarter",
    "RunStopper",
    "Sorted",
    "StartedRun",
    "Surroundings",
    "TagChange",
    "cancel_if_alive",
    "known_launches",
    "launch_digest",
    "mint_launch_token",
    "minted_at",
    "sort_orphans",
    "tag_change",
    "without_own",
]
