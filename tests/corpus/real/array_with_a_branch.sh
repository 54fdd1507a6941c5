args=(--application-id "$APP" --execution-role-arn "$ROLE" --job-driver '{"sparkSubmit": {"entryPoint": "s3://acme/etl.py"}}')
if [[ -n "${NAME:-}" ]]; then
  args+=(--name "$NAME")
fi
[ "$STAGE" = prod ] && args+=(--tags stage=prod)
aws emr-serverless start-job-run "${args[@]}"
