for /f "delims=" %%i in ('aws emr-serverless start-job-run --application-id %APP% --execution-role-arn %1 --job-driver file://driver.json --query jobRunId --output text') do set RUN=%%i
