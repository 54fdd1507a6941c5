: "${STAGE:=dev}"
aws emr-serverless start-job-run --application-id "${APP:?set APP}" --execution-role-arn "${ROLE}" \
  --name "nightly-${STAGE:-none}" --tags "stage=${STAGE}" \
  --job-driver '{"sparkSubmit": {"entryPoint": "s3://'"${BUCKET%/}"'/pi.py"}}'
