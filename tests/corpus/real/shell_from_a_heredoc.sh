NAME=outer
bash -s <<EOF
export NAME=inner
aws emr-serverless start-job-run --application-id $APP --execution-role-arn $ROLE --name "$NAME-\$NAME" \
  --job-driver '{"sparkSubmit": {"entryPoint": "s3://acme/pi.py"}}'
EOF
