import * as fs from 'node:fs';
import * as path from 'node:path';
import { crc32 } from 'node:zlib';
import type { RunningServices } from '../../src/services';
import type { MemberPlace } from '../../src/services/rest/rest-model';
import { BucketStore } from '../../src/services/s3/bucket-store';
import { supportedMembers } from '../../src/services/s3/check-request';
import { CHECKSUM_MEMBERS } from '../../src/services/s3/checksums';
import { DefaultEncryption } from '../../src/services/s3/object-encryption';
import { S3_MODEL } from '../../src/services/s3/s3-model';
import { S3Service } from '../../src/services/s3/s3-service';
import { SUPPORTED_VALUES, SYSTEM_MEMBERS } from '../../src/services/s3/supported-members';
import { BUCKET, closeServices, deploymentIn, start, temporaryRoot } from './helpers';
import { type Answer, codeOf, send, sign, type Unsigned } from './signed-request';

/*
 * Local S3 silently ignores no part of a request. Every header, parameter and element in S3's service model changes the
 * result of its operation, is rejected with an error that names it, or is listed below as having no effect.
 */

/** Members without effect on local mode's buckets, according to S3's API reference. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  RequestPayer: 'no bucket here is a Requester Pays bucket',
  TaggingDirective: 'no object here has tags',
  OptionalObjectAttributes: 'no object here was restored from an archive',
  VersionId: 'each object has a single version, "null"',
  ObjectLockEnabledForBucket: 'false is the default',
  ObjectOwnership: 'BucketOwnerEnforced is the default',
  BucketNamespace: 'global is the default',
  UploadIdMarker: 'tested together with key-marker, which it requires',
};

/** A bucket that the tests do not change. */
const LISTED = 'listed-bucket';

/** An object that was uploaded in two parts. */
const IN_PARTS = 'in-parts';

/** Members that every valid request has, or that belong to HTTP itself. */
const REQUIRED = [
  ...['Bucket', 'Key', 'UploadId', 'PartNumber', 'CopySource', 'ContentLength', 'Body', 'ObjectAttributes'],
];

const LATER = new Date(Date.now() + 60_000).toUTCString();

/** For each supported member, a value that changes the outcome. */
const DIFFERENT: Readonly<Record<string, string>> = {
  ACL: 'public-read',
  BucketRegion: 'eu-west-1',
  ChecksumAlgorithm: 'SHA256',
  ChecksumMode: 'ENABLED',
  ChecksumType: 'COMPOSITE',
  ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==',
  ContinuationToken: 'none',
  CopySourceRange: 'bytes=0-0',
  Delimiter: 'y',
  EncodingType: 'url',
  ExpectedBucketOwner: '111111111111',
  ExpectedSourceBucketOwner: '111111111111',
  FetchOwner: 'true',
  IfMatch: '"other"',
  IfNoneMatch: '*',
  IfModifiedSince: LATER,
  IfUnmodifiedSince: new Date(0).toUTCString(),
  CopySourceIfMatch: '"other"',
  CopySourceIfNoneMatch: '*',
  CopySourceIfModifiedSince: LATER,
  CopySourceIfUnmodifiedSince: new Date(0).toUTCString(),
  KeyMarker: 'zzz',
  Marker: 'zzz',
  MaxBuckets: '1',
  MaxKeys: '1',
  MaxParts: '1',
  MaxUploads: '1',
  MetadataDirective: 'REPLACE',
  MpuObjectSize: '99',
  PartNumber: '1',
  PartNumberMarker: '1',
  Prefix: 'none',
  Range: 'bytes=0-0',
  ServerSideEncryption: 'aws:kms',
  // `SSEKMSKeyId` is rejected, because it requires SSE-KMS.
  SSEKMSKeyId: 'key',
  StartAfter: 'zzz',
  StorageClass: 'STANDARD_IA',
  ...Object.fromEntries(CHECKSUM_MEMBERS.map((member) => [member, 'AAAA'])),
};

/** The headers without which a member has no effect. */
function together(operation: string, member: string): Record<string, string> {
  if (member === 'BucketKeyEnabled') {
    return { 'x-amz-server-side-encryption': 'aws:kms' };
  }
  // Without this header, a copy has the metadata of its source, regardless of the metadata in the request.
  const isMetadata = [...SYSTEM_MEMBERS, 'Metadata'].includes(member);
  return operation === 'CopyObject' && isMetadata ? { 'x-amz-metadata-directive': 'REPLACE' } : {};
}

/** A request that succeeds. Each request uses new keys. */
interface Good extends Unsigned {
  /** Key of the object that the request writes, if any. The comparison includes the state of this object. */
  readonly writes?: string;
  /** Whether the request starts an upload, which is completed before the comparison. */
  readonly begins?: true;
}

