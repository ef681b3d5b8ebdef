import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { isRecord } from '../../assembly/template';
import { AwsError } from '../aws-error';
import type { WireRequest } from '../endpoint/protocol';
import { ContentChecks, checksumMember } from './checksums';
import type { IncomingContent } from './object-content';

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

/** Headers of writes: of what policies can ask for, and what is refused since it cannot be done here. */
const WRITE_HEADERS: Names = [
  ['content-md5', 'ContentMD5'],
  ['x-amz-server-side-encryption', 'ServerSideEncryption'],
  ['x-amz-server-side-encryption-aws-kms-key-id', 'SSEKMSKeyId'],
  ['x-amz-storage-class', 'StorageClass'],
  ['x-amz-acl', 'ACL'],
  ['x-amz-grant-full-control', 'GrantFullControl'],
  ['x-amz-grant-read', 'GrantRead'],
  ['x-amz-grant-read-acp', 'GrantReadACP'],
  ['x-amz-grant-write', 'GrantWrite'],
  ['x-amz-grant-write-acp', 'GrantWriteACP'],
  ['x-amz-tagging', 'Tagging'],
  ['x-amz-website-redirect-location', 'WebsiteRedirectLocation'],
  ['x-amz-write-offset-bytes', 'WriteOffsetBytes'],
  ['x-amz-sdk-checksum-algorithm', 'ChecksumAlgorithm'],
  ['x-amz-checksum-algorithm', 'ChecksumAlgorithm'],
];

/** Headers of all operations. */
const COMMON_HEADERS: Names = [
  ['x-amz-expected-bucket-owner', 'ExpectedBucketOwner'],
  ['x-amz-source-expected-bucket-owner', 'ExpectedSourceBucketOwner'],
  ['x-amz-mfa', 'MFA'],
];

/** Groups of headers for what local mode does not have. */
const REFUSED_HEADERS: readonly (readonly [headers: RegExp, member: string])[] = [
  [/^x-amz-server-side-encryption-customer-/, 'SSECustomerKey'],
  [/^x-amz-copy-source-server-side-encryption-customer-/, 'CopySourceSSECustomerKey'],
  [/^x-amz-object-lock-/, 'ObjectLockMode'],
  [/^x-amz-bucket-object-lock-enabled$/, 'ObjectLockEnabledForBucket'],
  [/^x-amz-if-match-/, 'IfMatchSize'],
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

/** The members that a request of any operation may have, and those for which it is refused. */
export function commonMembers(request: WireRequest): Record<string, string> {
  const refused = Object.keys(request.headers).flatMap((name) =>
    REFUSED_HEADERS.filter(([headers]) => headers.test(name)).map(([, member]) => [member, name] as const),
  );
  return { ...fromHeaders(request, COMMON_HEADERS), ...Object.fromEntries(refused) };
}

/** The members that headers give. */
export function fromHeaders({ headers }: WireRequest, names: Names): Record<string, string> {
  return Object.fromEntries(
    names.flatMap(([name, member]) =>
      headers[name] === undefined ? [] : [[member, String(headers[name])] as const],
    ),
  );
}

/** Parameters that are numbers. */
const NUMBERS = /^(max-.*|part-number-marker|partNumber)$/;

/** The members that parameters of the query give. */
export function fromQuery({ query }: WireRequest, names: Names): Record<string, unknown> {
  return Object.fromEntries(
    names.flatMap(([name, member]) => {
      const value = query.get(name);
      return value === null ? [] : [[member, parameterValue(name, value)]];
    }),
  );
}

function parameterValue(name: string, text: string): unknown {
  if (name === 'fetch-owner') {
    return text === 'true';
  }
  // What is empty is no number: it must not become 0.
  return NUMBERS.test(name) ? Number(text || Number.NaN) : text;
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
    ...contentMembers(request),
    ...(kept !== undefined && kept.length > 0 && { ContentEncoding: kept.join(',') }),
    Metadata: Object.fromEntries(metadata),
  };
}

/** Members about the content of an object or a part. */
export function contentMembers(request: WireRequest): Record<string, string> {
  const checksums = Object.entries(request.headers).flatMap(([name, value]) => {
    const member = checksumMember(name);
    return member === undefined ? [] : [[member, String(value)] as const];
  });
  return { ...fromHeaders(request, WRITE_HEADERS), ...Object.fromEntries(checksums) };
}

/** The content of an object or a part, as it comes. */
export function contentFrom({ headers, body }: WireRequest): IncomingContent {
  const isChunked = String(headers['content-encoding'] ?? '').includes('aws-chunked');
  if (isChunked && !String(headers['x-amz-content-sha256']).startsWith('STREAMING-')) {
    throw new AwsError(
      'InvalidArgument',
      'a body in the aws-chunked encoding needs x-amz-content-sha256: STREAMING-…',
    );
  }
  const announced = String(headers['x-amz-trailer'] ?? '')
    .toLowerCase()
    .split(',');
  return {
    stream: () => body.stream(),
    announcedTrailers: announced.map((name) => name.trim()).filter((name) => name !== ''),
    trailers: body.trailers,
  };
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
export async function readList(
  request: WireRequest,
  path: 'Delete.Object' | 'CompleteMultipartUpload.Part',
): Promise<{
  readonly items: readonly Record<string, unknown>[];
  readonly root: Readonly<Record<string, unknown>>;
}> {
  const [rootName = '', listName = ''] = path.split('.');
  const root = await readDocument(request, rootName);
  const items = root[listName];
  if (!Array.isArray(items)) {
    throw malformed(rootName, listName);
  }
  return { items, root };
}

/** A request's XML document; empty where there is none. */
export async function readDocument(
  request: WireRequest,
  rootName: string,
): Promise<Readonly<Record<string, unknown>>> {
  // Checked against its checksums as objects are: DeleteObjects has to have one.
  const content = contentFrom(request);
  const checks = new ContentChecks(contentMembers(request), content.announcedTrailers);
  const body = await request.body.read();
  checks.update(body);
  await checks.finish(content.trailers);
  if (body.length === 0) {
    return {};
  }
  const document = body.toString('utf8');
  const root: unknown =
    XMLValidator.validate(document) === true ? parser.parse(document)[rootName] : undefined;
  if (root === undefined) {
    throw malformed(rootName);
  }
  return isRecord(root) ? root : {};
}

function malformed(rootName: string, listName?: string): AwsError {
  const wanted = `<${rootName}>${listName === undefined ? '' : ` with <${listName}> in it`}`;
  return new AwsError(
    'MalformedXML',
    `The XML you provided was not well-formed or did not validate against our published schema: expected ${wanted}`,
  );
}
