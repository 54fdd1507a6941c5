resource "null_resource" "submit" {
  triggers = { script = sha256(file("etl.py")) }

  provisioner "local-exec" {
    environment = { STAGE = "dev" }
    command     = <<-EOT
      aws emr-serverless start-job-run \
        --application-id ${aws_emrserverless_application.spark.id} \
        --execution-role-arn ${aws_iam_role.job.arn} \
        --name "$STAGE-$${STAGE}" \
        --job-driver '{"sparkSubmit": {"entryPoint": "s3://${aws_s3_bucket.code.bucket}/etl.py"}}'
    EOT
  }
}