let services: RunningServices;
let count = 0;

beforeAll(async () => {
  const root = temporaryRoot();
  services = await start({ deployment: deploymentIn(root) });
  fs.mkdirSync(path.join(root, 's3', LISTED));
  for (const key of ['a y', 'b z']) {
    await put(key, LISTED);
    await begin(key, LISTED);
  }
  await putInParts(IN_PARTS);
});
afterAll(closeServices);

const ask = async (request: Unsigned): Promise<Answer> => send(services, await sign(services, request));
const request = (method: string, at: string, more: Partial<Unsigned> = {}): Unsigned => ({
  service: 's3',
  method,
  path: `/${at.split('/').map(encodeURIComponent).join('/')}`,
  ...more,
});

async function put(key: string, bucket = BUCKET): Promise<void> {
  const headers = { 'content-type': 'text/plain', 'x-amz-checksum-crc32': '/sUwqQ==' };
  expect((await ask(request('PUT', `${bucket}/${key}`, { body: 'content', headers }))).status).toBe(200);
}

/** Uploads an object in two parts, each with a checksum. */
async function putInParts(key: string): Promise<void> {
  const headers = { 'x-amz-checksum-algorithm': 'CRC32' };
  const begun = await ask(request('POST', `${BUCKET}/${key}`, { query: { uploads: '' }, headers }));
  const uploadId = /<UploadId>([^<]*)/.exec(begun.body)?.[1] ?? '';
  let parts = '';
  for (const [i, body] of ['a'.repeat(5 * 1024 * 1024), 'end'].entries()) {
    const query = { uploadId, partNumber: String(i + 1) };
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(crc32(body));
    const checksum = crc.toString('base64');
    const part = await ask(
      request('PUT', `${BUCKET}/${key}`, { query, body, headers: { 'x-amz-checksum-crc32': checksum } }),
    );
    const etag = String(part.headers.etag).replaceAll('"', '&quot;');
    parts += `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag><ChecksumCRC32>${checksum}</ChecksumCRC32></Part>`;
  }
  const body = `<CompleteMultipartUpload>${parts}</CompleteMultipartUpload>`;
  expect((await ask(request('POST', `${BUCKET}/${key}`, { query: { uploadId }, body }))).status).toBe(200);
}

async function begin(key: string, bucket = BUCKET): Promise<string> {
  const { body } = await ask(request('POST', `${bucket}/${key}`, { query: { uploads: '' } }));
  return /<UploadId>([^<]*)/.exec(body)?.[1] ?? '';
}

async function withPart(key: string): Promise<{ uploadId: string; etag: string }> {
  const uploadId = await begin(key);
  const query = { uploadId, partNumber: '1' };
  const { headers } = await ask(request('PUT', `${BUCKET}/${key}`, { query, body: 'content' }));
  return { uploadId, etag: String(headers.etag) };
}

