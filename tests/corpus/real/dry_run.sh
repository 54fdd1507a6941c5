if [ "${DRY_RUN:-}" ]; then
  echo aws emr-serverless start-job-run --application-id "$APP" --name dry
  exit 0
fi
cat <<USAGE
Usage: aws emr-serverless start-job-run --application-id APP --name usage
USAGE
aws emr-serverless start-job-run --application-id "$APP" --execution-role-arn "$ROLE" --name real \
  --job-driver '{"sparkSubmit": {"entryPoint": "s3://acme/pi.py"}}' # aws emr-serverless start-job-run --name comment
