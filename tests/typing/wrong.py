"""Every line that ends in an ignore is wrong, and must be reported without it: a test takes the ignores away."""

from __future__ import annotations

import pulumi

from pulumi_emr_serverless import JobRun, spark_submit
from pulumi_emr_serverless.program.inputs import (
    CloudWatchLoggingConfiguration,
    Configuration,
    ConfigurationOverrides,
    Hive,
    JobDriver,
    JobRunArgs,
    RetryPolicy,
    SparkSubmit,
)

number: pulumi.Output[int] = pulumi.Output.from_input(1)

no_role: JobRunArgs = {"application_id": "00f"}  # type: ignore[typeddict-item]
no_application: JobRunArgs = {"execution_role_arn": "arn"}  # type: ignore[typeddict-item]
number_for_text: JobRunArgs = {"application_id": 1, "execution_role_arn": "arn"}  # type: ignore[typeddict-item]
wrong_output: JobRunArgs = {"application_id": number, "execution_role_arn": "arn"}  # type: ignore[typeddict-item]
typo: JobRunArgs = {"application_id": "a", "execution_role_arn": "r", "tag": {}}  # type: ignore[typeddict-unknown-key]
api_name: JobRunArgs = {"application_id": "a", "execution_role_arn": "r", "jobDriver": {}}  # type: ignore[typeddict-unknown-key]
mode: JobRunArgs = {"application_id": "a", "execution_role_arn": "r", "mode": "batch"}  # type: ignore[typeddict-item]
minutes: JobRunArgs = {"application_id": "a", "execution_role_arn": "r", "execution_timeout_minutes": "60"}  # type: ignore[typeddict-item]
tag_list: JobRunArgs = {"application_id": "a", "execution_role_arn": "r", "tags": ["a"]}  # type: ignore[typeddict-item]
tag_number: JobRunArgs = {"application_id": "a", "execution_role_arn": "r", "tags": {"a": 1}}  # type: ignore[dict-item]

no_entry_point: SparkSubmit = {"spark_submit_parameters": "--conf a=b"}  # type: ignore[typeddict-item]
arguments_as_text: JobDriver = {"spark_submit": {"entry_point": 1}}  # type: ignore[typeddict-item]
numbers_as_arguments: SparkSubmit = {"entry_point": "x", "entry_point_arguments": [1]}  # type: ignore[list-item]
other_engine: JobDriver = {"presto": {}}  # type: ignore[typeddict-unknown-key]
no_query: Hive = {"parameters": "--hiveconf a=b"}  # type: ignore[typeddict-item]

no_classification: Configuration = {"properties": {}}  # type: ignore[typeddict-item]
number_in_properties: Configuration = {"classification": "c", "properties": {"spark.executor.cores": 4}}  # type: ignore[dict-item]
wrong_deep_down: Configuration = {"classification": "c", "configurations": [{"classification": 1}]}  # type: ignore[list-item]
unknown_override: ConfigurationOverrides = {"runtime_configuration": []}  # type: ignore[typeddict-unknown-key]

not_enabled: CloudWatchLoggingConfiguration = {"log_group_name": "g"}  # type: ignore[typeddict-item]
enabled_as_text: CloudWatchLoggingConfiguration = {"enabled": "true"}  # type: ignore[typeddict-item]
no_such_worker: CloudWatchLoggingConfiguration = {"enabled": True, "log_types": {"DRIVER": ["STDOUT"]}}  # type: ignore[dict-item]
no_such_log: CloudWatchLoggingConfiguration = {"enabled": True, "log_types": {"SPARK_DRIVER": ["stdout"]}}  # type: ignore[list-item]
attempts_as_text: RetryPolicy = {"max_attempts": "3"}  # type: ignore[typeddict-item]

JobRun("no role", application_id="00f")  # type: ignore[call-arg]
JobRun("a typo", application_id="00f", execution_role_arn="arn", tag={})  # type: ignore[call-arg]
JobRun("another type", application_id="00f", execution_role_arn="arn", execution_timeout_minutes="60")  # type: ignore[arg-type]
JobRun("no such policy", application_id="00f", execution_role_arn="arn", rerun="always")  # type: ignore[arg-type]
JobRun.from_definition("no such override", "a.yaml", entry_point="s3://b/x.py")  # type: ignore[call-arg]
spark_submit("s3://b/x.py", executor_core=4)  # type: ignore[call-arg]
