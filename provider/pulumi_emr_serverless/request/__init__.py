"""A StartJobRun request: what it may say, and what it means.

Nothing here knows Pulumi or boto3. The models follow AWS's service model member by member; a test compares the two.

- :func:`violations` checks a property bag under the API's names and says everything that is wrong with it.
- :func:`suspicions` says, as warnings, what a run may well fail of.
- :func:`spelled_in_python` says it in a program's spelling.
- :func:`start_job_run_input` makes the arguments of boto3's ``start_job_run`` of it.
- :func:`secret_values` are the values at the locations that somebody has made secret.
- :func:`canonical`, :func:`canonical_json` and :func:`changed_members` say what it means: two requests that differ in
  spelling only start the same run.
"""

from pulumi_emr_serverless.request.meaning import canonical, canonical_json, changed_members, start_job_run_input
from pulumi_emr_serverless.request.models import (
    BEHAVIOUR_PROPERTIES,
    MAX_NAME,
    MAX_TAGS,
    MAX_USER_TAGS,
    PROPERTIES,
    REQUEST_MEMBERS,
    RESERVED_TAG_PREFIXES,
    RESERVED_TAGS,
    JobRunProperties,
    StartJobRun,
)
from pulumi_emr_serverless.request.paths import (
    HIDDEN,
    SENSITIVE_PATHS,
    UNKNOWN,
    Location,
    Severity,
    Unknown,
    Violation,
    format_path,
    is_sensitive,
    overlap,
    parse_path,
    shortened,
)
from pulumi_emr_serverless.request.rules import suspicions, violations
from pulumi_emr_serverless.request.secrets import secret_values
from pulumi_emr_serverless.request.spelling import spelled_by_aws, spelled_in_python

__all__ = [
    "BEHAVIOUR_PROPERTIES",
    "HIDDEN",
    "MAX_NAME",
    "MAX_TAGS",
    "MAX_USER_TAGS",
    "PROPERTIES",
    "REQUEST_MEMBERS",
    "RESERVED_TAGS",
    "RESERVED_TAG_PREFIXES",
    "SENSITIVE_PATHS",
    "UNKNOWN",
    "JobRunProperties",
    "Location",
    "Severity",
    "StartJobRun",
    "Unknown",
    "Violation",
    "canonical",
    "canonical_json",
    "changed_members",
    "format_path",
    "is_sensitive",
    "overlap",
    "parse_path",
    "secret_values",
    "shortened",
    "spelled_by_aws",
    "spelled_in_python",
    "start_job_run_input",
    "suspicions",
    "violations",
]
