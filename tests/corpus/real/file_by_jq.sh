jq -n --arg app "$APP" '{applicationId: $app}' > request.json
aws emr-serverless start-job-run --cli-input-json file://request.json
