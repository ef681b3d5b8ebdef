import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { parseEvent } from './event';
import { linksIn } from './links';
import { type ReportResult, writeReport } from './write-report';

export { buildAutoMlReport, buildTuningReport } from './build-report';
export { makeReport } from './make-report';
export { renderReport } from './render-report';

// Region, credentials and endpoint come only from the environment. All clients in the account share SageMaker's low
// request quotas for Describe* and List*. A bucket can be in a different region than the function.
const clients = {
  sagemaker: new SageMakerClient({ maxAttempts: 6 }),
  logs: new CloudWatchLogsClient({ maxAttempts: 4 }),
  s3: new S3Client({ followRegionRedirects: true }),
};

// Removes the SDK's logging middleware, because it would copy each response, which can contain thousands of log events.
for (const { middlewareStack } of Object.values(clients)) middlewareStack.remove('loggerMiddleware');

/** Entry point of the Lambda function: writes the report of a tuning job or an AutoML job. */
export async function handler(event: unknown): Promise<ReportResult> {
  const checked = parseEvent(event);
  const links = linksIn(process.env, checked.autoMlJobName !== undefined);
  return writeReport(clients, checked, { links, assets: __dirname });
}
