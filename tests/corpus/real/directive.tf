  command = <<EOT
aws emr-serverless start-job-run --application-id ${var.app} --execution-role-arn ${var.role} %{ if var.named }--name x%{ endif } --job-driver file://x.json
EOT
