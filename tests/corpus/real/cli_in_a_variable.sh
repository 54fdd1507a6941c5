AWS="aws --region us-east-1 --no-paginate"
$AWS emr-serverless start-job-run --application-id "$APP" --execution-role-arn "$ROLE" \
  --job-driver '{"sparkSubmit": {"entryPoint": "s3://acme/pi.py"}}'
