import { XMLBuilder } from 'fast-xml-parser';
import type { WireRequest, WireResponse } from '../endpoint/protocol';
import { CHECKSUM_MEMBERS } from './checksums';
import type { ListedObject } from './list-objects';
import { SYSTEM_HEADERS } from './rest-input';
import type { ObjectOutput } from './s3-service';

const XMLNS = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** Texts of a listing that `encoding-type=url` encodes. */
const ENCODED = ['Delimiter', 'Marker', 'NextMarker', 'Prefix', 'StartAfter'];

/** What an operation answers. */
export type Output = Readonly<Record<string, unknown>>;

/** The answer of ListObjects and ListObjectsV2. */
export function listing(output: Output, query: Output): WireResponse {
  const encode = encoder(query);
  const {
    Contents: contents,
    CommonPrefixes: prefixes,
    ...rest
  } = output as Output & {
    Contents: readonly ListedObject[];
    CommonPrefixes: readonly { Prefix: string }[];
  };
  return document('ListBucketResult', {
    ...Object.fromEntries(
      Object.entries(rest).map(([name, value]) => [
        name,
        ENCODED.includes(name) ? encode(String(value)) : value,
      ]),
    ),
    ...(query['EncodingType'] !== undefined && { EncodingType: query['EncodingType'] }),
    Contents: contents.map((object) => ({
      ...object,
      Key: encode(object.Key),
      LastModified: isoTime(object.LastModified),
      StorageClass: 'STANDARD',
    })),
    CommonPrefixes: prefixes.map(({ Prefix }) => ({ Prefix: encode(Prefix) })),
  });
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
  return document(root, { ...result, LastModified: isoTime(LastModified) });
}

/** An object, or what is said of it. @param overrides headers that the request wants instead */
export function renderObject(
  { headers }: WireRequest,
  output: ObjectOutput,
  overrides: Output,
): WireResponse {
  const system: Output = { ...output.System, ...overrides };
  const isPart = output.ContentRange !== undefined;
  const wantsChecksums = String(headers['x-amz-checksum-mode']).toUpperCase() === 'ENABLED' && !isPart;
  return {
    statusCode: isPart ? 206 : 200,
    headers: {
      'content-length': String(output.ContentLength),
      'content-type': 'binary/octet-stream',
      'accept-ranges': 'bytes',
      etag: output.ETag,
      'last-modified': new Date(output.LastModified * 1000).toUTCString(),
      ...Object.fromEntries(
        SYSTEM_HEADERS.flatMap(([name, member]) => {
          const value = system[member];
          return value === undefined ? [] : [[name, String(value)]];
        }),
      ),
      ...Object.fromEntries(
        Object.entries(output.Metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]),
      ),
      ...(wantsChecksums && checksumHeaders(output.System)),
      ...(output.ContentRange !== undefined && { 'content-range': output.ContentRange }),
    },
    body: output.Body ?? '',
  };
}

/** The headers for members such as `ChecksumCRC32`. */
export function checksumHeaders(members: Output): Record<string, string> {
  return Object.fromEntries(
    CHECKSUM_MEMBERS.flatMap((member) => {
      const [, algorithm = ''] = /^Checksum(.+)$/.exec(member) ?? [];
      const value = members[member];
      return value === undefined ? [] : [[`x-amz-checksum-${algorithm.toLowerCase()}`, String(value)]];
    }),
  );
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

export function xmlDocument(content: Output): WireResponse {
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(content).replace(CONTROLS, reference)}`,
  };
}

export function empty(statusCode: number, headers: Readonly<Record<string, string>> = {}): WireResponse {
  return { statusCode, headers, body: '' };
}

export function isoTime(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString();
}
