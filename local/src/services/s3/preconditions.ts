import { AwsError } from '../aws-error';

/** Conditions of a request, with the member names of S3's API and the values of the headers. */
export interface Conditions {
  readonly IfMatch?: unknown;
  readonly IfNoneMatch?: unknown;
  readonly IfModifiedSince?: unknown;
  readonly IfUnmodifiedSince?: unknown;
}

/** An object's ETag and modification time, for checking conditions. */
export interface ObjectState {
  /** Including quotes. */
  readonly etag: string;
  /** Epoch seconds. */
  readonly lastModified: number;
}

/**
 * Refuses to read an object that does not meet the conditions.
 *
 * @throws AwsError PreconditionFailed, or NotModified (304) if the client already has the object
 */
export function checkReadConditions(conditions: Conditions, state: ObjectState): void {
  const { IfMatch: match, IfNoneMatch: noneMatch } = conditions;
  const [since, until] = [timeOf(conditions.IfModifiedSince), timeOf(conditions.IfUnmodifiedSince)];
  if (match === undefined ? until !== undefined && state.lastModified > until : !matches(match, state.etag)) {
    throw failed(match === undefined ? 'If-Unmodified-Since' : 'If-Match');
  }
  if (
    noneMatch === undefined
      ? since !== undefined && state.lastModified <= since
      : matches(noneMatch, state.etag)
  ) {
    throw new AwsError('NotModified', 'Not Modified', 304);
  }
}

/**
 * Refuses to replace or delete an object that does not meet the conditions. `state` is undefined if there is
 * no object.
 */
export function checkWriteConditions(conditions: Conditions, state: ObjectState | undefined): void {
  const { IfMatch: match, IfNoneMatch: noneMatch } = conditions;
  if (noneMatch !== undefined && noneMatch !== '*') {
    throw new AwsError('NotImplemented', 'If-None-Match in writes only supports "*", as on S3', 501, {
      Header: 'If-None-Match',
    });
  }
  if (noneMatch !== undefined && state !== undefined) {
    throw failed('If-None-Match');
  }
  if (match !== undefined && state === undefined) {
    throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  }
  if (match !== undefined && state !== undefined && !matches(match, state.etag)) {
    throw failed('If-Match');
  }
}

/** Refuses to copy an object that does not meet the conditions. Copies never fail with NotModified. */
export function checkCopyConditions(conditions: Conditions, state: ObjectState): void {
  try {
    checkReadConditions(conditions, state);
  } catch (error) {
    // The condition that failed.
    const none = conditions.IfNoneMatch === undefined ? 'If-Modified-Since' : 'If-None-Match';
    const condition = (error instanceof AwsError && error.details['Condition']) || none;
    throw failed(`x-amz-copy-source-${condition}`);
  }
}

function matches(wanted: unknown, etag: string): boolean {
  const tags = String(wanted).split(',');
  return tags.some((tag) => ['*', unquote(etag)].includes(unquote(tag.trim())));
}

function unquote(etag: string): string {
  return etag.replace(/^(?:W\/)?"(.*)"$/, '$1');
}

/** Epoch seconds; undefined for an invalid date, which S3 ignores. */
function timeOf(text: unknown): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(String(text));
  return Number.isNaN(time) ? undefined : time / 1000;
}

function failed(condition: string): AwsError {
  return new AwsError(
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    412,
    { Condition: condition },
  );
}