/** A valid request for each operation. */
const GOOD: Readonly<Record<string, (key: string) => Promise<Good> | Good>> = {
  AbortMultipartUpload: async (key) =>
    request('DELETE', `${BUCKET}/${key}`, { query: { uploadId: await begin(key) } }),
  CompleteMultipartUpload: async (key) => {
    const { uploadId, etag } = await withPart(key);
    await put(key);
    const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${etag.replaceAll('"', '&quot;')}</ETag></Part></CompleteMultipartUpload>`;
    return { ...request('POST', `${BUCKET}/${key}`, { query: { uploadId }, body }), writes: key };
  },
  CopyObject: async (key) => {
    await put(`${key}-source`);
    await put(key);
    const headers = { 'x-amz-copy-source': `${BUCKET}/${key}-source` };
    return { ...request('PUT', `${BUCKET}/${key}`, { headers }), writes: key };
  },
  CreateBucket: (key) => request('PUT', `bucket-${key.toLowerCase().replace(/[^a-z0-9]/g, '-')}`),
  CreateMultipartUpload: (key) => ({
    ...request('POST', `${BUCKET}/${key}`, { query: { uploads: '' } }),
    writes: key,
    begins: true,
  }),
  DeleteBucket: async (key) => {
    const name = `bucket-${key.toLowerCase().replace(/[^a-z0-9]/g, '-')}`;
    await ask(request('PUT', name));
    return request('DELETE', name);
  },
  DeleteObject: async (key) => {
    await put(key);
    return { ...request('DELETE', `${BUCKET}/${key}`), writes: key };
  },
  DeleteObjects: async (key) => {
    await put(key);
    const body = `<Delete><Object><Key>${key}</Key></Object></Delete>`;
    return { ...request('POST', BUCKET, { query: { delete: '' }, body }), writes: key };
  },
  GetBucketLocation: () => request('GET', BUCKET, { query: { location: '' } }),
  GetBucketVersioning: () => request('GET', BUCKET, { query: { versioning: '' } }),
  GetObject: async (key) => {
    await put(key);
    return request('GET', `${BUCKET}/${key}`);
  },
  GetObjectAttributes: () =>
    request('GET', `${BUCKET}/${IN_PARTS}`, {
      query: { attributes: '' },
      headers: { 'x-amz-object-attributes': 'ObjectParts' },
    }),
  GetObjectTagging: async (key) => {
    await put(key);
    return request('GET', `${BUCKET}/${key}`, { query: { tagging: '' } });
  },
  HeadBucket: () => request('HEAD', BUCKET),
  HeadObject: async (key) => {
    await put(key);
    return request('HEAD', `${BUCKET}/${key}`);
  },
  ListBuckets: () => request('GET', ''),
  ListMultipartUploads: () => request('GET', LISTED, { query: { uploads: '' } }),
  ListObjects: () => request('GET', LISTED),
  ListObjectsV2: () => request('GET', LISTED, { query: { 'list-type': '2' } }),
  ListParts: async (key) => {
    const { uploadId } = await withPart(key);
    await ask(request('PUT', `${BUCKET}/${key}`, { query: { uploadId, partNumber: '2' }, body: 'x' }));
    return request('GET', `${BUCKET}/${key}`, { query: { uploadId } });
  },
  PutObject: async (key) => {
    await put(key);
    return { ...request('PUT', `${BUCKET}/${key}`, { body: 'content' }), writes: key };
  },
  UploadPart: async (key) =>
    request('PUT', `${BUCKET}/${key}`, {
      query: { uploadId: await begin(key), partNumber: '1' },
      body: 'content',
    }),
  UploadPartCopy: async (key) => {
    await put(`${key}-source`);
    return request('PUT', `${BUCKET}/${key}`, {
      query: { uploadId: await begin(key), partNumber: '1' },
      headers: { 'x-amz-copy-source': `${BUCKET}/${key}-source` },
    });
  },
};

async function goodRequest(operation: string, key: string): Promise<Good> {
  const make = GOOD[operation];
  if (make === undefined) throw new Error(`no valid request for ${operation}`);
  return make(key);
}

/** A valid request with one more member. */
function withMember(good: Good, { location, name }: MemberPlace, value: string): Good {
  if (location === 'querystring') {
    return { ...good, query: { ...good.query, [name]: value } };
  }
  const header = location === 'headers' ? `${name}a` : name;
  return { ...good, headers: { ...good.headers, [header]: value } };
}

/**
 * All effects of a request: its response and the written object, without times and names that differ between runs.
 */
async function outcome(good: Good, key: string): Promise<unknown> {
  const answer = await ask(good);
  const state: Answer[] = [answer];
  if (good.begins === true && answer.status === 200) {
    const uploadId = /<UploadId>([^<]*)/.exec(answer.body)?.[1] ?? '';
    const parts = { uploadId, partNumber: '1' };
    const part = await ask(request('PUT', `${BUCKET}/${key}`, { query: parts, body: 'content' }));
    const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.headers.etag}</ETag></Part></CompleteMultipartUpload>`;
    state.push(part, await ask(request('POST', `${BUCKET}/${key}`, { query: { uploadId }, body })));
  }
  if (good.writes !== undefined) {
    state.push(
      await ask(request('HEAD', `${BUCKET}/${key}`, { headers: { 'x-amz-checksum-mode': 'ENABLED' } })),
    );
  }
  return state.map(({ status, headers, body }) => [status, clean(headers, key), clean(body, key)]);
}

function clean(value: unknown, key: string): string {
  return JSON.stringify(value)
    .replaceAll(key, 'KEY')
    .replaceAll(encodeURIComponent(key), 'KEY')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|(?<=UploadId(?:Marker)?>)[0-9a-f]{32}/g, 'ID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z|\w{3}, \d\d \w{3} \d{4} [\d:]+ GMT/g, 'TIME')
    .replace(/\b(?:bucket-)?m\d+(?:%20| )?/g, 'OTHER');
}

const { operations } = ((deployment) =>
  new S3Service(new BucketStore(deployment.root, new DefaultEncryption(deployment)), deployment))(
  deploymentIn(temporaryRoot()),
);
const SUPPORTED: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(operations).map(([name, { supports }]) => [name, supportedMembers(name, supports)]),
);

type Case = readonly [operation: string, member: string, place: MemberPlace];

