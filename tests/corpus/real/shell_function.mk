APP = $(shell cat app.txt)
run:
	RUN_ID=$$(aws emr-serverless start-job-run --application-id $(APP) --execution-role-arn $(shell cat role.txt) --job-driver file://driver.json --query jobRunId --output text); \
	echo $$RUN_ID
