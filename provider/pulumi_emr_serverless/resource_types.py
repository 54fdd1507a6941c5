"""The resource types, as they stand in every URN: a persisted format. Without an import, so that the command is quick."""

JOB_RUN_TYPE = "pulumi-python:dynamic/emrserverless:JobRun"
LAUNCH_TOKEN_TYPE = "pulumi-python:dynamic/emrserverless:LaunchToken"  # noqa: S105 - the name of a type
