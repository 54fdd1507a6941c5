DRIVER_CORES="1"; EXECUTOR_MEMORY="2g"   # fits the quota
JOB_RUN_ID=$(aws emr-serverless start-job-run \
    --application-id "$APP" \
    --execution-role-arn "$ROLE" \
    --name "Gold-Writer" \
    --mode 'STREAMING' \
    --job-driver "{
        \"sparkSubmit\": {
            \"entryPoint\": \"s3://${BUCKET}/scripts/gold.py\",
            \"entryPointArguments\": [\"${BUCKET}\", \"${DATABASE}\"],
            \"sparkSubmitParameters\": \"--py-files s3://${BUCKET}/a.py,s3://${BUCKET}/b.zip --conf spark.driver.cores=${DRIVER_CORES} \
--conf spark.executor.memory=${EXECUTOR_MEMORY}\"
        }
    }" \
    --retry-policy maxFailedAttemptsPerHour=3 \
    --query 'jobRunId' --output text)
echo "started: $JOB_RUN_ID"
