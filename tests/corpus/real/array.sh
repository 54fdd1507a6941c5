args=(
  --application-id "$APP"      # the application
  --execution-role-arn "$ROLE"
  --name "two words"
)
args+=(--job-driver '{"sparkSubmit": {"entryPoint": "s3://acme/it'"'"'s.py"}}')
aws emr-serverless start-job-run "${args[@]}" --execution-timeout-minutes 60
