aws emr-serverless start-job-run \
  --application-id "$APP" \ 
  --execution-role-arn "$ROLE" \
  --job-driver '{"sparkSubmit": {"entryPoint": "s3://acme/pi.py"}}'
