aws emr-serverless start-job-run --application-id "$APP" --execution-role-arn "$ROLE" --tags "$TAGS" \
  --execution-timeout-minutes "$MINUTES" --job-driver '{"sparkSubmit": {"entryPoint": "s3://acme/pi.py"}}'
