CONFIG=$(mktemp)
trap 'rm -f "$CONFIG"' EXIT
cat > "$CONFIG" << JSON
{"applicationId": "$APP", "executionRoleArn": "$ROLE", "jobDriver": {"sparkSubmit": {"entryPoint": "s3://acme/etl.py"}}}
JSON
aws emr-serverless start-job-run --cli-input-json "file://$CONFIG"
