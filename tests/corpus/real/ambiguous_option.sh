aws emr-serverless start-job-run --application-id "$APP" --execution "$ROLE" --job-driver '{"sparkSubmit": {"entryPoint": "s3://acme/pi.py"}}'
