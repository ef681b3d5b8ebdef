import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { AwsError } from '../aws-error';
import type { WireRequest } from '../endpoint/protocol';
import { decodeAwsChunked } from './aws-chunked';
import { checkBody } from './checksums';

/** Headers, or parameters, and the members of a request that they are. */
type Names = readonly (readonly [name: string, member: string])[];

/** Headers that come back with the object. */
export const SYSTEM_HEADERS: Names = [
  ['cache-control', 'CacheControl'],
  ['content-disposition', 'ContentDisposition'],
  ['content-encoding', 'ContentEncoding'],
  ['content-language', 'ContentLanguage'],
  ['content-type', 'ContentType'],
  ['expires', 'Expires'],
];

/** Headers that policies can ask for: nothing is encrypted here, but the key has to be one that the caller may use. */
const POLICY_HEADERS: Names = [
  ['x-amz-server-side-encryption', 'ServerSideEncryption'],
  ['x-amz-server-side-encryption-aws-kms-key-id', 'SSEKMSKeyId'],
  ['x-amz-storage-class', 'StorageClass'],
  ['x-amz-acl', 'ACL'],
];

/** Headers with conditions. */
export const CONDITION_HEADERS: Names = [
  ['if-match', 'IfMatch'],
  ['if-none-match', 'IfNoneMatch'],
  ['if-modified-since', 'IfModifiedSince'],
  ['if-unmodified-since', 'IfUnmodifiedSince'],
];

/** Headers of a copy. */
export const COPY_HEADERS: Names = [
  ['x-amz-copy-source', 'CopySource'],
  ['x-amz-copy-source-if-match', 'CopySourceIfMatch'],
  ['x-amz-copy-source-if-none-match', 'CopySourceIfNoneMatch'],
  ['x-amz-copy-source-if-modified-since', 'CopySourceIfModifiedSince'],
  ['x-amz-copy-source-if-unmodified-since', 'CopySourceIfUnmodifiedSince'],
  ['x-amz-copy-source-range', 'CopySourceRange'],
  ['x-amz-metadata-directive', 'MetadataDirective'],
];

/** Headers that ask for what local mode would have to leave out; encryption with keys of AWS is as good as done. */
const REFUSED_HEADERS = [
  /^x-amz-tagging$/,
  /^x-amz-(copy-source-)?server-side-encryption-customer-/,
  /^x-amz-object-lock-/,
  /^x-amz-website-redirect-location$/,
  /^x-amz-write-offset-bytes$/,
];

/** @throws AwsError NotImplemented, for a header that must not be ignored */
export function refuseHeaders({ headers }: WireRequest): void {
  const refused = Object.keys(headers).find((name) => REFUSED_HEADERS.some((each) => each.test(name)));
  if (refused !== undefined) {
    throw new AwsError('NotImplemented', `local mode does not have the header "${refused}" in S3`, 501);
  }
}

/** The members that headers give. */
export function fromHeaders({ headers }: WireRequest, names: Names): Record<string, string> {
  return Object.fromEntries(
    names.flatMap(([name, member]) =>
      headers[name] === undefined ? [] : [[member, String(headers[name])] as const],
    ),
  );
}

/** The members that parameters of the query give. */
export function fromQuery({ query }: WireRequest, names: Names): Record<string, string> {
  return Object.fromEntries(
    names.flatMap(([name, member]) => {
      const value = query.get(name);
      return value === null ? [] : [[member, value] as const];
    }),
  );
}

/** What an object that is written is to have beside its content. */
export function attributesFrom(request: WireRequest): Record<string, unknown> {
  const { ContentEncoding: encoding, ...system } = fromHeaders(request, SYSTEM_HEADERS);
  // The encoding of the request's body, which the object does not have.
  const kept = encoding
    ?.split(',')
    .map((each) => each.trim())
    .filter((each) => each !== 'aws-chunked' && each !== '');
  const metadata = Object.entries(request.headers)
    .filter(([name]) => name.startsWith('x-amz-meta-'))
    .map(([name, value]) => [name.slice('x-amz-meta-'.length), String(value)]);
  return {
    ...system,
    ...fromHeaders(request, POLICY_HEADERS),
    ...(kept !== undefined && kept.length > 0 && { ContentEncoding: kept.join(',') }),
    Metadata: Object.fromEntries(metadata),
  };
}

/** The content of a request, and the checksums that it was compared with. */
export function readBody({ headers, body }: WireRequest): Record<string, unknown> & { Body: Buffer } {
  if (!String(headers['content-encoding'] ?? '').includes('aws-chunked')) {
    return { Body: body, ...checkBody(body, headers, true) };
  }
  const decoded = decodeAwsChunked(body);
  const length = headers['x-amz-decoded-content-length'];
  if (length !== undefined && Number(length) !== decoded.body.length) {
    throw new AwsError(
      'IncompleteBody',
      'You did not provide the number of bytes specified by the x-amz-decoded-content-length HTTP header.',
    );
  }
  return { Body: decoded.body, ...checkBody(decoded.body, { ...headers, ...decoded.trailers }, false) };
}

const LISTS = ['Delete.Object', 'CompleteMultipartUpload.Part'];

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  // A key may begin or end with blanks.
  trimValues: false,
  htmlEntities: true,
  isArray: (_name, path) => LISTS.includes(String(path)),
});

/** The elements of a list in a request's XML document. @param path root and element of the list, with a dot */
export function readList(
  request: WireRequest,
  path: 'Delete.Object' | 'CompleteMultipartUpload.Part',
): { readonly items: readonly Record<string, unknown>[]; readonly root: Record<string, unknown> } {
  const { Body: body } = readBody(request);
  const document = body.toString('utf8');
  const [rootName = '', listName = ''] = path.split('.');
  if (XMLValidator.validate(document) === true) {
    const root: unknown = parser.parse(document)[rootName];
    const items = (root as Record<string, unknown> | undefined)?.[listName];
    if (Array.isArray(items)) {
      return { items, root: root as Record<string, unknown> };
    }
  }
  throw new AwsError(
    'MalformedXML',
    `The XML you provided was not well-formed or did not validate against our published schema: expected <${rootName}> with <${listName}> in it`,
  );
}
