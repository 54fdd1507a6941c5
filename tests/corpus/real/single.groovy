node {
    stage('run') {
        sh '''
            aws emr-serverless start-job-run --application-id $APP --execution-role-arn $ROLE \\
                --job-driver "{\\"sparkSubmit\\": {\\"entryPoint\\": \\"s3://$BUCKET/pi.py\\"}}"
        '''
    }
}
