COMMAND="aws emr-serverless start-job-run --application-id $APP --execution-role-arn $ROLE --name 'x' --job-driver file://driver.json"
$COMMAND
