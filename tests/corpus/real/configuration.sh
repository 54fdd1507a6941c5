aws emr-serverless start-job-run --application-id "$APP" --execution-role-arn "$ROLE" --client-token "$(uuidgen)" \
  --job-driver '{"sparkSubmit": {"entryPoint": "s3://acme/pi.py"}}' \
  --configuration-overrides '{"applicationConfiguration": [{"classification": "spark-defaults", "properties":
     {"spark.executor.cores": "4", "spark.hadoop.x": "'"$X"'"}}]}' \
  --execution-iam-policy 'policyArns=[arn:aws:iam::aws:policy/A,arn:aws:iam::aws:policy/B]'
