COMMAND="aws emr-serverless start-job-run --application-id $APP --execution-role-arn $ROLE --name 'two words' --job-driver '{\"sparkSubmit\": {\"entryPoint\": \"s3://acme/pi.py\"}}'"
echo "$COMMAND"
eval "$COMMAND"
