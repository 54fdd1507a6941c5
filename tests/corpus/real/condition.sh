if ! aws emr-serverless start-job-run --application-id "$APP" --execution-role-arn "$ROLE" \
     --job-driver '{"sparkSubmit": {"entryPoint": "s3://acme/pi.py"}}' --query jobRunId >/dev/null 2>&1; then
  echo "failed: aws emr-serverless start-job-run" >&2; exit 1
fi
