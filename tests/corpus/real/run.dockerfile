FROM amazon/aws-cli
ARG APP=00f1abcd2efgh30h
RUN --mount=type=secret,id=aws aws emr-serverless start-job-run \
    # the application
    --application-id $APP \

    --execution-role-arn arn:aws:iam::123456789012:role/job \
    --job-driver '{"sparkSubmit": {"entryPoint": "s3://acme/pi.py"}}'
