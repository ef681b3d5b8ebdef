import { XMLBuilder } from 'fast-xml-parser';
import type { WireResponse } from '../endpoint/protocol';
import { CHECKSUM_MEMBERS } from './checksums';
import type { ListedObject } from './list-objects';
import type { ObjectOutput } from './object-output';

const XMLNS = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** Texts of a listing that `encoding-type=url` encodes. */
const ENCODED = [
  ...['Delimiter', 'KeyMarker', 'Marker', 'NextKeyMarker', 'NextMarker', 'Prefix', 'StartAfter'],
];

/** Members of answers that are headers, whatever the operation. */
const HEADERS: Readonly<Record<string, string>> = {
  AcceptRanges: 'accept-ranges',
  BucketKeyEnabled: 'x-amz-server-side-encryption-bucket-key-enabled',
  BucketRegion: 'x-amz-bucket-region',
  CacheControl: 'cache-control',
  ContentDisposition: 'content-disposition',
  ContentEncoding: 'content-encoding',
  ContentLanguage: 'content-language',
  ContentLength: 'content-length',
  ContentRange: 'content-range',
  ContentType: 'content-type',
  Expires: 'expires',
  Location: 'location',
  PartsCount: 'x-amz-mp-parts-count',
  ServerSideEncryption: 'x-amz-server-side-encryption',
  SSEKMSKeyId: 'x-amz-server-side-encryption-aws-kms-key-id',
  StorageClass: 'x-amz-storage-class',
};

/** Members that are headers where the answer has no document. */
const HEADERS_WITHOUT_DOCUMENT: Readonly<Record<string, string>> = {
  ...HEADERS,
  ETag: 'etag',
  ChecksumAlgorithm: 'x-amz-checksum-algorithm',
  ChecksumType: 'x-amz-checksum-type',
  ...Object.fromEntries(
    CHECKSUM_MEMBERS.map((member) => [member, member.replace('Checksum', 'x-amz-checksum-').toLowerCase()]),
  ),
};

/** What an operation answers. */
export type Output = Readonly<Record<string, unknown>>;

/** The answer of ListObjects and ListObjectsV2. */
export function listing(output: Output, query: Output): WireResponse {
  const encode = encoder(query);
  const { Contents: contents, ...rest } = output as Output & { Contents: readonly ListedObject[] };
  return document('ListBucketResult', {
    ...pageMembers(rest, query),
    Contents: contents.map((object) => ({
      ...object,
      Key: encode(object.Key),
      LastModified: isoTime(object.LastModified),
    })),
    CommonPrefixes: commonPrefixes(output, encode),
  });
}

/** The answer of ListMultipartUploads. */
export function uploadListing(output: Output, query: Output): WireResponse {
  const encode = encoder(query);
  const { Uploads: uploads, ...rest } = output as Output & {
    Uploads: readonly { Key: string; Initiated: number }[];
  };
  return document('ListMultipartUploadsResult', {
    ...pageMembers(rest, query),
    Upload: uploads.map((upload) => ({
      ...upload,
      Key: encode(upload.Key),
      Initiated: isoTime(upload.Initiated),
    })),
    CommonPrefixes: commonPrefixes(output, encode),
  });
}

/** The members of a page other than its entries. */
function pageMembers({ CommonPrefixes: _prefixes, ...output }: Output, query: Output): Output {
  const encode = encoder(query);
  return {
    ...Object.fromEntries(
      Object.entries(output).map(([name, value]) => [
        name,
        ENCODED.includes(name) ? encode(String(value)) : value,
      ]),
    ),
    ...(query['EncodingType'] !== undefined && { EncodingType: query['EncodingType'] }),
  };
}

function commonPrefixes(output: Output, encode: (text: string) => string): Output[] {
  const prefixes = output['CommonPrefixes'] as readonly { Prefix: string }[];
  return prefixes.map(({ Prefix }) => ({ Prefix: encode(Prefix) }));
}

/** How the texts of an answer are written. */
export function encoder(query: Output): (text: string) => string {
  return query['EncodingType'] === 'url'
    ? (text) => encodeURIComponent(text).replaceAll('%2F', '/')
    : (text) => text;
}

/** The answer of a copy. */
export function copyResult(root: string, output: Output): WireResponse {
  const { LastModified, ...result } = output[root] as Output & { LastModified: number };
  return documentWithHeaders(root, output, { ...result, LastModified: isoTime(LastModified) });
}

/** An object, or what is said of it. */
export function renderObject(output: ObjectOutput): WireResponse {
  const { LastModified, Metadata, Body, PartsCount } = output;
  const isPart = output.ContentRange !== undefined || PartsCount !== undefined;
  return {
    statusCode: isPart ? 206 : 200,
    headers: {
      'last-modified': new Date(LastModified * 1000).toUTCString(),
      ...headersOf(output, HEADERS_WITHOUT_DOCUMENT),
      ...Object.fromEntries(Object.entries(Metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])),
    },
    body: Body ?? '',
  };
}

/** The answer of an operation without a document. */
export function empty(statusCode: number, output: Output = {}): WireResponse {
  return { statusCode, headers: headersOf(output, HEADERS_WITHOUT_DOCUMENT), body: '' };
}

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

/** Characters that XML does not have, or reads as others: keys may have them, and S3 writes them so. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0001-\u0008\u000b-\u001f]/g;

function reference(character: string): string {
  return `&#x${character.charCodeAt(0).toString(16)};`;
}

export function document(root: string, content: Output): WireResponse {
  return xmlDocument({ [root]: { '@xmlns': XMLNS, ...content } });
}

/** A document, with headers of the operation's answer. */
export function documentWithHeaders(root: string, output: Output, content: Output): WireResponse {
  const response = document(root, content);
  return { ...response, headers: { ...headersOf(output, HEADERS), ...response.headers } };
}

export function xmlDocument(content: Output): WireResponse {
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(content).replace(CONTROLS, reference)}`,
  };
}

function headersOf(output: Output, names: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([member, header]) =>
      output[member] === undefined ? [] : [[header, String(output[member])]],
    ),
  );
}

export function isoTime(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString();
}
