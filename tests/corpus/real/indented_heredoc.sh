submit() {
	aws emr-serverless start-job-run $COMMON --cli-input-json "$(cat <<-END
		{
		  "name": "indented",
		  "applicationId": "$APP", "executionRoleArn": "$ROLE",
		  "jobDriver": {"sparkSubmit": {"entryPoint": "s3://acme/etl.py"}}
		}
	END
	)"
}
submit
