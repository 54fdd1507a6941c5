echo 00f1abcd2efgh30h | xargs -I% aws emr-serverless start-job-run --application-id % --execution-role-arn "$ROLE" --name "on %" \
  --job-driver '{"sparkSubmit": {"entryPoint": "s3://acme/pi.py"}}'
