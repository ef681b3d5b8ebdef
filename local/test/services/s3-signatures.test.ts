import * as fs from 'node:fs';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { RunningServices } from '../../src/services';
import { AwsError } from '../../src/services/aws-error';
import { decodeAwsChunked } from '../../src/services/endpoint/aws-chunked';
import { canonicalRequest, SigningKey, sha256 } from '../../src/services/endpoint/canonical-request';
import { ChunkVerifier } from '../../src/services/endpoint/chunk-signatures';
import { BUCKET, closeServices, deploymentIn, ENVIRONMENT, start, temporaryRoot } from './helpers';
import { type Answer, codeOf, type RawRequest, type Signing, send, sign } from './signed-request';

let services: RunningServices;
let root: string;

beforeEach(async () => {
  root = temporaryRoot();
  services = await start({ deployment: deploymentIn(root) });
});
afterEach(closeServices);

const fileOf = (key: string): string => path.join(root, 's3', BUCKET, key);

/** The bucket's content, including incomplete uploads. */
function objects(): string[] {
  return ['', '../.uploads'].flatMap((folder) => {
    const at = path.join(root, 's3', BUCKET, folder);
    const entries = fs.existsSync(at) ? fs.readdirSync(at, { recursive: true, withFileTypes: true }) : [];
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  });
}

const chunk = (data: string, signature: string): string =>
  `${data.length.toString(16)};chunk-signature=${signature}\r\n${data}${data === '' ? '' : '\r\n'}`;

describe("AWS's own examples of chunked bodies", () => {
  // The examples of the S3 API reference: "Transferring Payload in Multiple Chunks (Chunked Upload)", and "… with
  // trailing headers".
  const key = new SigningKey('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', {
    day: '20130524',
    region: 'us-east-1',
    service: 's3',
  });
  const date = '20130524T000000Z';
  const headers = {
    'content-encoding': 'aws-chunked',
    host: 's3.amazonaws.com',
    'x-amz-date': date,
    'x-amz-decoded-content-length': '66560',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
  };
  const data = ['a'.repeat(65536), 'a'.repeat(1024), ''];

  test.each([
    {
      hash: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      more: { 'content-length': '66824' },
      seed: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
      signatures: [
        'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
        '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
        'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
      ],
      trailers: {},
      end: '',
    },
    {
      hash: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
      more: { 'x-amz-trailer': 'x-amz-checksum-crc32c' },
      seed: '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
      signatures: [
        'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2',
        '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7',
        '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992',
      ],
      trailers: { 'x-amz-checksum-crc32c': 'sOO8/Q==' },
      end: 'x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n',
    },
  ])('$hash', async ({ hash, more, seed, signatures, trailers, end }) => {
    const all = Object.fromEntries(Object.entries({ ...headers, ...more, 'x-amz-content-sha256': hash }));
    const head = {
      method: 'PUT',
      path: '/examplebucket/chunkObject.txt',
      rawQuery: '',
      query: new URLSearchParams(),
      headers: all,
      rawHeaders: Object.entries(all),
    };
    const signedHeaders = Object.keys(all).sort();
    const canonical = canonicalRequest(head, { signedHeaders, payloadHash: hash, encodesPath: false });
    expect(key.sign('AWS4-HMAC-SHA256', date, [sha256(canonical)])).toBe(seed);

    const body = `${data.map((each, i) => chunk(each, signatures[i] ?? '')).join('')}${end}\r\n`;
    const decode = async (text: string) => {
      const verifier = new ChunkVerifier(
        key,
        date,
        seed,
        hash.endsWith('TRAILER'),
        () => new AwsError('E', 'mismatch'),
      );
      const found: Record<string, string> = {};
      const pieces = text.match(/.{1,1000}/gs) ?? [];
      const stream = Readable.from(pieces.map((piece) => Buffer.from(piece)));
      const decoded: Buffer[] = [];
      for await (const each of decodeAwsChunked(stream, { verifier, trailers: found })) decoded.push(each);
      return { length: Buffer.concat(decoded).length, found };
    };
    expect(await decode(body)).toEqual({ length: 66560, found: trailers });
    await expect(decode(body.replace('aab', 'aaa').replace('a\r\n400', 'b\r\n400'))).rejects.toThrow(
      'mismatch',
    );
  });
});

/** A chunked body: the content that is signed, and the content that is sent. */
interface Chunks {
  readonly data: readonly string[];
  readonly trailers?: Readonly<Record<string, string>>;
  readonly announced?: string;
  readonly length?: number;
  readonly change?: (wire: string) => string;
}

