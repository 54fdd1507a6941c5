"""Three jobs in a row, and one beside them: each starts when what it needs has succeeded."""

import pulumi

from pulumi_emr_serverless import JobRun, spark_submit

config = pulumi.Config()
bucket = config.require("bucket")


def job(name: str, *arguments: pulumi.Input[str], after: tuple[JobRun, ...] = ()) -> JobRun:
    """A job that starts when those before it have succeeded, and runs again whenever one of them does."""
    return JobRun(
        name,
        pulumi.ResourceOptions(depends_on=[before.completed for before in after]),
        application_id=config.require("applicationId"),
        execution_role_arn=config.require("executionRoleArn"),
        job_driver=spark_submit(f"s3://{bucket}/jobs/{name}.py", arguments=list(arguments)),
        configuration_overrides={
            "monitoring_configuration": {"s3_monitoring_configuration": {"log_uri": f"s3://{bucket}/logs/"}}
        },
        triggers=[before.job_run_id for before in after],
        execution_timeout_minutes=60,
        name=name,
    )


extract = job("extract", "--day", config.require("day"))
transform = job("transform", after=(extract,))
load = job("load", after=(transform,))
report = job("report", after=(extract,))

# A value of a completion is known when the run has ended: waiting for the last one is waiting for all.
pulumi.export("loaded", load.completion.state)
pulumi.export("reported", report.completion.state)
pulumi.export("seconds", load.completion.duration)
