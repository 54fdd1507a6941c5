"""A word count: `pulumi up` waits for it, and fails where it fails."""

import pulumi

from pulumi_emr_serverless import JobRun, spark_submit

config = pulumi.Config()
bucket = config.require("bucket")

run = JobRun(
    "word-count",
    application_id=config.require("applicationId"),
    execution_role_arn=config.require("executionRoleArn"),
    job_driver=spark_submit(
        f"s3://{bucket}/word_count.py",
        arguments=[f"s3://{bucket}/{config.require('texts')}/", f"s3://{bucket}/counts/"],
        executor_cores=2,
        executor_memory="4g",
    ),
    configuration_overrides={
        "monitoring_configuration": {"s3_monitoring_configuration": {"log_uri": f"s3://{bucket}/logs"}}
    },
    execution_timeout_minutes=30,
)

pulumi.export("jobRunId", run.job_run_id)
pulumi.export("state", run.completion.state)
