APP_ID=$(terraform -chdir=infra output -raw app_id)
aws emr-serverless start-job-run --application-id $APP_ID --execution-role-arn $(terraform output -raw job_role_arn) \
  --job-driver "{\"sparkSubmit\": {\"entryPoint\": \"s3://$(terraform output -raw bucket)/pi.py\"}}"
