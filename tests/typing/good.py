"""Everything here is right, and mypy and pyright agree."""

from __future__ import annotations

import pulumi

from pulumi_emr_serverless import JobRun, load_definitions, spark_submit
from pulumi_emr_serverless.program.inputs import Configuration, JobDriver, JobRunArgs, LogType, SparkSubmit

role = pulumi.Output.from_input("arn:aws:iam::123456789012:role/emr-job")
minutes: pulumi.Output[int] = pulumi.Output.from_input(60)

smallest: JobRunArgs = {"application_id": "00f", "execution_role_arn": role}

spark: SparkSubmit = {"entry_point": "s3://bucket/etl.py", "entry_point_arguments": ["--day", role]}
driver_later: pulumi.Output[JobDriver] = role.apply(lambda _: JobDriver(spark_submit=spark))
configurations: list[Configuration] = [
    {"classification": "spark-defaults", "properties": {"spark.executor.cores": "4", "spark.x": role}},
    {"classification": "a", "configurations": [{"classification": "b", "configurations": [{"classification": "c"}]}]},
]
logs: list[LogType] = ["STDOUT", "STDERR"]

whole: JobRunArgs = {
    "application_id": role,
    "client_token": "run-1",
    "execution_role_arn": "arn:aws:iam::123456789012:role/emr-job",
    "execution_iam_policy": {"policy": role, "policy_arns": ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", role]},
    "job_driver": {"spark_submit": spark},
    "configuration_overrides": {
        "application_configuration": configurations,
        "monitoring_configuration": {
            "s3_monitoring_configuration": {"log_uri": "s3://bucket/logs/", "encryption_key_arn": role},
            "managed_persistence_monitoring_configuration": {"enabled": False},
            "cloud_watch_logging_configuration": {
                "enabled": True,
                "log_group_name": "/aws/emr-serverless",
                "log_stream_name_prefix": "nightly",
                "log_types": {"SPARK_DRIVER": logs, "SPARK_EXECUTOR": ["STDERR"]},
            },
            "prometheus_monitoring_configuration": {"remote_write_url": role},
        },
        "disk_encryption_configuration": {"encryption_context": {"team": role}, "encryption_key_arn": role},
    },
    "tags": {"team": "data", "role": role},
    "execution_timeout_minutes": minutes,
    "name": "nightly",
    "mode": "BATCH",
    "retry_policy": {"max_attempts": 3},
    "flex_execution": {"enabled": True},
    "triggers": {"any": ["thing", 1, None, role]},
    "region": "eu-west-1",
    "endpoint": "http://localhost:5000",
}

streaming: JobRunArgs = {
    "application_id": "00f",
    "execution_role_arn": role,
    "job_driver": driver_later,
    "mode": "STREAMING",
    "execution_timeout_minutes": 0,
    "retry_policy": {"max_failed_attempts_per_hour": 5},
}

hive: JobDriver = {"hive": {"query": "s3://bucket/q.sql", "init_query_file": role, "parameters": "--hiveconf a=b"}}

run = JobRun("nightly", **whole)
described = JobRun(
    "described",
    pulumi.ResourceOptions(depends_on=[run.completed]),
    application_id=role,
    execution_role_arn=role,
    job_driver=spark_submit("s3://bucket/etl.py", arguments=["--day", role], executor_cores=4, conf={"a": 1}),
    tags={"run": run.job_run_id},
    triggers=[run.arn],
    rerun="on_failure",
    on_delete="retain",
)
state: pulumi.Output[str] = described.wait(timeout=3600, allow_failure=True).state
for job, definition in load_definitions("jobs", {"role": role}).items():
    JobRun.from_definition(job, definition, variables={"day": "2026-01-01", "role": role}, name="overridden")
seen = JobRun.get("seen", "00f/00r", region="eu-west-1")
