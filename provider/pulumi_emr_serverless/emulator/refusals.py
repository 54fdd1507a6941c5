"""Every "no" of the emulator: under which code AWS says it, in which words, and how that is known.

The words are AWS's where `wording` says whose log has them, else our own. The limits of the service model are in the
model itself: see ``constraints``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pulumi_emr_serverless.emulator.errors import ApiError
from pulumi_emr_serverless.emulator.provenance import API, GUIDE, Provenance, assumed, documented, modelled, seen

_VALIDATION = (400, "ValidationException")
_NOT_FOUND = (404, "ResourceNotFoundException")
_CONFLICT = (409, "ConflictException")
_DENIED = (403, "AccessDeniedException")
_SIGNATURE = (403, "InvalidSignatureException")

_LOGS = seen("public logs and questions", "2026-11")
_SHOWN = "the product shows the sentence, and reads no meaning into it"
OURS = assumed("the words are ours: AWS's are not public", _SHOWN)
_CAPACITY = documented(f"{GUIDE}application-capacity.html")
_RESILIENCY = documented(f"{GUIDE}jobs-resiliency.html")
_SIGNING = documented("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html")


@dataclass(frozen=True)
class Refusal:
    """An error that is raised on purpose: ``raise REFUSAL.error(name=value)`` fills in its words."""

    kind: tuple[int, str]
    words: str
    provenance: Provenance
    wording: Provenance = OURS

    def error(self, **values: Any) -> ApiError:
        return ApiError(*self.kind, self.words.format(**values))


# What is not there

NO_APPLICATION = Refusal(_NOT_FOUND, "Application {application} does not exist", modelled("ResourceNotFoundException"))
NO_RUN = Refusal(_NOT_FOUND, "JobRun {run} does not exist", modelled("ResourceNotFoundException"))
NO_ATTEMPT = Refusal(
    _NOT_FOUND, "Attempt {attempt} of JobRun {run} does not exist", modelled("ResourceNotFoundException")
)
NO_RESOURCE = Refusal(_NOT_FOUND, "Resource {arn} does not exist", modelled("ResourceNotFoundException"))
NO_OPERATION = Refusal(
    (404, "UnknownOperationException"),
    "EMR Serverless has no operation at {method} {path}",
    assumed("the error of other services of this protocol", "nothing: no SDK sends such a request"),
)

# The protocol

AGAINST_THE_MODEL = Refusal(
    _VALIDATION,
    "{count}: {problems}",
    modelled("each shape's own limits"),
    seen("the sentences that AWS's services answer for limits of their model", "2026-11"),
)
NO_JSON = Refusal(_VALIDATION, "The request body is not valid JSON", modelled("the protocol rest-json"))
NO_OBJECT = Refusal(_VALIDATION, "The request body is not a JSON object", modelled("the protocol rest-json"))
WRONG_SCALAR = Refusal(
    _VALIDATION, "Value '{text}' at '{member}' is not a {type}", modelled("the members of the query")
)
WRONG_PAGE_TOKEN = Refusal(
    _VALIDATION, "nextToken is not one that this operation returned", modelled("NextToken of the listings")
)
SIGNATURE_EXPIRED = Refusal(
    _SIGNATURE, "Signature expired: {at} is now earlier than {limit} ({now} - 5 min.)", _SIGNING, _SIGNING
)
SIGNATURE_EARLY = Refusal(
    _SIGNATURE, "Signature not yet current: {at} is still later than {limit} ({now} + 5 min.)", _SIGNING, _SIGNING
)
THROTTLED = Refusal(
    (429, "ThrottlingException"),
    "Rate exceeded",
    documented(f"{GUIDE}endpoints-quotas.html#api-limits"),
    seen("the sentence of every AWS service; the code is not public for this one", "2026-11"),
)
INTERNAL = Refusal((500, "InternalServerException"), "An internal error occurred.", modelled("InternalServerException"))
NOT_EMULATED = Refusal(
    (501, "NotEmulatedException"),
    "{operation} is not covered by this emulator of EMR Serverless",
    assumed("named apart from AWS's own errors, so that nobody looks for a mistake in the request", "nothing"),
)

HIVE_IS_NOT_RUN = Refusal(
    (501, "NotEmulatedException"),
    "emrs local --spark runs Spark alone: set a fate for this job, or start emrs local without --spark",
    assumed("named apart from AWS's own errors, so that nobody looks for a mistake in the request", "nothing"),
)

# Who may do what

DENIED = Refusal(
    _DENIED,
    "User: {caller} is not authorized to perform: emr-serverless:{action} on resource: {resource}",
    documented(f"{GUIDE}security_iam_service-with-iam.html"),
    seen("the sentence of every AWS service", "2026-11"),
)
FOREIGN_ROLE = Refusal(
    _DENIED,
    "Cross-account pass role is not allowed.",
    documented("https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"),
    seen("Lambda, EventBridge Pipes, OpsWorks and others; not of this service", "2026-11"),
)

# Client tokens

_TOKENS = assumed(
    "StartJobRun says that a token must be unique for each request",
    "see the option token_reuse, under each value of which the product is tested",
)
TOKEN_CONFLICT = Refusal(_CONFLICT, "The client token {token} was already used with other parameters", _TOKENS)
TOKEN_INVALID = Refusal(_VALIDATION, "The client token {token} was already used with other parameters", _TOKENS)

# Tags

RESERVED_TAGS = Refusal(
    _VALIDATION, "Tag keys must not begin with aws: {keys}", documented(f"{GUIDE}tag-resources.html")
)
TOO_MANY_TAGS = Refusal(
    _VALIDATION,
    "A resource may have {limit} tags at most, not {count}",
    documented(f"{GUIDE}tag-resources.html"),
)
ENDED_TAGS = Refusal(
    _VALIDATION,
    "JobRun {run} is in terminal state {state} and cannot be tagged",
    assumed("see the option tag_terminal_runs", "the product is tested under each of its values"),
)

# Job runs

NO_DRIVER = Refusal(_VALIDATION, "jobDriver must not be null", documented(f"{API}API_StartJobRun.html"))
WRONG_DRIVER = Refusal(
    _VALIDATION, "A {engine} application runs {driver}, not {given}", documented(f"{API}API_JobDriver.html")
)
CREATING = Refusal(
    _VALIDATION,
    "Application {application} is CREATING and takes job runs when it is CREATED",
    assumed("see the option application_creating_seconds", _SHOWN),
)
NOT_STARTED = Refusal(
    _VALIDATION,
    "Application {application} is {state}, and its autoStartConfiguration is disabled: start it",
    documented(f"{GUIDE}application-configuration.html"),
)
NO_TIMEOUT = Refusal(
    _VALIDATION,
    "executionTimeoutMinutes 0 is not supported for BATCH job runs",
    documented(f"{API}API_StartJobRun.html"),
)
LONG_TIMEOUT = Refusal(
    _VALIDATION,
    "executionTimeoutMinutes of a BATCH job run must not exceed {limit}",
    documented(f"{API}API_StartJobRun.html"),
)
OLD_RELEASE = Refusal(
    _VALIDATION,
    "STREAMING and retryPolicy need release emr-7.1.0, not {release}",
    documented(f"{GUIDE}jobs-streaming.html"),
)
OTHER_MODES_RETRIES = Refusal(
    _VALIDATION, "retryPolicy.{member} does not apply to {mode} job runs", documented(f"{API}API_RetryPolicy.html")
)
RETRIES = Refusal(_VALIDATION, "retryPolicy.{member} must be from 1 to {limit}", _RESILIENCY)
GRACE = Refusal(
    _VALIDATION,
    "shutdownGracePeriodInSeconds must be 0 or from {least} to {most}, not {seconds}",
    documented(f"{API}API_CancelJobRun.html"),
)
OLD_GRACE = Refusal(
    _VALIDATION,
    "shutdownGracePeriodInSeconds needs release emr-7.9.0, not {release}",
    documented(f"{GUIDE}job-run-cancel.html"),
)
ENDED = Refusal(
    _VALIDATION,
    "JobRun {run} is in terminal state {state} and cannot be cancelled",
    seen("a ValidationException in public logs; the words are ours", "2026-11"),
)
EARLY_DASHBOARD = Refusal(_VALIDATION, "Dashboard cannot be served for job in {state} state", _LOGS, _LOGS)

# The sizes of workers

CORES = Refusal(
    _VALIDATION,
    "{worker}: {cores} vCPU is no size of a worker. Supported are {sizes} vCPU",
    _CAPACITY,
)
MEMORY = Refusal(
    _VALIDATION,
    "{worker}: {memory} GB of memory, overhead included, is more than a worker of {cores} vCPU has: {most} GB",
    _CAPACITY,
)
DISK = Refusal(
    _VALIDATION,
    "{worker}: a {type} disk has from {least} to {most} GB, not {disk} GB",
    _CAPACITY,
)
SHUFFLE_DISK = Refusal(
    _VALIDATION,
    "{worker}: a SHUFFLE_OPTIMIZED disk needs a worker of 4 vCPU or more, not {cores} vCPU",
    documented(f"{GUIDE}jobs-shuffle-optimized-disks.html"),
)

# Applications

ENGINE = Refusal(_VALIDATION, "Unsupported engine {type}", documented(f"{API}API_CreateApplication.html"))
RELEASE = Refusal(
    _VALIDATION,
    "Release label {release} is not supported. EMR Serverless has emr-6.6.0 and later",
    documented(f"{GUIDE}release-versions.html"),
)
SCHEDULER = Refusal(
    _VALIDATION,
    "schedulerConfiguration.{member} must be from {least} to {most}, not {value}",
    documented(f"{API}API_SchedulerConfiguration.html"),
)
OLD_SCHEDULER = Refusal(
    _VALIDATION,
    "schedulerConfiguration needs release emr-7.0.0, not {release}",
    documented(f"{API}API_SchedulerConfiguration.html"),
)
INITIAL_CAPACITY = Refusal(
    _VALIDATION,
    "initialCapacity needs {needed} of {resource}, and maximumCapacity has {most}",
    documented(f"{GUIDE}application-capacity.html#max-capacity"),
)
CANNOT_START = Refusal(
    _VALIDATION,
    "Application {application} cannot be started in state {state}",
    documented(f"{API}API_StartApplication.html"),
)
CANNOT_STOP = Refusal(
    _VALIDATION,
    "Application cannot be STOPPED. Applications must be in one of the following statuses: [STARTING, STARTED]",
    _LOGS,
    _LOGS,
)
STILL_ACTIVE = Refusal(
    _VALIDATION,
    "Application {application} still has active job runs: {runs}",
    documented(f"{API}API_StopApplication.html"),
)
CANNOT_UPDATE = Refusal(
    _VALIDATION,
    "Application cannot be UPDATED. Applications must be in one of the statuses to be updated: [STOPPED, CREATED]. "
    "Current status: {state}",
    _LOGS,
    seen("all but its first sentence, which is ours", "2026-11"),
)
CANNOT_DELETE = Refusal(
    _VALIDATION,
    "Application {application} must be in state CREATED or STOPPED to be deleted, not {state}",
    documented(f"{API}API_DeleteApplication.html"),
)
