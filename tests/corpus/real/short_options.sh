aws emr-serverless start-job-run --app "$APP" --execution-role "$ROLE" --job-d '{"sparkSubmit": {"entryPoint": "s3://acme/pi.py"}}' \
  --mode=BATCH --na short --ta a=b --retr maxAttempts=2 --out text
