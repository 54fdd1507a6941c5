from airflow.operators.bash import BashOperator

BUCKET = "acme"
submit = BashOperator(
    task_id="submit",
    bash_command=f"""
        set -e
        APP="{{{{ var.value.app }}}}"
        JOB=$(aws emr-serverless start-job-run \\
            --application-id $APP --execution-role-arn {ROLE} \\
            --name "{BUCKET}-job" \\
            --job-driver '{{"sparkSubmit": {{"entryPoint": "s3://{BUCKET}/pi.py", "entryPointArguments": ["--day", "{{{{ ds }}}}"]}}}}')
    """,
)
