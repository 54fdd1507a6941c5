aws emr-serverless start-job-run --cli-input-json file:///dev/stdin --name piped <<EOF
{"applicationId": "$APP", "executionRoleArn": "$ROLE", "jobDriver": {"sparkSubmit": {"entryPoint": "s3://acme/etl.py"}}}
EOF
