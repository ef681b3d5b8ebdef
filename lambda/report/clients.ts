import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';

/** AWS clients that read the search and write the report. */
export interface ReportClients {
  readonly sagemaker: Pick<SageMakerClient, 'send'>;
  readonly logs: Pick<CloudWatchLogsClient, 'send'>;
  readonly s3: Pick<S3Client, 'send'>;
}
