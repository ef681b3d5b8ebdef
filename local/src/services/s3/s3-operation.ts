import type { WireRequest } from '../endpoint/protocol';
import type { Input, Operation } from '../service';

/** An operation of S3. */
export interface S3Operation extends Operation {
  /**
   * The members of requests that it honors, beside those that are required and those of every request. All others are
   * refused by name: a new version of the model cannot bring a member that is accepted and dropped.
   */
  readonly supports?: readonly string[];
  readonly rest?: RestHook;
}

/** What of a response is not in the service model. */
export interface RestHook {
  /** Name of the document, where it is not the operation's with `Result`. */
  readonly root?: string;
  /** The one member whose text is the document. */
  readonly text?: string;
  readonly status?: (output: Input) => number;
  /**
   * Whether only those who may list the bucket are told that there is no object: without s3:ListBucket, S3 refuses a key
   * that does not exist with AccessDenied.
   */
  readonly hidesMissingKeys?: true;
  /** What is written, instead of what the operation answers. */
  readonly output?: (output: Input, input: Input, request: WireRequest) => Input;
}

/** Members of listings that `encoding-type=url` encodes. */
const ENCODED: ReadonlySet<string> = new Set([
  ...['Delimiter', 'Key', 'KeyMarker', 'Marker', 'NextKeyMarker', 'NextMarker', 'Prefix', 'StartAfter'],
]);

/** A listing, whose keys may have characters that XML does not have. */
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

/** An object that is read: some of it has a status of its own. */
export const READING: RestHook = {
  hidesMissingKeys: true,
  status: ({ ContentRange: range, PartsCount: parts }) =>
    range === undefined && parts === undefined ? 200 : 206,
};

/** The end of an upload in parts, which says where the object is. */
export const LOCATED: RestHook = {
  output: (output, _input, { headers, path }) => ({ Location: `http://${headers.host}${path}`, ...output }),
};
