  provisioner "remote-exec" {
    inline = [
      "set -e",
      "NAME=nightly",
      "aws emr-serverless start-job-run --application-id ${var.app} --execution-role-arn ${var.role} --name $NAME --job-driver '{\"sparkSubmit\": {\"entryPoint\": \"s3://acme/etl.py\"}}'",
    ]
  }
