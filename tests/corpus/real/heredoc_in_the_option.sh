aws emr-serverless start-job-run \
  --application-id "$APP" \
  --execution-role-arn "$ROLE" \
  --job-driver "$(cat <<'JSON'
{"sparkSubmit": {"entryPoint": "s3://acme/etl.py", "entryPointArguments": ["it's $HOME", "`x`"]}}
JSON
)" \
  --name done
