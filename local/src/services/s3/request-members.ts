import { AwsError } from '../aws-error';
import type { WireRequest } from '../endpoint/protocol';
import { checksumMember } from './checksums';
import { type MemberPlace, placesOf, requestShape, S3_MODEL, shapeOf } from './s3-model';

/** Largest number that S3 takes for what is an integer, and for what is a long. */
const LARGEST = { integer: 2 ** 31 - 1, long: Number.MAX_SAFE_INTEGER };

/** Headers about how the request is sent. The code that reads the body checks them. */
const TRANSPORT = ['content-length', 'x-amz-sdk-checksum-algorithm'];

/** Standard headers that change what a request means. */
const CONDITIONS = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'range'];

/** Every header of S3's own that the service model has, for whatever operation. */
const KNOWN_HEADERS: ReadonlySet<string> = new Set(
  Object.keys(S3_MODEL.shapes)
    .filter((name) => shapeOf(name).type === 'structure')
    .flatMap(placesOf)
    .filter(({ location, name }) => location === 'header' && name.startsWith('x-amz-'))
    .map(({ name }) => name),
);

/** The parameters of the query that an operation has. */
export function parametersOf(operation: string): string[] {
  return placesOf(requestShape(operation)).flatMap(({ location, name }) =>
    location === 'querystring' ? [name] : [],
  );
}

/**
 * The members that a request's headers and query give, by the service model.
 *
 * @throws AwsError InvalidArgument for what is no number or boolean; NotImplemented for a header that means something to
 *   S3, but not for this operation
 */
export function readMembers(operation: string, request: WireRequest): Record<string, unknown> {
  const places = placesOf(requestShape(operation));
  refuseForeignHeaders(operation, request, places);
  return Object.fromEntries(
    places.flatMap((place) => {
      const value = valueAt(place, request);
      return value === undefined ? [] : [[place.member, value] as const];
    }),
  );
}

function refuseForeignHeaders(
  operation: string,
  { headers }: WireRequest,
  places: readonly MemberPlace[],
): void {
  const own = places.filter(({ location }) => location === 'header').map(({ name }) => name);
  const foreign = Object.keys(headers).find(
    (name) =>
      (KNOWN_HEADERS.has(name) || CONDITIONS.includes(name)) &&
      !TRANSPORT.includes(name) &&
      !own.includes(name) &&
      checksumMember(name) === undefined,
  );
  if (foreign !== undefined) {
    throw new AwsError(
      'NotImplemented',
      `A header you provided implies functionality that is not implemented: s3:${operation} does not have ${foreign}`,
      501,
      { Header: foreign },
    );
  }
}

function valueAt(place: MemberPlace, { headers, query }: WireRequest): unknown {
  switch (place.location) {
    case 'header': {
      const text = TRANSPORT[0] === place.name ? undefined : headers[place.name];
      return text === undefined ? undefined : typed(place, String(text));
    }
    case 'headers': {
      const found = Object.entries(headers).filter(([name]) => name.startsWith(place.name));
      return Object.fromEntries(found.map(([name, text]) => [name.slice(place.name.length), String(text)]));
    }
    case 'querystring': {
      const text = query.get(place.name);
      return text === null ? undefined : typed(place, text);
    }
    default:
      return undefined;
  }
}

/** A header or a parameter as the value that its shape asks for. */
function typed(place: MemberPlace, text: string): unknown {
  const { type } = shapeOf(place.shape);
  switch (type) {
    case 'integer':
    case 'long':
      return (
        numberFrom(text, type) ??
        fail(place, text, `Provided ${place.name} not an integer or within integer range`)
      );
    case 'boolean':
      return booleanFrom(text) ?? fail(place, text, `Provided ${place.name} is not true or false`);
    case 'list':
      return text.split(',').map((each) => each.trim());
    default:
      return place.member === 'ChecksumMode' ? text.toUpperCase() : text;
  }
}

/** A whole number in decimal digits; undefined for everything else, such as `1e3`, ` 1` and what is empty. */
export function numberFrom(text: string, type: 'integer' | 'long'): number | undefined {
  const number = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Math.abs(number) <= LARGEST[type] ? number : undefined;
}

/** A boolean as S3 reads it; undefined for everything else. */
export function booleanFrom(text: string): boolean | undefined {
  return { true: true, false: false }[text.toLowerCase()];
}

function fail({ name }: MemberPlace, value: string, message: string): never {
  throw new AwsError('InvalidArgument', message, 400, { ArgumentName: name, ArgumentValue: value });
}
