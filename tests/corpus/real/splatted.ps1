$arguments = @('emr-serverless', 'start-job-run', '--application-id', '00f1abcd2efgh30h')
$arguments += @('--execution-role-arn', "$Role", '--job-driver', '{"sparkSubmit": {"entryPoint": "s3://acme/pi.py"}}')
& aws.exe @arguments --name 'it''s'
