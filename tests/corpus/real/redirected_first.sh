aws emr-serverless start-job-run > run.json 2>&1 --application-id "$APP" --execution-role-arn "$ROLE" \
  --job-driver '{"sparkSubmit": {"entryPoint": "s3://acme/pi.py"}}'
