aws emr-serverless start-job-run --application-id "$APP" --execution-role-arn "$ROLE" --name "\$$PRICE \${PRICE} $ 5" \
  --job-driver '{"sparkSubmit": {"entryPoint": "s3://acme/pi.py", "entryPointArguments": ["$5", "${PRICE}", "$$", "$${x}"]}}'
