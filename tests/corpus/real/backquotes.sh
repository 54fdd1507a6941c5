RUN=`aws emr-serverless start-job-run --application-id $APP --execution-role-arn \`echo $ROLE\` \
  --name "back-\\$STAGE" --job-driver "{\"sparkSubmit\": {\"entryPoint\": \"s3://acme/pi.py\"}}" --query jobRunId --output text`
echo $RUN
