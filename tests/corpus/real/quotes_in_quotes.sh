aws emr-serverless start-job-run --application-id "$APP" --execution-role-arn "$ROLE" \
  --name 'it'"'"'s "quoted" '\''again'\' \
  --job-driver '{"sparkSubmit": {"entryPoint": "s3://acme/pi.py", "sparkSubmitParameters": "--conf spark.x='\''a b'\'' --conf \"spark.y=c d\""}}'
