cat <<EOF > job.json
{
  "applicationId": "$APP",
  "executionRoleArn": "$ROLE",
  "jobDriver": {"hive": {"query": "s3://$BUCKET/q.sql", "parameters": "--hiveconf hive.root.logger=INFO"}}
}
EOF
aws emr-serverless start-job-run --cli-input-json file://./job.json --name hive-nightly
