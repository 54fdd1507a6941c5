#!/bin/sh
set -eu
APP=$(terraform output -raw app_id)   # the application
JOB_RUN_ID=$(aws --profile prod emr-serverless start-job-run \
  --application-id "$APP" \
  --execution-role-arn "$(terraform -chdir=infra output -raw job_role_arn)" \
  --name "nightly-$(date +%F)" \
  --client-token "$(uuidgen)" \
  --region "${AWS_REGION:-eu-west-1}" \
  --job-driver "{
    \"sparkSubmit\": {
      \"entryPoint\": \"$1\",
      \"entryPointArguments\": $ARGS_JSON,
      \"sparkSubmitParameters\": \"--conf spark.driver.cores=${CORES} \
        --verbose\"
    }
  }" \
  --execution-timeout-minutes=120 $EXTRA \
  --query jobRunId --output text)
echo "started $JOB_RUN_ID; it's running"
