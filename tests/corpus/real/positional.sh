#!/usr/bin/env bash
DATE=${2:-$(date +%F)}
aws emr-serverless start-job-run --application-id "$1" --execution-role-arn "$ROLE" --name "run-$DATE" \
  --job-driver '{"sparkSubmit": {"entryPoint": "s3://acme/pi.py", "entryPointArguments": ["'"${DATE}"'"]}}' "${@:3}"
