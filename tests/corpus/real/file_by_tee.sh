sudo() { "$@"; }
cat <<EOF | tee driver.json > /dev/null
{"sparkSubmit": {"entryPoint": "s3://$BUCKET/etl.py"}}
EOF
tee overrides.json >/dev/null <<'EOF'
{"monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": "s3://acme/logs/$x"}}}
EOF
echo '{"maxAttempts": 2}' > retry.json
aws emr-serverless start-job-run --application-id "$APP" --execution-role-arn "$ROLE" \
  --job-driver file://driver.json --configuration-overrides file://overrides.json --retry-policy file://retry.json
