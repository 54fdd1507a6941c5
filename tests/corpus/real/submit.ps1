param([string]$Stage = "dev")
$env:AWS_REGION = "eu-west-1"
$Driver = @"
{"sparkSubmit": {"entryPoint": "s3://$($config.Bucket)/pi.py"}}
"@
# a comment with 'quotes" in it
$Run = aws emr-serverless start-job-run `
    --application-id $env:APP `
    --execution-role-arn "$Role" `
    --name "nightly-${Stage}" `
    --job-driver $Driver | ConvertFrom-Json
Write-Host "started $($Run.jobRunId)"
