for day in 2026-01-31; do
  echo "Submitting $day ..."
  aws emr-serverless start-job-run --application-id "$APP" --execution-role-arn "$ROLE" \
    --name "backfill-$day" \
    --job-driver '{"sparkSubmit": {"entryPoint": "s3://acme/etl.py", "entryPointArguments": ["--day", "'"$day"'"]}}' > "$day.json" || exit 1
done
