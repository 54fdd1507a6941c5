"""Two jobs that share typed arguments; the second starts again whenever the first one does."""

import pulumi

from pulumi_emr_serverless import JobRun, JobRunArgs, spark_submit

config = pulumi.Config()
bucket, day = config.require("bucket"), config.require("day")

common: JobRunArgs = {
    "application_id": config.require("applicationId"),
    "execution_role_arn": config.require("executionRoleArn"),
    "execution_timeout_minutes": 60,
    "configuration_overrides": {
        "monitoring_configuration": {
            "s3_monitoring_configuration": {"log_uri": f"s3://{bucket}/logs/"},
            "cloud_watch_logging_configuration": {"enabled": True, "log_types": {"SPARK_DRIVER": ["STDOUT", "STDERR"]}},
        }
    },
    "tags": {"team": "data"},
}

extract_args: JobRunArgs = {
    **common,
    "job_driver": spark_submit(f"s3://{bucket}/jobs/extract.py", arguments=["--day", day], executor_cores=4),
}
extract = JobRun("extract", **extract_args)

publish_args: JobRunArgs = {
    **common,
    "job_driver": spark_submit(
        f"s3://{bucket}/jobs/publish.py",
        # Secret here, secret in the state and in every plan.
        arguments=["--day", day, "--token", config.require_secret("apiToken")],
        packages=["org.apache.hadoop:hadoop-aws:3.3.4"],
        conf={"spark.sql.shuffle.partitions": 200},
    ),
    "triggers": [extract.job_run_id],
}
publish = JobRun("publish", **publish_args)

pulumi.export("extract", extract.job_run_id)
pulumi.export("publish", publish.job_run_id)
pulumi.export("logs", publish.logs)
