import { AwsError } from '../aws-error';
import { validateAgainst } from '../model/validator';
import type { MemberPlace } from '../rest/rest-model';
import type { Input } from '../service';
import { invalidArgument } from './invalid-argument';
import { describePlace, S3_MODEL } from './s3-model';
import { ALWAYS_SUPPORTED, SUPPORTED_INSIDE, SUPPORTED_VALUES } from './supported-members';

/** ACLs that a request may set even if the bucket disables ACLs. S3 and the CDK disable ACLs by default. */
const ACLS_WITHOUT_EFFECT = ['private', 'bucket-owner-full-control'];

/**
 * Matches members that contain dates. These dates are not validated, because S3 ignores invalid dates in conditions,
 * and stores any string as `Expires`.
 */
const DATES = /(^(Response)?Expires|Since)$/;

const MAX_KEY_BYTES = 1024;

/** Characters that a response header cannot contain: those outside ISO-8859-1, and control characters. */
const NOT_IN_HEADERS = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * Validates a request against S3's service model, both for HTTP requests and for state machines. Refuses members that
 * local mode would have to ignore.
 *
 * @param supports the members that the operation supports, in addition to required members and those common to all
 *   requests
 * @throws AwsError InvalidArgument for a violation of the service model; NotImplemented for an unsupported member; S3's
 *   own codes for rules outside the service model
 */
export function checkS3Request(
  operation: string,
  supports: readonly string[],
  input: Input,
  accountId: string,
): void {
  const given = Object.entries(input).filter(([, value]) => value !== undefined && value !== null);
  checkModel(operation, Object.fromEntries(given.filter(([member]) => !DATES.test(member))));
  checkMembers(operation, S3_MODEL.binding(operation).input, supportedMembers(operation, supports), input);
  const acl = input['ACL'] ?? 'private';
  if (!ACLS_WITHOUT_EFFECT.includes(String(acl)) || given.some(([member]) => member.startsWith('Grant'))) {
    throw new AwsError('AccessControlListNotSupported', 'The bucket does not allow ACLs');
  }
  for (const owner of [input['ExpectedBucketOwner'], input['ExpectedSourceBucketOwner']]) {
    if ((owner ?? accountId) !== accountId) {
      throw new AwsError('AccessDenied', 'Access Denied: the bucket has another owner', 403);
    }
  }
  const keyBytes = Buffer.byteLength(String(input['Key'] ?? ''));
  if (keyBytes > MAX_KEY_BYTES) {
    throw new AwsError('KeyTooLongError', 'Your key is too long', 400, {
      Size: String(keyBytes),
      MaxSizeAllowed: String(MAX_KEY_BYTES),
    });
  }
}

function checkModel(operation: string, input: Input): void {
  try {
    validateAgainst(S3_MODEL, operation, input);
  } catch (error) {
    if (!(error instanceof AwsError)) {
      throw error;
    }
    const isClass = error.message.includes("'storageClass'");
    throw isClass ? invalidStorageClass() : new AwsError('InvalidArgument', error.message);
  }
}

function invalidStorageClass(): AwsError {
  return new AwsError('InvalidStorageClass', 'The storage class you specified is not valid');
}

/** The supported members of an operation's requests. */
export function supportedMembers(operation: string, supports: readonly string[] = []): readonly string[] {
  const { required = [] } = S3_MODEL.shapeOf(S3_MODEL.binding(operation).input);
  return [...ALWAYS_SUPPORTED, ...required, ...supports];
}

/**
 * Refuses the first member that local mode would have to ignore.
 *
 * @param structure the name of the shape to check
 * @throws AwsError NotImplemented, InvalidArgument
 */
function checkMembers(
  operation: string,
  structure: string,
  supported: readonly string[],
  input: Input,
): void {
  for (const place of S3_MODEL.placesOf(structure)) {
    const value = input[place.member] ?? undefined;
    if (value === undefined) {
      continue;
    }
    const allowed = SUPPORTED_VALUES[place.member];
    if (!supported.includes(place.member)) {
      throw notImplemented(operation, place);
    }
    if (allowed !== undefined && !allowed.includes(value)) {
      throw notImplemented(operation, place, `${value}; it supports ${allowed.join(', ')}`);
    }
    checkHeaderText(place, value);
    checkInside(operation, place.shape, value);
  }
}

function checkInside(operation: string, name: string, value: unknown): void {
  const shape = S3_MODEL.shapeOf(name);
  if (shape.type === 'structure') {
    checkMembers(operation, name, SUPPORTED_INSIDE[name] ?? [], value as Input);
  }
  if (shape.type === 'list' && shape.member !== undefined) {
    for (const item of value as unknown[]) {
      checkInside(operation, shape.member, item);
    }
  }
}

function checkHeaderText({ member, location, name }: MemberPlace, value: unknown): void {
  const isHeader = location.startsWith('header') || member.startsWith('Response');
  const texts = typeof value === 'object' && value !== null ? Object.entries(value).flat() : [value];
  if (isHeader && texts.some((text) => NOT_IN_HEADERS.test(String(text)))) {
    throw invalidArgument(name, texts.at(-1), 'Header value cannot be represented using ISO-8859-1.');
  }
}

function notImplemented(operation: string, place: MemberPlace, value?: string): AwsError {
  const what = `${describePlace(place)} of s3:${operation}`;
  return new AwsError(
    'NotImplemented',
    `local mode does not support ${value === undefined ? what : `this value of ${what}: ${value}`}`,
    501,
    place.location.startsWith('header') ? { Header: place.name } : {},
  );
}
