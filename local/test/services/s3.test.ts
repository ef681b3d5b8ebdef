import * as fs from 'node:fs';
import * as path from 'node:path';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { RunningServices } from '../../src/services';
import { BUCKET, closeServices, deploymentIn, ENVIRONMENT, start, temporaryRoot } from './helpers';

let services: RunningServices;
let root: string;

beforeEach(async () => {
  root = temporaryRoot();
  services = await start({ deployment: deploymentIn(root) });
});
afterEach(closeServices);

interface Options {
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A request as an SDK sends it. */
async function s3(
  method: string,
  key: string,
  { query = {}, headers = {}, body }: Options = {},
): Promise<Response> {
  const { host } = new URL(services.url);
  const signer = new SignatureV4({
    credentials: services.credentialsFor(services.user),
    region: ENVIRONMENT.region,
    service: 's3',
    sha256: Sha256,
    uriEscapePath: false,
  });
  const requestPath = `/${key.split('/').map(encodeURIComponent).join('/')}`;
  const signed = await signer.sign({
    method,
    protocol: 'http:',
    hostname: '127.0.0.1',
    path: requestPath,
    query,
    headers: { host, ...headers },
    ...(body !== undefined && { body }),
  });
  const { host: _host, ...sent } = signed.headers;
  const search = new URLSearchParams(query).toString().replaceAll('+', '%20');
  return fetch(`${services.url}${requestPath}${search === '' ? '' : `?${search}`}`, {
    method,
    headers: sent,
    ...(body !== undefined && { body }),
  });
}

test('objects are written, read in part or whole, and removed', async () => {
  const key = `${BUCKET}/results/a file (1)+ü.txt`;
  expect((await s3('PUT', key, { body: '0123456789' })).status).toBe(200);
  expect(fs.readFileSync(path.join(root, 's3', key), 'utf8')).toBe('0123456789');
  const whole = await s3('GET', key);
  expect([whole.status, whole.headers.get('content-length'), await whole.text()]).toEqual([
    200,
    '10',
    '0123456789',
  ]);
  const part = await s3('GET', key, { headers: { range: 'bytes=2-4' } });
  expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
    206,
    'bytes 2-4/10',
    '234',
  ]);
  const head = await s3('HEAD', key);
  expect([head.status, head.headers.get('etag')]).toEqual([200, whole.headers.get('etag')]);
  expect((await s3('DELETE', key)).status).toBe(204);
  expect((await s3('HEAD', key)).status).toBe(404);
});

/** The headers that SDKs send with a stream whose checksum is in a trailer. */
const chunkedHeaders = (length: number) => ({
  'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'content-encoding': 'aws-chunked',
  'x-amz-decoded-content-length': String(length),
  'x-amz-trailer': 'x-amz-checksum-crc32',
});

test('bodies may be unsigned, and may be sent in chunks', async () => {
  const unsigned = { headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }, body: 'free' };
  expect((await s3('PUT', `${BUCKET}/unsigned`, unsigned)).status).toBe(200);
  const chunked = {
    headers: chunkedHeaders(5),
    body: '3\r\nabc\r\n2\r\nde\r\n0\r\nx-amz-checksum-crc32:hYfYZQ==\r\n\r\n',
  };
  expect((await s3('PUT', `${BUCKET}/chunked`, chunked)).status).toBe(200);
  expect(await (await s3('GET', `${BUCKET}/chunked`)).text()).toBe('abcde');
});

test('every checksum of S3 is verified, stored and returned', async () => {
  // Checksums of "123456789", from RFC 3720, the NVMe specification and xxHash's tests.
  const expected = {
    crc32: 'y/Q5Jg==',
    crc32c: '4waSgw==',
    crc64nvme: 'rosUhgp5mIg=',
    sha1: '98O8HYCOBHMq32eZZczDTKeuNEE=',
    sha256: 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=',
    md5: 'JfnnlDI7RTiF9RgfG2JNCw==',
  };
  for (const [name, value] of Object.entries(expected)) {
    const header = `x-amz-checksum-${name}`;
    const key = `${BUCKET}/checked/${name}`;
    const put = await s3('PUT', key, { headers: { [header]: value }, body: '123456789' });
    expect([name, put.status, put.headers.get(header)]).toEqual([name, 200, value]);
    const got = await s3('GET', key, { headers: { 'x-amz-checksum-mode': 'ENABLED' } });
    expect(got.headers.get(header)).toBe(value);
    expect((await s3('HEAD', key)).headers.get(header)).toBeNull();
  }
});

