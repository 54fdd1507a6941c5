set -euo pipefail
JOB_DRIVER=$(cat <<EOF
{
  "sparkSubmit": {
    "entryPoint": "s3://${BUCKET}/etl.py",
    "entryPointArguments": ["--day", "${DAY}", "--cost", "\$5"]
  }
}
EOF
)
aws emr-serverless start-job-run --application-id "$APP" --execution-role-arn "$ROLE" --job-driver "$JOB_DRIVER"
