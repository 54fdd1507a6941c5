"""Watching runs to their end: everything about a wait that is neither Pulumi's nor AWS's.

- ``poller`` looks at all runs of an application that a program waits for, within AWS's quotas.
- ``waiting`` says what each look at a run means to whoever waits for it.
- ``settling`` tells when a program has nothing left to do but to fail.
- ``outcome`` is what became of a run, and ``cost`` what that costs at the prices that the user gives.

It names what it needs of AWS as protocols, and imports neither boto3 nor Pulumi.
"""

from pulumi_emr_serverless.watching.cost import PRICES_KEY, Prices, Resources, total
from pulumi_emr_serverless.watching.outcome import UNKNOWN_STATE, Outcome, failure_message, span, tried, where_logs_are
from pulumi_emr_serverless.watching.poller import Budget, Following, RealTime, RunPoller, Threads
from pulumi_emr_serverless.watching.settling import Activity
from pulumi_emr_serverless.watching.waiting import BILLED_SECONDS, HEALTHY_SECONDS, Clock, Wait

__all__ = [
    "BILLED_SECONDS",
    "HEALTHY_SECONDS",
    "PRICES_KEY",
    "UNKNOWN_STATE",
    "Activity",
    "Budget",
    "Clock",
    "Following",
    "Outcome",
    "Prices",
    "RealTime",
    "Resources",
    "RunPoller",
    "Threads",
    "Wait",
    "failure_message",
    "span",
    "total",
    "tried",
    "where_logs_are",
]