/** The checksum length of each algorithm, in bytes. */
const CHECKSUM_BYTES = {
  ...{ crc32c: 4, crc64nvme: 8, sha1: 20, sha256: 32, sha512: 64 },
  ...{ md5: 16, xxhash3: 8, xxhash64: 8, xxhash128: 16 },
};

test.each<[string, Options, string]>([
  ['MD5', { headers: { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' }, body: 'new' }, 'BadDigest'],
  ['MD5 that is none', { headers: { 'content-md5': 'x' }, body: 'new' }, 'InvalidDigest'],
  ['CRC32', { headers: { 'x-amz-checksum-crc32': 'AAAAAA==' }, body: 'new' }, 'BadDigest'],
  ...Object.entries(CHECKSUM_BYTES).flatMap(([name, bytes]): [string, Options, string][] => {
    const header = `x-amz-checksum-${name}`;
    const zeros = Buffer.alloc(bytes).toString('base64');
    return [
      [name, { headers: { [header]: zeros }, body: 'new' }, 'BadDigest'],
      [`malformed ${name}`, { headers: { [header]: 'AAAA' }, body: 'new' }, 'InvalidRequest'],
    ];
  }),
  [
    'checksum for the announced algorithm',
    {
      headers: { 'x-amz-checksum-crc32': 'AAAAAA==', 'x-amz-sdk-checksum-algorithm': 'SHA256' },
      body: 'new',
    },
    'InvalidRequest',
  ],
  [
    'number of checksums',
    { headers: { 'x-amz-checksum-crc32': 'AAAAAA==', 'x-amz-checksum-crc32c': 'AAAAAA==' }, body: 'new' },
    'InvalidRequest',
  ],
  [
    'trailing CRC32',
    { headers: chunkedHeaders(3), body: '3\r\nabc\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n' },
    'BadDigest',
  ],
  ['trailer', { headers: chunkedHeaders(3), body: '3\r\nabc\r\n0\r\n\r\n' }, 'MalformedTrailerError'],
  ['length', { headers: chunkedHeaders(4), body: '3\r\nabc\r\n0\r\n\r\n' }, 'IncompleteBody'],
  [
    'encoding for its signature',
    { headers: { 'content-encoding': 'aws-chunked' }, body: '3\r\nabc\r\n0\r\n\r\n' },
    'InvalidArgument',
  ],
])(
  'a body with a wrong %s is refused, and the existing object is unchanged',
  async (_name, options, code) => {
    const key = `${BUCKET}/input/train.csv`;
    const response = await s3('PUT', key, options);
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining(`<Code>${code}<`),
    ]);
    expect(fs.readFileSync(path.join(root, 's3', key), 'utf8')).toBe('1,2\n');
  },
);

test('objects are listed by page and by folder', async () => {
  for (const key of ['a/1', 'a/2', 'b/3', 'c']) {
    await s3('PUT', `${BUCKET}/list/${key}`, { body: key });
  }
  const list = async (query: Record<string, string>) =>
    (await s3('GET', BUCKET, { query: { 'list-type': '2', prefix: 'list/', ...query } })).text();
  const folders = await list({ delimiter: '/' });
  expect(folders).toContain('<CommonPrefixes><Prefix>list/a/</Prefix></CommonPrefixes>');
  expect(folders).toContain('<Key>list/c</Key>');
  expect(folders).toContain('<KeyCount>3</KeyCount>');
  const first = await list({ 'max-keys': '3' });
  expect(first.match(/<Key>[^<]*/g)).toEqual(['<Key>list/a/1', '<Key>list/a/2', '<Key>list/b/3']);
  const token = /<NextContinuationToken>([^<]*)/.exec(first)?.[1] ?? '';
  const second = await list({ 'continuation-token': token });
  expect(second.match(/<Key>[^<]*/g)).toEqual(['<Key>list/c']);
  expect(second).toContain('<IsTruncated>false</IsTruncated>');
});

test.each([
  ['a missing bucket', 'GET', 'nowhere/x', 404, 'NoSuchBucket'],
  ['a missing key', 'GET', `${BUCKET}/none`, 404, 'NoSuchKey'],
  ['a key that leaves the bucket', 'GET', `${BUCKET}/a/../../x`, 403, 'SignatureDoesNotMatch'],
  ['an unsupported operation', 'POST', `${BUCKET}/x`, 501, 'NotImplemented'],
])('%s', async (_name, method, key, status, code) => {
  const response = await s3(method, key);
  expect(response.status).toBe(status);
  expect(await response.text()).toContain(`<Code>${code}</Code>`);
});

test.each(['../x', 'a/../../x', '/x', 'a//b', 'a\\b', 'a/./b'])(
  'the key "%s" cannot be written, because it is not a file path in the bucket',
  async (key) => {
    const input = { Bucket: BUCKET, Key: key, Body: 'x' };
    await expect(services.router.call('s3', 'PutObject', input, services.user)).rejects.toMatchObject({
      code: 'InvalidRequest',
    });
  },
);

test.each<[string, string, Options]>([
  ['removing tags', 'DELETE', { query: { tagging: '' } }],
  ['removing a version', 'DELETE', { query: { versionId: 'x' } }],
  ['a write with tags', 'PUT', { headers: { 'x-amz-tagging': 'a=b' }, body: 'new' }],
  [
    'a copy of a version',
    'PUT',
    { headers: { 'x-amz-copy-source': `/${BUCKET}/other?versionId=1` }, body: '' },
  ],
  [
    'a write with a customer-provided key',
    'PUT',
    { headers: { 'x-amz-server-side-encryption-customer-key': 'x' }, body: 'x' },
  ],
  ['a locked object', 'PUT', { headers: { 'x-amz-object-lock-mode': 'COMPLIANCE' }, body: 'x' }],
  ['a custom ACL', 'PUT', { query: { acl: '' }, body: 'x' }],
])('%s is refused, and the existing object is unchanged', async (_name, method, options) => {
  const key = `${BUCKET}/input/train.csv`;
  const response = await s3(method, key, options);
  expect([response.status, await response.text()]).toEqual([501, expect.stringContaining('NotImplemented')]);
  expect(fs.readFileSync(path.join(root, 's3', key), 'utf8')).toBe('1,2\n');
});

test.each<[string, Options, string]>([
  ['for everybody', { headers: { 'x-amz-acl': 'public-read' }, body: 'x' }, 'AccessControlListNotSupported'],
  [
    'of another account',
    { headers: { 'x-amz-expected-bucket-owner': '111111111111' }, body: 'x' },
    'AccessDenied',
  ],
  [
    'with an unknown storage class',
    { headers: { 'x-amz-storage-class': 'COLD' }, body: 'x' },
    'InvalidStorageClass',
  ],
  [
    'copied with an unknown directive',
    {
      headers: { 'x-amz-copy-source': `/${BUCKET}/input/train.csv`, 'x-amz-metadata-directive': 'KEEP' },
      body: '',
    },
    'InvalidArgument',
  ],
])('an object %s is refused', async (_name, options, code) => {
  expect(await (await s3('PUT', `${BUCKET}/new`, options)).text()).toContain(`<Code>${code}<`);
  expect(fs.readdirSync(path.join(root, 's3', BUCKET))).toEqual(['input']);
});

test('keys may have any character that is allowed in file names', async () => {
  const keys = [
    ' lead',
    'a b+c%20&d=e?f#g',
    'q\'u"o<t>e',
    'ünï/日本語/🎯',
    'tab\tand\u0001',
    '~!@$^*(),;:[]{}|',
    '...',
  ];
  for (const key of keys) {
    expect([key, (await s3('PUT', `${BUCKET}/odd/${key}`, { body: key })).status]).toEqual([key, 200]);
    expect(await (await s3('GET', `${BUCKET}/odd/${key}`)).text()).toBe(key);
  }
  const listing = await (await s3('GET', BUCKET, { query: { 'list-type': '2', prefix: 'odd/' } })).text();
  expect(listing).toContain('<Key>odd/tab\tand&#x1;</Key>');
  expect(listing.match(/<Key>/g)).toHaveLength(keys.length);
  const long = await s3('PUT', `${BUCKET}/${'x/'.repeat(600)}y`, { body: 'x' });
  expect(await long.text()).toContain('<Code>KeyTooLongError<');
});

test('a broken link is not an object', async () => {
  fs.symlinkSync('/nowhere', path.join(root, 's3', BUCKET, 'input', 'link.csv'));
  expect((await s3('GET', `${BUCKET}/input/link.csv`)).status).toBe(404);
  const listing = await (await s3('GET', BUCKET, { query: { 'list-type': '2', prefix: 'input/' } })).text();
  expect(listing.match(/<Key>[^<]*/g)).toEqual(['<Key>input/train.csv']);
});

test.each(['s3', 'sagemaker'])(
  'a property that every JavaScript object has is not an operation of %s',
  async (service) => {
    await expect(services.router.call(service, 'constructor', {}, services.user)).rejects.toMatchObject({
      code: 'UnknownOperationException',
    });
  },
);

test('another secret key is refused', async () => {
  const keys = services.credentialsFor(services.user);
  const original = services.credentialsFor;
  services = { ...services, credentialsFor: () => ({ ...keys, secretAccessKey: 'other' }) };
  const response = await s3('GET', `${BUCKET}/input/train.csv`);
  services = { ...services, credentialsFor: original };
  expect(await response.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
});
