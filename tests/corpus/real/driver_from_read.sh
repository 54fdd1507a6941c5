read -r -d '' DRIVER <<EOF || true
{"sparkSubmit": {"entryPoint": "s3://$BUCKET/etl.py"}}
EOF
aws emr-serverless start-job-run --application-id "$APP" --execution-role-arn "$ROLE" --job-driver "$DRIVER"
