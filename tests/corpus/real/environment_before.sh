AWS_PROFILE=prod AWS_DEFAULT_REGION=eu-west-1 time -p env AWS_PAGER= aws emr-serverless --output json start-job-run --application-id "$APP" --execution-role-arn "$ROLE" \
  --job-driver '{"sparkSubmit": {"entryPoint": "s3://acme/pi.py"}}' | jq -r .jobRunId
