import type { WireRequest } from '../endpoint/protocol';
import type { Input, Operation } from '../service';

/** An operation of S3. */
export interface S3Operation extends Operation {
  /**
   * Supported request members, in addition to required members and those common to all requests. All others
   * are refused, so that members added by a new version of the model are never silently dropped.
   */
  readonly supports?: readonly string[];
  readonly rest?: RestHook;
}

/** Details of a response that the service model does not contain. */
export interface RestHook {
  /** Name of the root element, if it is not the operation's name followed by `Result`. */
  readonly root?: string;
  /** The only member of the response; its value becomes the text of the root element. */
  readonly text?: string;
  readonly status?: (output: Input) => number;
  /** Whether callers without s3:ListBucket get AccessDenied for a missing key, as on S3. */
  readonly hidesMissingKeys?: true;
  /** Transforms the operation's output for the response. */
  readonly output?: (output: Input, input: Input, request: WireRequest) => Input;
}

/** The members of a list response that are encoded if the request has `encoding-type=url`. */
const ENCODED: ReadonlySet<string> = new Set([
  ...['Delimiter', 'Key', 'KeyMarker', 'Marker', 'NextKeyMarker', 'NextMarker', 'Prefix', 'StartAfter'],
]);

/** Hook of operations that list keys. Requests can ask for encoded keys, which contain only characters valid in XML. */
export function listing(root?: string): RestHook {
  return {
    ...(root !== undefined && { root }),
    output: (output, { EncodingType: encoding }) => ({
      ...((encoding === 'url' ? encoded(output) : output) as Input),
      EncodingType: encoding,
    }),
  };
}

function encoded(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => encoded(item));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, encoded(member, key)]));
  }
  return ENCODED.has(name) ? encodeURIComponent(String(value)).replaceAll('%2F', '/') : value;
}

/** Hook of operations that return an object. The status is 206 if the response contains only a part of the object. */
export const READING: RestHook = {
  hidesMissingKeys: true,
  status: ({ ContentRange: range, PartsCount: parts }) =>
    range === undefined && parts === undefined ? 200 : 206,
};

/** Hook of CompleteMultipartUpload: adds the object's location to the response. */
export const LOCATED: RestHook = {
  output: (output, _input, { headers, path }) => ({ Location: `http://${headers.host}${path}`, ...output }),
};
