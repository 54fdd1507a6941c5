"""Runs aws emr-serverless start-job-run --name docstring."""

import json, os, subprocess

driver = {"sparkSubmit": {"entryPoint": f"s3://{os.environ['BUCKET']}/pi.py"}}
subprocess.run(
    [
        "aws",
        "emr-serverless",
        "start-job-run",
        "--application-id",
        os.environ["APP"],
        "--execution-role-arn",
        os.environ["ROLE"],
        "--name",
        "a b",
        "--job-driver",
        json.dumps(driver),
    ],
    check=True,
)
