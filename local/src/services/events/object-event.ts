import { randomUUID } from 'node:crypto';
import type { Environment } from '../../assembly/deployment';
import type { CreatedObject } from '../s3/bucket-store';
import type { ServiceEvent } from './service-event';

/** The event that S3 sends for a new object. */
export function objectCreatedEvent(
  { bucket, key, size, etag, reason }: CreatedObject,
  { accountId, region, partition }: Environment,
): ServiceEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: accountId,
    time: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources: [`arn:${partition}:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: { key, size, etag: etag.replaceAll('"', '') },
      'request-id': randomUUID(),
      requester: accountId,
      'source-ip-address': '127.0.0.1',
      reason,
    },
  };
}
