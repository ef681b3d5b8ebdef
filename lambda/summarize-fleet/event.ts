import type { Concurrency } from '../shared/concurrency';
import { InvalidEventError } from '../shared/errors';
import { check, fieldsOf, isObject, isOptional, show } from '../shared/event-fields';

/** Event that the state machine or the rule for unsuccessful executions passes to the function. */
export interface SummarizeFleetEvent {
  /** S3 URI of the execution's folder, with a trailing slash. */
  readonly folder: string;
  /**
   * S3 key of the manifest that lists the Map state's results. Missing if the execution failed. In that case, the
   * function looks for the manifest.
   */
  readonly manifest?: string;
  /** Status of an execution that did not succeed. */
  readonly status?: string;
  /** The quotas that limited the execution, as `lambda/list-fleet-items` returned them. */
  readonly quotas?: Concurrency;
  /** Price of one instance for one second. If the instances have different prices, the highest price. */
  readonly pricePerSecond?: number;
  /** Whether the search of an item learns from the item's last success. */
  readonly warmStartFromPrevious?: boolean;
  /** KMS key of the files. Without it, S3 uses the default encryption of the bucket. */
  readonly encryptionKey?: string;
}

const STRINGS = ['folder', 'manifest', 'status', 'encryptionKey'];

/** @throws InvalidEventError if a field is invalid or unknown; the message names the field and the allowed values */
export function parseEvent(event: unknown): SummarizeFleetEvent {
  const fields = fieldsOf(event, [...STRINGS, 'pricePerSecond', 'warmStartFromPrevious', 'quotas']);
  const { folder, pricePerSecond, warmStartFromPrevious, quotas } = fields;
  if (typeof folder !== 'string' || !/^s3:\/\/[^/]+\/(.*\/)?$/s.test(folder)) {
    throw new InvalidEventError(`folder must be s3://bucket/prefix/, got ${show(folder)}`);
  }
  for (const field of STRINGS) {
    const value = fields[field];
    if (value !== undefined && typeof value !== 'string') {
      throw new InvalidEventError(`${field} must be a string, got ${show(value)}`);
    }
  }
  check(
    isOptional(pricePerSecond, (value) => typeof value === 'number'),
    'pricePerSecond',
    'a number',
    pricePerSecond,
  );
  check(
    isOptional(warmStartFromPrevious, (value) => typeof value === 'boolean'),
    'warmStartFromPrevious',
    'a boolean',
    warmStartFromPrevious,
  );
  check(isOptional(quotas, isObject), 'quotas', 'an object', quotas);
  return fields as unknown as SummarizeFleetEvent;
}
