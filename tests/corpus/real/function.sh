submit_job() {
  local name="$1" script="$2"
  shift 2
  aws emr-serverless start-job-run \
    --application-id "$APP" --execution-role-arn "$ROLE" \
    --name "$name" \
    --job-driver "{\"sparkSubmit\": {\"entryPoint\": \"s3://acme/${script}\"}}" "$@"
}
submit_job nightly etl.py
