import * as fs from 'node:fs';
import * as path from 'node:path';
import {
  type CreateAutoMLJobV2CommandInput,
  DescribeAutoMLJobV2Command,
  type DescribeAutoMLJobV2CommandOutput,
  type TabularJobConfig,
} from '@aws-sdk/client-sagemaker';
import type { RunningServices } from '../../src/services';
import { BUCKET, sagemakerClient, TRAINING_ROLE, until } from './helpers';

/** A request for a job on `input/train.csv`. */
export function automlRequest(
  name: string,
  table: Partial<TabularJobConfig> & { TargetAttributeName: string },
  change: Partial<CreateAutoMLJobV2CommandInput> = {},
): CreateAutoMLJobV2CommandInput {
  return {
    AutoMLJobName: name,
    AutoMLJobInputDataConfig: [automlChannel('train.csv')],
    OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/output/` },
    AutoMLProblemTypeConfig: { TabularJobConfig: table },
    RoleArn: TRAINING_ROLE,
    ...change,
  };
}

export function automlChannel(file: string, change: Record<string, string> = {}) {
  return {
    DataSource: {
      S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri: `s3://${BUCKET}/input/${file}` },
    },
    ...change,
  };
}

export function putInput(root: string, file: string, content: string | Buffer): void {
  fs.writeFileSync(path.join(root, 's3', BUCKET, 'input', file), content);
}

/** The local file for a URI in the bucket. */
export function fileOf(root: string, uri: string | undefined): string {
  return path.join(root, 's3', (uri ?? '').replace('s3://', ''));
}

/** The description of the job after it has ended. */
export function ended(services: RunningServices, name: string): Promise<DescribeAutoMLJobV2CommandOutput> {
  const client = sagemakerClient(services);
  return until(
    () => client.send(new DescribeAutoMLJobV2Command({ AutoMLJobName: name })),
    ({ AutoMLJobStatus: status = '' }) => !['InProgress', 'Stopping'].includes(status),
  );
}