const CASES: readonly Case[] = Object.keys(S3_MODEL.operations).flatMap((operation) =>
  S3_MODEL.placesOf(S3_MODEL.binding(operation).input)
    .filter(({ location }) => ['header', 'headers', 'querystring'].includes(location))
    .map((place): Case => [operation, place.member, place]),
);

const isSupported = ([operation, member]: Case): boolean => SUPPORTED[operation]?.includes(member) === true;

test('every operation of the model has a valid request', () => {
  expect(Object.keys(GOOD).sort()).toEqual(Object.keys(S3_MODEL.operations).sort());
});

test.each(Object.keys(GOOD))('%s has the same result twice', async (operation) => {
  const outcomes: unknown[] = [];
  for (const key of [`m${count++}`, `m${count++}`]) {
    outcomes.push(await outcome(await goodRequest(operation, key), key));
  }
  expect(outcomes[0]).toEqual(outcomes[1]);
  expect(JSON.stringify(outcomes[0])).toMatch(/^\[\[20\d,/);
});

describe('supported members have an effect', () => {
  const differing = CASES.filter(isSupported).filter(
    ([, member]) => !REQUIRED.includes(member) && WITHOUT_EFFECT[member] === undefined,
  );
  test.each(differing)('%s %s', async (operation, member, place) => {
    const { type } = S3_MODEL.shapeOf(place.shape);
    const value = DIFFERENT[member] ?? (type === 'boolean' ? 'true' : 'different');
    const make = async (key: string): Promise<Good> => {
      const good = await goodRequest(operation, key);
      return { ...good, headers: { ...good.headers, ...together(operation, member) } };
    };
    const [one, other] = [`m${count++}`, `m${count++}`];
    const before = await outcome(await make(one), one);
    const after = await outcome(withMember(await make(other), place, value), other);
    expect(after).not.toEqual(before);
    expect(JSON.stringify(after)).not.toContain('NotImplemented');
  });

  test.each(CASES.filter(isSupported).filter(([, member]) => SUPPORTED_VALUES[member] !== undefined))(
    '%s %s, and the error for an unsupported value names the member',
    async (operation, member, place) => {
      const others = {
        ObjectLockEnabledForBucket: 'true',
        ServerSideEncryption: 'aws:fsx',
        StorageClass: 'GLACIER',
      };
      const value =
        others[member as keyof typeof others] ??
        S3_MODEL.shapeOf(place.shape).enum?.find((each) => !SUPPORTED_VALUES[member]?.includes(each)) ??
        'other';
      const good = await goodRequest(operation, `m${count++}`);
      const answer = await ask(withMember(good, place, value));
      expect(answer.status).toBe(501);
      if (good.method !== 'HEAD') {
        expect([codeOf(answer), answer.body]).toEqual([
          'NotImplemented',
          expect.stringContaining(place.name),
        ]);
      }
    },
  );
});

test.each(CASES.filter((each) => !isSupported(each)))(
  '%s %s is refused, and the error names it',
  async (operation, _member, place) => {
    const { enum: values, type } = S3_MODEL.shapeOf(place.shape);
    const value =
      values?.[0] ??
      { boolean: 'true', integer: '1', long: '1', timestamp: new Date().toUTCString() }[type] ??
      'x';
    const good = await goodRequest(operation, `m${count++}`);
    const answer = await ask(withMember(good, place, value));
    expect(answer.status).toBe(501);
    if (good.method !== 'HEAD') {
      expect([codeOf(answer), answer.body]).toEqual(['NotImplemented', expect.stringContaining(place.name)]);
    }
  },
);

test.each(Object.keys(S3_MODEL.operations))(
  '%s refuses the headers of other operations, and the error names them',
  async (operation) => {
    const own = S3_MODEL.placesOf(S3_MODEL.binding(operation).input).map(({ name }) => name);
    const all = CASES.filter(
      ([, , { location, name }]) => location === 'header' && /^x-amz-|^if-|^range$/.test(name),
    );
    const foreign = [...new Set(all.map(([, , { name }]) => name))].filter(
      (name) =>
        !own.includes(name) &&
        !/^x-amz-(copy-source$|sdk-checksum-algorithm$|checksum-[a-z0-9]*\d)/.test(name) &&
        name !== 'x-amz-checksum-crc32c',
    );
    const good = await goodRequest(operation, `m${count++}`);
    const refused: string[] = [];
    for (const name of foreign) {
      const answer = await ask({ ...good, headers: { ...good.headers, [name]: 'x' } });
      if (
        answer.status === 501 &&
        (good.method === 'HEAD' || answer.body.includes(`<Header>${name}</Header>`))
      ) {
        refused.push(name);
      }
    }
    expect(refused).toEqual(foreign);
  },
);
