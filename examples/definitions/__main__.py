"""A job run for each file in ``jobs``: the files say what runs, this program says where and as whom."""

from pathlib import Path

import pulumi

from pulumi_emr_serverless import JobRun, load_definitions

config = pulumi.Config()
JOBS = Path(__file__).parent / "jobs"

runs = {
    name: JobRun.from_definition(
        name,
        definition,
        application_id=config.require("applicationId"),
        execution_role_arn=config.require("executionRoleArn"),
    )
    for name, definition in load_definitions(str(JOBS), variables={"bucket": config.require("bucket")}).items()
}

pulumi.export("jobRunIds", {name: run.job_run_id for name, run in runs.items()})