/** Writes an object with a body in signed chunks. */
async function putChunks(
  key: string,
  { data, trailers, announced, length, change = (it) => it }: Chunks,
): Promise<Answer> {
  const signingDate = new Date();
  const { headers, ...line } = await sign(
    services,
    {
      service: 's3',
      method: 'PUT',
      path: `/${BUCKET}/${key}`,
      headers: {
        'content-encoding': 'aws-chunked',
        'x-amz-content-sha256': `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${trailers ? '-TRAILER' : ''}`,
        'x-amz-decoded-content-length': String(length ?? data.join('').length),
        ...(trailers && { 'x-amz-trailer': announced ?? Object.keys(trailers).join() }),
      },
    },
    { date: signingDate },
  );
  const signer = new SignatureV4({
    credentials: services.credentialsFor(services.user),
    region: ENVIRONMENT.region,
    service: 's3',
    sha256: Sha256,
  });
  let previous = /Signature=(\w+)/.exec(String(headers['authorization']))?.[1] ?? '';
  const date = String(headers['x-amz-date']);
  const scope = `${date.slice(0, 8)}/${ENVIRONMENT.region}/s3/aws4_request`;
  const next = async (kind: string, ...hashes: string[]): Promise<string> => {
    const text = [`AWS4-HMAC-SHA256-${kind}`, date, scope, previous, ...hashes].join('\n');
    previous = await signer.sign(text, { signingDate });
    return previous;
  };
  let wire = '';
  for (const each of [...data, '']) {
    wire += chunk(each, await next('PAYLOAD', sha256(''), sha256(each)));
  }
  if (trailers) {
    const lines = Object.entries(trailers).map(([name, value]) => `${name}:${value}`);
    const signature = await next('TRAILER', sha256(lines.map((it) => `${it}\n`).join('')));
    wire += [...lines, `x-amz-trailer-signature:${signature}`].map((it) => `${it}\r\n`).join('');
  }
  return send(services, { ...line, headers, body: change(`${wire}\r\n`) });
}

describe('bodies in signed chunks', () => {
  const CRC32 = { 'x-amz-checksum-crc32': 'hYfYZQ==' };
  const abcde = { data: ['abc', 'de'] };

  test('are written when every signature is valid', async () => {
    expect((await putChunks('chunks', abcde)).status).toBe(200);
    expect((await putChunks('trailers', { ...abcde, trailers: CRC32 })).headers).toMatchObject(CRC32);
    expect((await putChunks('empty', { data: [] })).status).toBe(200);
    expect(['chunks', 'trailers', 'empty'].map((key) => fs.readFileSync(fileOf(key), 'utf8'))).toEqual([
      'abcde',
      'abcde',
      '',
    ]);
  });

  const MISMATCH = 'SignatureDoesNotMatch';
  test.each<[string, Chunks, string]>([
    ['other data', { ...abcde, change: (it) => it.replace('\r\nabc', '\r\nabd') }, MISMATCH],
    [
      'another signature',
      { ...abcde, change: (it) => it.replace(/[0-9a-f]\r\nde/, 'z\r\nde') },
      'IncompleteBody',
    ],
    [
      'a wrong signature',
      { ...abcde, change: (it) => it.replace(/=\w{64}/, `=${'0'.repeat(64)}`) },
      MISMATCH,
    ],
    ['no signature', { ...abcde, change: (it) => it.replace(/;chunk-signature=\w+/, '') }, MISMATCH],
    [
      'another order',
      { data: ['ab', 'cd'], change: (it) => it.replace(/^(.*\r\nab\r\n)(.*\r\ncd\r\n)/, '$2$1') },
      MISMATCH,
    ],
    ['a chunk less', { ...abcde, change: (it) => it.replace(/^3.*\r\nabc\r\n/, '') }, MISMATCH],
    ['a chunk twice', { ...abcde, change: (it) => it.replace(/^(3.*\r\nabc\r\n)/, '$1$1') }, MISMATCH],
    ['no end', { ...abcde, change: (it) => it.replace(/0;.*$/s, '') }, 'IncompleteBody'],
    ['half a chunk', { ...abcde, change: (it) => it.slice(0, 90) }, 'IncompleteBody'],
    ['no chunks', { ...abcde, change: () => 'abcde' }, 'IncompleteBody'],
    ['another length', { ...abcde, length: 4 }, 'IncompleteBody'],
    [
      'unannounced trailers',
      { ...abcde, change: (it) => it.replace(/\r\n$/, 'x-amz-checksum-crc32:hYfYZQ==\r\n\r\n') },
      MISMATCH,
    ],
    [
      'another trailer',
      { ...abcde, trailers: CRC32, change: (it) => it.replace('hYfYZQ', 'hYfYZR') },
      MISMATCH,
    ],
    [
      'no signature of the trailers',
      { ...abcde, trailers: CRC32, change: (it) => it.replace(/x-amz-trailer-signature.*\r\n/, '') },
      MISMATCH,
    ],
    ['a wrong checksum', { ...abcde, trailers: { 'x-amz-checksum-crc32': 'AAAAAA==' } }, 'BadDigest'],
    [
      'other trailers than announced',
      { ...abcde, trailers: CRC32, announced: 'x-amz-checksum-sha1' },
      'MalformedTrailerError',
    ],
  ])('with %s write nothing', async (_case, chunks, code) => {
    const before = objects();
    const answer = await putChunks('new', chunks);
    expect(codeOf(answer)).toBe(code);
    expect(objects()).toEqual(before);
  });
});

