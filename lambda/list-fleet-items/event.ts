import { InvalidEventError } from '../shared/errors';
import { fieldsOf, isObject, show } from '../shared/event-fields';
import type { FleetBound } from './bound';
import type { Quotas } from './concurrency';
import { InvalidInputError } from './errors';

/** Event that the state machine passes to the function. */
export interface ListFleetItemsEvent {
  /** Input of the execution. */
  readonly input: FleetInput;
  /** The list of items in Amazon S3. Not read if the execution's input has items. */
  readonly source: ListSource;
  /** The fields that an item can have, in addition to its `id`. */
  readonly itemFields: readonly string[];
  /** The fields that can give the location of an item's data, such as `train`. */
  readonly dataFields: readonly string[];
  /** S3 URIs of the data that the fleet defines for all items, by data field. An item must have the other data fields. */
  readonly sharedData: Readonly<Record<string, string>>;
  readonly maxConcurrency: number;
  /** The factors for the cost bound of an execution; missing if the user does not ask for a bound. */
  readonly bound?: FleetBound;
  /** The quotas of the account; missing if the user does not ask to check quotas. */
  readonly quotas?: Quotas;
  /** Value of the tag that names the execution. */
  readonly execution: string;
  /** S3 URI of the execution's folder. */
  readonly output: string;
  /** How items are compared with their last successes. Missing if the fleet records no successes. */
  readonly lastSuccess?: LastSuccess;
  /** KMS key of the list that the function writes. Without it, S3 uses the default encryption of the bucket. */
  readonly encryptionKey?: string;
}

export interface ListSource {
  readonly format: 'CSV' | 'JSON_LINES' | 'JSON' | 'FOLDERS';
  readonly uri: string;
}

/** How items are compared with their last successes. */
export interface LastSuccess {
  /** The settings of the fleet that influence the result of an item. */
  readonly settings: string;
  /** Whether an item learns from the tuning job of its last success. */
  readonly warmStart: boolean;
  /** The data of the items. Missing if unchanged items are not skipped. */
  readonly data?: FleetData;
}

/** Locations of data, as S3 URIs. */
export interface FleetData {
  /** Default locations that an item can replace, by field. */
  readonly locations: Readonly<Record<string, string>>;
  /** Locations of data that all items share and that no item can replace. */
  readonly shared: readonly string[];
  /** URI prefixes that are allowed for the locations in an item. */
  readonly allowed: readonly string[];
}

/** Input of an execution of the fleet. */
export interface FleetInput {
  readonly items?: readonly unknown[];
  /** Name of an earlier execution whose unsuccessful items run again. */
  readonly retry?: string;
  readonly defaults?: Readonly<Record<string, unknown>>;
  readonly maxConcurrency?: number;
  /**
   * Whether items that are unchanged since their last success are skipped. @default - the value of the fleet's property
   * `skipUnchanged`
   */
  readonly skipUnchanged?: boolean;
}

const FIELDS = [
  'input',
  'source',
  'itemFields',
  'dataFields',
  'sharedData',
  'maxConcurrency',
  'bound',
  'quotas',
  'execution',
  'output',
  'lastSuccess',
  'encryptionKey',
] as const;
const OPTIONAL_FIELDS: readonly string[] = ['bound', 'quotas', 'lastSuccess', 'encryptionKey'];

const INPUT_FIELDS = ['items', 'retry', 'defaults', 'maxConcurrency', 'skipUnchanged'];

/**
 * Matches execution names that Amazon CloudWatch can log and that can be part of an S3 key.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
const EXECUTION_NAME = /^[^\s\p{C}<>{}[\]?*"#%\\^|~`$&,;:/]{1,80}$/u;

/** Maximum number of concurrent child executions of a Distributed Map. */
const MAX_CONCURRENCY = 10_000;

/**
 * @throws InvalidEventError if the event has an unknown field, or lacks a required field
 * @throws InvalidInputError if the input of the execution is invalid
 */
export function parseEvent(event: unknown): ListFleetItemsEvent {
  const fields = fieldsOf(event, FIELDS);
  for (const field of FIELDS) {
    if (fields[field] === undefined && !OPTIONAL_FIELDS.includes(field)) {
      throw new InvalidEventError(`${field} is missing`);
    }
  }
  const parsed = fields as unknown as ListFleetItemsEvent;
  return { ...parsed, input: parseInput(fields['input'], parsed) };
}

function parseInput(
  input: unknown,
  { lastSuccess, itemFields }: Pick<ListFleetItemsEvent, 'lastSuccess' | 'itemFields'>,
): FleetInput {
  if (!isObject(input)) throw new InvalidInputError(`the input must be an object, got ${show(input)}`);
  const unknown = Object.keys(input).find((field) => !INPUT_FIELDS.includes(field));
  if (unknown !== undefined) {
    throw new InvalidInputError(
      `${unknown}: is not a field of the input; the fields are ${INPUT_FIELDS.join(', ')}. Fields for all items belong in defaults`,
    );
  }
  const { items, retry, defaults, maxConcurrency: limit, skipUnchanged } = input;
  if (retry !== undefined && (typeof retry !== 'string' || !EXECUTION_NAME.test(retry))) {
    throw new InvalidInputError(`retry: must be the name of an execution, got ${show(retry)}`);
  }
  if (retry !== undefined && items !== undefined) {
    throw new InvalidInputError('retry: cannot be combined with items');
  }
  if (items !== undefined && !Array.isArray(items)) {
    throw new InvalidInputError(`items: must be an array of items, got ${show(items)}`);
  }
  if (defaults !== undefined && !isObject(defaults)) {
    throw new InvalidInputError(`defaults: must be an object with fields of items, got ${show(defaults)}`);
  }
  if (defaults !== undefined && 'id' in defaults) {
    throw new InvalidInputError('defaults: must not have an id, because each item has its own id');
  }
  const unknownDefault = Object.keys(defaults ?? {}).find((field) => !itemFields.includes(field));
  if (unknownDefault !== undefined) {
    throw new InvalidInputError(
      `defaults.${unknownDefault}: is not a field of an item; the fields are ${itemFields.join(', ')}`,
    );
  }
  if (
    limit !== undefined &&
    !(Number.isInteger(limit) && Number(limit) >= 1 && Number(limit) <= MAX_CONCURRENCY)
  ) {
    throw new InvalidInputError(
      `maxConcurrency: must be a whole number from 1 to ${MAX_CONCURRENCY}, got ${show(limit)}`,
    );
  }
  if (skipUnchanged !== undefined && typeof skipUnchanged !== 'boolean') {
    throw new InvalidInputError(`skipUnchanged: must be true or false, got ${show(skipUnchanged)}`);
  }
  if (skipUnchanged === true && lastSuccess?.data === undefined) {
    throw new InvalidInputError(
      'skipUnchanged: cannot be true, because the fleet does not record the data of its items: set the property skipUnchanged of the fleet',
    );
  }
  return input;
}
