"""One EMR Serverless job run: what it runs, as whom, and how it is tagged."""

import pulumi

from pulumi_emr_serverless import JobRun, spark_submit

config = pulumi.Config()

run = JobRun(
    "pi",
    application_id=config.require("applicationId"),
    execution_role_arn=config.require("executionRoleArn"),
    job_driver=spark_submit(
        "local:///usr/lib/spark/examples/src/main/python/pi.py",  # EMR's own example
        arguments=[config.get("partitions", "10")],
        executor_cores=2,
        executor_memory="4g",
        conf={"spark.dynamicAllocation.maxExecutors": "4"},
    ),
    execution_timeout_minutes=30,
    tags={"team": config.get("team", "data")},
)

pulumi.export("jobRunId", run.job_run_id)
pulumi.export("arn", run.arn)