describe('presigned URLs', () => {
  const KEY = 'input/train.csv';
  const presign = (method: string, signing: Signing = {}, headers: Record<string, string> = {}, key = KEY) =>
    sign(
      services,
      {
        service: 's3',
        method,
        path: `/${BUCKET}/${key}`,
        // The SDK for JavaScript presigns URLs for S3 with the header x-amz-content-sha256.
        headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers },
      },
      { expiresIn: 60, ...signing },
    );
  /** Requests a URL as a browser or curl does, without additional headers. */
  const follow = ({ method, path: url }: RawRequest, change: Partial<RawRequest> = {}): Promise<Answer> =>
    send(services, { method, path: url, headers: { host: new URL(services.url).host }, ...change });

  test('read, write and describe objects', async () => {
    expect((await follow(await presign('GET'))).body).toBe('1,2\n');
    expect((await follow(await presign('HEAD'))).headers['content-length']).toBe('4');
    const put = await presign('PUT', {}, { 'x-amz-meta-owner': 'me' }, 'new');
    const written = await follow(put, { body: 'written' });
    expect([written.status, fs.readFileSync(fileOf('new'), 'utf8')]).toEqual([200, 'written']);
    const head = await follow(await presign('HEAD', {}, {}, 'new'));
    expect(head.headers['x-amz-meta-owner']).toBe('me');
  });

  test('can override response headers', async () => {
    const { path: url, ...rest } = await sign(
      services,
      {
        service: 's3',
        method: 'GET',
        path: `/${BUCKET}/${KEY}`,
        query: { 'response-content-type': 'text/csv', 'response-content-disposition': 'attachment' },
        headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
      },
      { expiresIn: 60 },
    );
    const answer = await follow({ ...rest, path: url });
    expect(answer.headers).toMatchObject({ 'content-type': 'text/csv', 'content-disposition': 'attachment' });
  });

  const old = { date: new Date(Date.now() - 3_600_000) };
  test.each<[string, string, () => Promise<RawRequest>, Partial<RawRequest>?]>([
    ['that has expired', 'AccessDenied', () => presign('PUT', old)],
    [
      'that is not valid yet',
      'RequestTimeTooSkewed',
      () => presign('PUT', { date: new Date(Date.now() + 3_600_000) }),
    ],
    ['for another method', 'SignatureDoesNotMatch', () => presign('GET'), { method: 'PUT' }],
    ['for another region', 'AuthorizationHeaderMalformed', () => presign('PUT', { region: 'eu-west-1' })],
    [
      'with an unsigned header',
      'AccessDenied',
      () => presign('PUT'),
      { headers: { 'x-amz-acl': 'private' } },
    ],
    [
      'without a header that was signed',
      'SignatureDoesNotMatch',
      async () => presign('PUT', {}, { 'content-type': 'text/csv' }),
    ],
  ])('%s are refused: %s', async (_case, code, make, { headers = {}, ...change } = {}) => {
    const host = new URL(services.url).host;
    const answer = await follow(await make(), { body: 'new', headers: { host, ...headers }, ...change });
    expect(codeOf(answer)).toBe(code);
    expect(fs.readFileSync(fileOf(KEY), 'utf8')).toBe('1,2\n');
  });

  test.each<[string, string, (url: string) => string]>([
    ['another key', 'SignatureDoesNotMatch', (url) => url.replace('train', 'other')],
    ['a key that is encoded twice', 'SignatureDoesNotMatch', (url) => url.replace('train', '%2574rain')],
    ['more time', 'SignatureDoesNotMatch', (url) => url.replace('X-Amz-Expires=60', 'X-Amz-Expires=600')],
    [
      'more than a week',
      'AuthorizationQueryParametersError',
      (url) => url.replace('X-Amz-Expires=60', 'X-Amz-Expires=604801'),
    ],
    ['no end', 'AuthorizationQueryParametersError', (url) => url.replace('X-Amz-Expires=60', '')],
    ['two ends', 'AuthorizationQueryParametersError', (url) => `${url}&X-Amz-Expires=600`],
    ['one more parameter', 'SignatureDoesNotMatch', (url) => `${url}&response-content-type=text/html`],
    ['no signature', 'AuthorizationQueryParametersError', (url) => url.replace(/X-Amz-Signature=\w+/, '')],
    ['another algorithm', 'AuthorizationQueryParametersError', (url) => url.replace('HMAC', 'NONE')],
    ['no token', 'InvalidToken', (url) => url.replace(/X-Amz-Security-Token=[^&]+/, '')],
    ['another key of a user', 'InvalidAccessKeyId', (url) => url.replace('=ASIA', '=AKIA')],
  ])('with %s are refused: %s', async (_case, code, change) => {
    const before = await presign('PUT');
    const answer = await follow({ ...before, path: change(before.path) }, { body: 'new' });
    expect(codeOf(answer)).toBe(code);
    expect(fs.readFileSync(fileOf(KEY), 'utf8')).toBe('1,2\n');
  });

  test('together with an Authorization header are refused', async () => {
    const { headers } = await sign(services, { service: 's3', method: 'GET', path: `/${BUCKET}/${KEY}` });
    const answer = await follow(await presign('GET'), { headers });
    expect(codeOf(answer)).toBe('AuthorizationHeaderMalformed');
  });
});
