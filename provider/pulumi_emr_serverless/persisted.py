"""The names that stand in users' states for ever: resource types, and the properties that are ours and not AWS's.

Without an import, so that the command and a program's first import are quick.
"""

JOB_RUN_TYPE = "pulumi-python:dynamic/emrserverless:JobRun"
LAUNCH_TOKEN_TYPE = "pulumi-python:dynamic/emrserverless:LaunchToken"  # noqa: S105 - the name of a type

NATIVE_JOB_TYPE = "emr-serverless:index:JobRun"
"""The component that a program of any language declares; the next two are its parts."""
NATIVE_RUN_TYPE = "emr-serverless:index:Run"
NATIVE_LAUNCH_TOKEN_TYPE = "emr-serverless:index:LaunchToken"  # noqa: S105 - the name of a type

NATIVE_FUNCTION = "emr-serverless:index:getJobRun"

RUN_TYPES = (JOB_RUN_TYPE, NATIVE_RUN_TYPE)
LAUNCH_TOKEN_TYPES = (LAUNCH_TOKEN_TYPE, NATIVE_LAUNCH_TOKEN_TYPE)

NATIVE_LAUNCH_TOKEN = "launchToken"  # noqa: S105 - the name of a property, not its value
"""``__launchToken`` in the native form: SDKs of other languages have no properties whose names begin with ``__``."""

LAUNCH_TOKEN = "__launchToken"  # noqa: S105 - the name of a property, not its value
"""The companion's value, as an input of the run. Pulumi shows no input whose name begins with ``__`` in a plan."""

LAUNCH_TAG = "__launchTag"
STARTED_AT = "__startedAt"
"""When the run was started, by AWS's clock: ISO 8601, in UTC. Early versions wrote epoch seconds by their machine's clock,
from which nothing is concluded."""

UNSETTLED = "__unsettled"
"""There, and true, on a run at whose start, or at a refresh since, an earlier run of its launch could be alive."""

EXPLICIT_CLIENT_TOKEN = "__explicitClientToken"  # noqa: S105 - the name of a property, not its value
OUTPUTS = ("jobRunId", "arn", "logs", "observed", LAUNCH_TAG, STARTED_AT, EXPLICIT_CLIENT_TOKEN)
"""What a run has beside its inputs. ``clientToken`` is either."""

SECRETS = "__secrets"
"""Where in the inputs a program's secrets are: the engine hands them to a dynamic provider in the clear, unmarked."""

SECRET_SETTINGS = "__secretSettings"  # noqa: S105 - as above
"""Which values of the configuration are secret, by key: the engine hands those over in the clear too. Absent where none is."""

REFUSED = "__refused"
"""What is wrong with the options that a job has in the end, for its check. Never in a state: the check fails with it."""

JOB = "__job"
"""Which job of the stack this is, for the companion and the run alike."""

DEFAULTS = "__defaults"
"""Which inputs this package has filled in, by the API's names. They are no part of what was asked for: a run of an earlier
version, without them, is the same run. Absent where there is none."""

VALUE = "value"
"""The launch token, as the companion's output."""

LAUNCH = "__launch"
"""The companion's public half: the first part of the tag on each of its runs."""

MAYBE_OUTPUTS = (*OUTPUTS, UNSETTLED)
"""With what is only there where it is needed."""

INTERNAL_INPUTS = (LAUNCH_TOKEN, SECRETS, SECRET_SETTINGS, REFUSED, JOB, DEFAULTS)
