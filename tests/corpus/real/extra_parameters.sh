EXTRA_CONF=""
if [ -n "${REFIT:-}" ]; then
    EXTRA_CONF+=" --conf spark.emr-serverless.driverEnv.REFIT=${REFIT}"
fi
aws emr-serverless start-job-run --application-id "$APP" --execution-role-arn "$ROLE" \
  --job-driver "{\"sparkSubmit\": {\"entryPoint\": \"local:///opt/job.py\", \"sparkSubmitParameters\": \"--conf spark.x=1${EXTRA_CONF} --conf spark.y=2\"}}"
