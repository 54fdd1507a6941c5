@echo off
rem aws emr-serverless start-job-run --name comment
set APP=00f1abcd2efgh30h
set "BUCKET=acme"
echo aws emr-serverless start-job-run --name hint
aws emr-serverless start-job-run ^
  --application-id %APP% ^
  --execution-role-arn %ROLE% ^
  --name "100%% done" ^
  --job-driver "{\"sparkSubmit\": {\"entryPoint\": \"s3://%BUCKET%/pi.py\"}}" > run.json
