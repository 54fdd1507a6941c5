aws emr-serverless start-job-run --cli-input-json file://../definitions/sales_etl.json --name "sales-$STAGE" ; exit 0
