import { randomUUID } from 'node:crypto';
import type { Environment } from '../../assembly/deployment';
import type { Json } from '../../states';
import type { ModelPackageDescription } from '../sagemaker/registry/registry-types';
import type { ServiceEvent } from './service-event';

/**
 * The event that SageMaker sends for each new model package and each change, such as an approval.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
 */
export function modelPackageEvent(
  description: ModelPackageDescription,
  { accountId, region }: Environment,
): ServiceEvent {
  const { CreationTime: created, LastModifiedTime: modified, ...detail } = description;
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'SageMaker Model Package State Change',
    source: 'aws.sagemaker',
    account: accountId,
    time: wholeSeconds(Date.now()),
    region,
    resources: [description.ModelPackageArn],
    detail: {
      ...(detail as unknown as Readonly<Record<string, Json>>),
      CreationTime: wholeSeconds(created * 1000),
      ...(modified !== undefined && { LastModifiedTime: wholeSeconds(modified * 1000) }),
    },
  };
}

/** A time in ISO 8601 without fractions of a second, as in AWS's events. */
function wholeSeconds(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}
