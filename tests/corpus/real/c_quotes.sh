aws emr-serverless start-job-run --application-id "$APP" --execution-role-arn "$ROLE" \
  --name $'caf\u00e9 it\'s' \
  --job-driver $'{"sparkSubmit": {"entryPoint": "s3://acme/etl.py",\n "entryPointArguments": ["a\\tb"]}}'
