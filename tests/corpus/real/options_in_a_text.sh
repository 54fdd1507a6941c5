OPTIONS="--application-id 00f1abcd2efgh30h --execution-timeout-minutes 5"
OPTIONS="$OPTIONS --mode BATCH"
aws emr-serverless start-job-run $OPTIONS --execution-role-arn "$ROLE" --job-driver '{"sparkSubmit": {"entryPoint": "s3://acme/pi.py"}}'
