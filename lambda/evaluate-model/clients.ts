import type { S3Client } from '@aws-sdk/client-s3';
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';

/** AWS clients of the function. */
export interface EvaluationClients {
  readonly s3: S3Client;
  readonly sagemaker: Pick<SageMakerClient, 'send'>;
}
