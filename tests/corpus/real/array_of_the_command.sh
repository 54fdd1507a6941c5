command=(aws emr-serverless start-job-run --application-id "$APP" --execution-role-arn "$ROLE")
command+=(--job-driver '{"sparkSubmit": {"entryPoint": "s3://acme/etl.py"}}')
echo "+ ${command[*]}"
"${command[@]}"
