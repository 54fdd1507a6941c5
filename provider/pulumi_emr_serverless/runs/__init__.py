"""What a job run is, in AWS's own terms: its states, what AWS shows of it, its names, and where its logs are.

- ``states`` is the table of what each state means; one that AWS adds later is taken to be alive.
- ``observation`` is a run as GetJobRun shows it, ``application`` what it runs on; ``ids`` its resource ID and its ARN; ``logs`` where its logs are.

Values only: it imports nothing of the package but its errors.
"""

from pulumi_emr_serverless.runs.application import Application
from pulumi_emr_serverless.runs.ids import account_of, ids_of_arn, region_of, split_id
from pulumi_emr_serverless.runs.logs import DEFAULT_LOG_GROUP, LOG_LOCATION_SOURCES, log_locations
from pulumi_emr_serverless.runs.observation import Observation
from pulumi_emr_serverless.runs.states import FAILED_STATES, LIVE_STATES, STATES, StateFacts, facts

__all__ = [
    "DEFAULT_LOG_GROUP",
    "FAILED_STATES",
    "LIVE_STATES",
    "LOG_LOCATION_SOURCES",
    "STATES",
    "Application",
    "Observation",
    "StateFacts",
    "account_of",
    "facts",
    "ids_of_arn",
    "log_locations",
    "region_of",
    "split_id",
]
