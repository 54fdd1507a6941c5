SPARK_PARAMS="--jars s3://acme/a.jar,\
s3://acme/b.jar \
--conf spark.sql.extensions=x.Y"
aws emr-serverless start-job-run --application-id "$APP" --execution-role-arn "$ROLE" --job-driver "{
  \"sparkSubmit\": { \"entryPoint\": \"s3://acme/pi.py\", \"sparkSubmitParameters\": \"$SPARK_PARAMS\" } }"
