docker_exec() { shift; "$@"; }
docker_exec airflow bash -c "aws emr-serverless start-job-run --application-id $APP --execution-role-arn $ROLE --name \"in \$0\" --job-driver '{\"sparkSubmit\": {\"entryPoint\": \"s3://acme/pi.py\"}}'" here
