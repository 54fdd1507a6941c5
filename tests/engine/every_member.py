"""A program that says all that StartJobRun can take, in three runs: what goes with batch, with Hive, with streaming."""

from __future__ import annotations

from engine.harness import APPLICATION, HIVE_APPLICATION, ROLE

KEY = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"

BATCH = f"""
import pulumi
from pulumi_emr_serverless import JobRun

JobRun("nightly",
    application_id={APPLICATION!r},
    execution_role_arn={ROLE!r},
    execution_iam_policy={{"policy": '{{"Version": "2012-10-17", "Statement": []}}',
                          "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}},
    job_driver={{"spark_submit": {{"entry_point": "s3://bucket/etl.py", "entry_point_arguments": ["--day", "heute ü"],
                                 "spark_submit_parameters": "--conf spark.executor.cores=2 --jars s3://b/a.jar"}}}},
    configuration_overrides={{
        "application_configuration": [{{
            "classification": "spark-defaults", "properties": {{"spark.driver.snake_case": "1"}},
            "configurations": [{{"classification": "inner", "properties": {{"a_b": "c"}}}}]}}],
        "monitoring_configuration": {{
            "s3_monitoring_configuration": {{"log_uri": "s3://bucket/logs/", "encryption_key_arn": {KEY!r}}},
            "managed_persistence_monitoring_configuration": {{"enabled": False, "encryption_key_arn": {KEY!r}}},
            "cloud_watch_logging_configuration": {{
                "enabled": True, "log_group_name": "/aws/emr", "log_stream_name_prefix": "nightly",
                "encryption_key_arn": {KEY!r}, "log_types": {{"SPARK_DRIVER": ["STDOUT", "STDERR"]}}}},
            "prometheus_monitoring_configuration": {{"remote_write_url":
                "https://aps-workspaces.us-east-1.amazonaws.com/workspaces/ws-1/api/v1/remote_write"}}}},
        "disk_encryption_configuration": {{"encryption_context": {{"a_key": "v"}}, "encryption_key_arn": {KEY!r}}}}},
    tags={{"cost_center": "42"}},
    execution_timeout_minutes=60,
    name="nightly etl",
    mode="BATCH",
    retry_policy={{"max_attempts": 3}},
    flex_execution={{"enabled": True}},
    client_token="nightly-2026-01-01",
    rerun="on_failure", on_delete="cancel", cancel_grace_period_seconds=15, triggers={{"snake_key": [1, None, "x"]}},
    region="us-east-1")
"""

BATCH_REQUEST = {
    "executionRoleArn": ROLE,
    "executionIamPolicy": {
        "policy": '{"Version": "2012-10-17", "Statement": []}',
        "policyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
    },
    "jobDriver": {
        "sparkSubmit": {
            "entryPoint": "s3://bucket/etl.py",
            "entryPointArguments": ["--day", "heute ü"],
            "sparkSubmitParameters": "--conf spark.executor.cores=2 --jars s3://b/a.jar",
        }
    },
    "configurationOverrides": {
        "applicationConfiguration": [
            {
                "classification": "spark-defaults",
                "properties": {"spark.driver.snake_case": "1"},
                "configurations": [{"classification": "inner", "properties": {"a_b": "c"}}],
            }
        ],
        "monitoringConfiguration": {
            "s3MonitoringConfiguration": {"logUri": "s3://bucket/logs/", "encryptionKeyArn": KEY},
            "managedPersistenceMonitoringConfiguration": {"enabled": False, "encryptionKeyArn": KEY},
            "cloudWatchLoggingConfiguration": {
                "enabled": True,
                "logGroupName": "/aws/emr",
                "logStreamNamePrefix": "nightly",
                "encryptionKeyArn": KEY,
                "logTypes": {"SPARK_DRIVER": ["STDOUT", "STDERR"]},
            },
            "prometheusMonitoringConfiguration": {
                "remoteWriteUrl": "https://aps-workspaces.us-east-1.amazonaws.com/workspaces/ws-1/api/v1/remote_write"
            },
        },
        "diskEncryptionConfiguration": {"encryptionContext": {"a_key": "v"}, "encryptionKeyArn": KEY},
    },
    "executionTimeoutMinutes": 60,
    "name": "nightly etl",
    "mode": "BATCH",
    "retryPolicy": {"maxAttempts": 3},
    "flexExecution": {"enabled": True},
    "clientToken": "nightly-2026-01-01",
}

EVERYTHING = f"""{BATCH}
JobRun("hive", application_id={HIVE_APPLICATION!r}, execution_role_arn={ROLE!r}, on_delete="retain",
    job_driver={{"hive": {{"query": "s3://bucket/q.sql", "init_query_file": "s3://bucket/init.sql",
                         "parameters": "--hiveconf hive.exec.parallel=true"}}}})
JobRun("stream", application_id={APPLICATION!r}, execution_role_arn={ROLE!r}, mode="STREAMING",
    job_driver={{"spark_submit": {{"entry_point": "s3://bucket/stream.py"}}}},
    retry_policy={{"max_failed_attempts_per_hour": 5}})
"""
