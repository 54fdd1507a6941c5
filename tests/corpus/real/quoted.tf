resource "terraform_data" "run" {
  provisioner "local-exec" {
    command = "aws emr-serverless start-job-run --application-id ${var.app} --execution-role-arn ${var.role} --name \"${var.stage}\" --job-driver '${jsonencode(local.driver)}'"
  }
}
