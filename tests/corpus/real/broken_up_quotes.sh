#!/bin/bash
export APPLICATION_ID=00f1abcd2efgh30h
export JOB_ROLE_ARN=arn:aws:iam::123456789012:role/job
aws emr-serverless start-job-run \
    --application-id $APPLICATION_ID \
    --execution-role-arn $JOB_ROLE_ARN \
    --name wordcount \
    --job-driver '{
        "sparkSubmit": {
            "entryPoint": "s3://'$S3_BUCKET'/scripts/wordcount.py",
            "entryPointArguments": ["s3://'"${S3_BUCKET}"'/in", "s3://'${S3_BUCKET}'/out"],
            "sparkSubmitParameters": "--conf spark.executor.cores=1 --conf spark.executor.memory=4g"
        }
    }' \
    --configuration-overrides '{
        "monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": "s3://'$S3_BUCKET'/logs/"}}
    }'
