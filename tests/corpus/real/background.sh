( aws emr-serverless start-job-run --application-id "$APP" --execution-role-arn "$ROLE" --name 'a;b&c|d' \
  --job-driver '{"sparkSubmit": {"entryPoint": "s3://acme/pi.py"}}' >>log 2>&1 ) &
wait
