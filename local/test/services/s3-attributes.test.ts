import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { crc32 } from 'node:zlib';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  UploadPartCommand,
  type UploadPartCommandOutput,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Deployment } from '../../src/assembly';
import type { RunningServices } from '../../src/services';
import { BUCKET, closeServices, deploymentIn, ENVIRONMENT, start, temporaryRoot } from './helpers';

/* Attributes that S3 stores with objects, tested with the SDK's client. */

const MIB = 1024 * 1024;
const KEY_ARN = 'arn:aws:kms:us-east-1:123456789012:key/data';

let services: RunningServices;
let root: string;
let s3: S3Client;

function clientOf(of: RunningServices, region = ENVIRONMENT.region): S3Client {
  return new S3Client({
    endpoint: of.url,
    region,
    credentials: of.credentialsFor(of.user),
    maxAttempts: 1,
    responseChecksumValidation: 'WHEN_SUPPORTED',
  });
}

async function restart(change: (deployment: Deployment) => Partial<Deployment>): Promise<void> {
  const deployment = deploymentIn(root);
  services = await start({ deployment: { ...deployment, ...change(deployment) } });
  s3 = clientOf(services);
}

beforeEach(async () => {
  root = temporaryRoot();
  await restart(() => ({}));
});
afterEach(closeServices);

const at = (key: string) => ({ Bucket: BUCKET, Key: key });
const put = (key: string, Body: string | Buffer = 'content', more = {}) =>
  s3.send(new PutObjectCommand({ ...at(key), Body, ...more }));
const head = (key: string, more = {}) =>
  s3.send(new HeadObjectCommand({ ...at(key), ChecksumMode: 'ENABLED', ...more }));
const copy = (from: string, to: string, more = {}) =>
  s3.send(new CopyObjectCommand({ ...at(to), CopySource: `${BUCKET}/${from}`, ...more }));
const keys = async (more = {}): Promise<(string | undefined)[]> =>
  ((await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, ...more }))).Contents ?? []).map(
    ({ Key }) => Key,
  );
const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'no error',
    (error) => `${error.name}: ${error.message}`,
  );

test('head, listings and uploads return the storage class of an object; a copy has its own', async () => {
  await put('cold', 'x', { StorageClass: 'STANDARD_IA' });
  await put('usual', 'x', { StorageClass: 'STANDARD' });
  expect([(await head('cold')).StorageClass, (await head('usual')).StorageClass]).toEqual([
    'STANDARD_IA',
    undefined,
  ]);
  const { Contents } = await s3.send(new ListObjectsCommand({ Bucket: BUCKET }));
  expect(Contents?.map(({ Key, StorageClass }) => [Key, StorageClass])).toEqual([
    ['cold', 'STANDARD_IA'],
    ['input/train.csv', 'STANDARD'],
    ['usual', 'STANDARD'],
  ]);
  await copy('cold', 'copy');
  expect((await head('copy')).StorageClass).toBeUndefined();
  // An object can be copied onto itself if that changes its storage class.
  await copy('usual', 'usual', { StorageClass: 'ONEZONE_IA' });
  expect((await head('usual')).StorageClass).toBe('ONEZONE_IA');
  const upload = { ...at('parts'), StorageClass: 'GLACIER_IR' as const };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(upload));
  const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
  const parts = await s3.send(new ListPartsCommand({ ...at('parts'), UploadId }));
  expect([Uploads?.[0]?.StorageClass, parts.StorageClass]).toEqual(['GLACIER_IR', 'GLACIER_IR']);
});

describe('encryption', () => {
  test('is the encryption in the request', async () => {
    expect((await put('a')).ServerSideEncryption).toBe('AES256');
    const kms = { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: 'data', BucketKeyEnabled: true };
    const expected = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KEY_ARN, BucketKeyEnabled: true };
    expect(await put('b', 'x', kms)).toMatchObject(expected);
    expect(await head('b')).toMatchObject(expected);
    expect(await s3.send(new GetObjectCommand(at('b')))).toMatchObject(expected);
    expect((await copy('b', 'c')).ServerSideEncryption).toBe('AES256');
    const upload = await s3.send(new CreateMultipartUploadCommand({ ...at('d'), ...kms }));
    expect(upload).toMatchObject(expected);
  });

  test("is otherwise the bucket's default", async () => {
    await restart(({ buckets }) => ({
      buckets: buckets.map((each) => ({ ...each, encryption: { keyId: KEY_ARN, bucketKey: true } })),
    }));
    const expected = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KEY_ARN, BucketKeyEnabled: true };
    expect(await put('a')).toMatchObject(expected);
    expect(await head('a')).toMatchObject(expected);
    expect((await put('b', 'x', { ServerSideEncryption: 'AES256' })).ServerSideEncryption).toBe('AES256');
    const own = await put('c', 'x', { ServerSideEncryption: 'aws:kms' });
    expect(own.SSEKMSKeyId).toBe('arn:aws:kms:us-east-1:123456789012:alias/aws/s3');
  });
});

describe('checksums of copies', () => {
  const sha256 = createHash('sha256').update('content').digest('base64');

  test('are those of the source, unless the request names an algorithm', async () => {
    await put('a', 'content', { ChecksumAlgorithm: 'CRC32C' });
    const { ChecksumCRC32C } = await head('a');
    expect((await copy('a', 'same')).CopyObjectResult?.ChecksumCRC32C).toBe(ChecksumCRC32C);
    const other = await copy('a', 'other', { ChecksumAlgorithm: 'SHA256' });
    expect(other.CopyObjectResult).toMatchObject({ ChecksumSHA256: sha256, ChecksumType: 'FULL_OBJECT' });
    const found = await head('other');
    expect([found.ChecksumSHA256, found.ChecksumCRC32C]).toEqual([sha256, undefined]);
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'other' }));
    expect(Contents?.[0]).toMatchObject({ ChecksumAlgorithm: ['SHA256'], ChecksumType: 'FULL_OBJECT' });
  });

  test('and their ETags are those of an object in one part, even if the source had several parts', async () => {
    const Body = Buffer.alloc(11 * MIB, 'x');
    const params = { ...at('parts'), Body, ChecksumAlgorithm: 'SHA256' as const };
    await new Upload({ client: s3, params }).done();
    expect((await head('parts')).ETag).toMatch(/-3"$/);
    await copy('parts', 'whole');
    expect(await head('whole')).toMatchObject({
      ETag: `"${createHash('md5').update(Body).digest('hex')}"`,
      ChecksumSHA256: createHash('sha256').update(Body).digest('base64'),
      ChecksumType: 'FULL_OBJECT',
    });
  });
});

describe('checksums of uploads in parts', () => {
  const PARTS = [Buffer.alloc(5 * MIB, 'a'), Buffer.alloc(5 * MIB, 'b'), Buffer.from('end')];
  const base64 = (number: number): string => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(number);
    return bytes.toString('base64');
  };
  const sha256 = (data: Buffer): Buffer => createHash('sha256').update(data).digest();
  const composite = `${sha256(Buffer.concat(PARTS.map(sha256))).toString('base64')}-3`;
  const whole = base64(crc32(Buffer.concat(PARTS)));

  const upload = async (
    specification: Partial<CreateMultipartUploadCommandInput>,
    partAlgorithm: CreateMultipartUploadCommandInput['ChecksumAlgorithm'] = specification.ChecksumAlgorithm,
  ) => {
    const begun = await s3.send(new CreateMultipartUploadCommand({ ...at('big'), ...specification }));
    const reference = { ...at('big'), UploadId: begun.UploadId };
    const parts: UploadPartCommandOutput[] = [];
    for (const [i, Body] of PARTS.entries()) {
      const part = { ...reference, PartNumber: i + 1, Body };
      parts.push(
        await s3.send(
          new UploadPartCommand({ ...part, ...(partAlgorithm && { ChecksumAlgorithm: partAlgorithm }) }),
        ),
      );
    }
    return { begun, reference, parts };
  };
  const complete = (
    { reference, parts }: Pick<Awaited<ReturnType<typeof upload>>, 'reference' | 'parts'>,
    more = {},
    withChecksums = true,
  ) =>
    s3.send(
      new CompleteMultipartUploadCommand({
        ...reference,
        MultipartUpload: {
          Parts: parts.map(({ ETag, ChecksumSHA256, ChecksumCRC32 }, i) => ({
            PartNumber: i + 1,
            ETag,
            ...(withChecksums && { ChecksumSHA256, ChecksumCRC32 }),
          })),
        },
        ...more,
      }),
    );

  test('are the checksum of the checksums of the parts if the type is COMPOSITE', async () => {
    const made = await upload({ ChecksumAlgorithm: 'SHA256' });
    expect(made.begun).toMatchObject({ ChecksumAlgorithm: 'SHA256', ChecksumType: 'COMPOSITE' });
    const listed = await s3.send(new ListPartsCommand(made.reference));
    expect(listed.Parts?.[1]?.ChecksumSHA256).toBe(sha256(PARTS[1] as Buffer).toString('base64'));
    expect(await failure(complete(made, {}, false))).toMatch(/must include the checksum for each part/);
    expect(await failure(complete(made, { ChecksumSHA256: 'AAAA' }))).toMatch(/^BadDigest/);
    expect(await failure(complete(made, { ChecksumCRC32: whole }))).toMatch(/expected checksum Type: sha256/);
    expect(await failure(complete(made, { MpuObjectSize: 1 }))).toMatch(/^InvalidRequest/);
    const mixed = { ...made, parts: [made.parts[1], made.parts[1], made.parts[2]] as typeof made.parts };
    expect(await failure(complete(mixed))).toMatch(/^InvalidPart/);
    expect(await complete(made, { ChecksumSHA256: composite })).toMatchObject({
      ChecksumSHA256: composite,
      ChecksumType: 'COMPOSITE',
    });
    expect(await head('big')).toMatchObject({ ChecksumSHA256: composite, ChecksumType: 'COMPOSITE' });
    // A client that did not receive the response can repeat the request and gets the same response.
    expect((await complete(made)).ChecksumSHA256).toBe(composite);
  });

  test('are the checksum of the whole object if the type is FULL_OBJECT', async () => {
    const made = await upload({ ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
    expect(await failure(complete(made, { ChecksumCRC32: 'AAAAAA==' }))).toMatch(/^BadDigest/);
    expect(await failure(complete(made, { ChecksumType: 'COMPOSITE' }))).toMatch(/^BadDigest/);
    const done = await complete(made, { ChecksumCRC32: whole, MpuObjectSize: 10 * MIB + 3 }, false);
    expect(done).toMatchObject({ ChecksumCRC32: whole, ChecksumType: 'FULL_OBJECT' });
    expect(await head('big')).toMatchObject({ ChecksumCRC32: whole, ChecksumType: 'FULL_OBJECT' });
  });

  test('use the algorithm of the upload', async () => {
    expect(await failure(upload({ ChecksumAlgorithm: 'SHA256' }, 'SHA1'))).toBe(
      'InvalidRequest: Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: sha1',
    );
    const type = { ChecksumAlgorithm: 'SHA1' as const, ChecksumType: 'FULL_OBJECT' as const };
    expect(await failure(upload(type))).toMatch(
      /^InvalidRequest: The FULL_OBJECT checksum type cannot be used/,
    );
    expect((await upload({ ChecksumAlgorithm: 'CRC64NVME' })).begun.ChecksumType).toBe('FULL_OBJECT');
  });

  test('are also computed for parts that are copied', async () => {
    await put('source', PARTS[0]);
    const begin = new CreateMultipartUploadCommand({ ...at('copied'), ChecksumAlgorithm: 'SHA256' });
    const { UploadId } = await s3.send(begin);
    const { CopyPartResult: part } = await s3.send(
      new UploadPartCopyCommand({ ...at('copied'), UploadId, PartNumber: 1, CopySource: `${BUCKET}/source` }),
    );
    expect(part?.ChecksumSHA256).toBe(sha256(PARTS[0] as Buffer).toString('base64'));
  });

  test('are returned for each part in the attributes of the object, page by page', async () => {
    const attributes = (more = {}) =>
      s3.send(
        new GetObjectAttributesCommand({
          ...at('big'),
          ObjectAttributes: ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'],
          ...more,
        }),
      );
    await complete(await upload({ ChecksumAlgorithm: 'SHA256' }));
    const { ETag: quoted } = await head('big');
    const { $metadata, LastModified, ...first } = await attributes({ MaxParts: 2 });
    expect([$metadata.httpStatusCode, LastModified]).toEqual([200, expect.any(Date)]);
    expect(first).toEqual({
      ETag: quoted?.replaceAll('"', ''),
      Checksum: { ChecksumSHA256: composite, ChecksumType: 'COMPOSITE' },
      ObjectParts: {
        TotalPartsCount: 3,
        PartNumberMarker: '0',
        NextPartNumberMarker: '2',
        MaxParts: 2,
        IsTruncated: true,
        Parts: PARTS.slice(0, 2).map((part, i) => ({
          PartNumber: i + 1,
          Size: part.length,
          ChecksumSHA256: sha256(part).toString('base64'),
        })),
      },
      StorageClass: 'STANDARD',
      ObjectSize: 10 * MIB + 3,
    });
    const { ObjectParts: rest } = await attributes({ PartNumberMarker: '2' });
    expect([rest?.IsTruncated, rest?.Parts?.map(({ PartNumber }) => PartNumber)]).toEqual([false, [3]]);
    await complete(await upload({ ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' }));
    expect((await attributes()).ObjectParts).toEqual({ TotalPartsCount: 3 });
    await put('big');
    const { ObjectParts: none, ETag } = await attributes({ ObjectAttributes: ['ObjectParts'] });
    expect([none, ETag]).toEqual([undefined, undefined]);
  });

  test('are returned for each part that is read by its number', async () => {
    await complete(await upload({ ChecksumAlgorithm: 'SHA256' }));
    const second = await s3.send(
      new GetObjectCommand({ ...at('big'), PartNumber: 2, ChecksumMode: 'ENABLED' }),
    );
    expect(second).toMatchObject({
      PartsCount: 3,
      ContentLength: 5 * MIB,
      ContentRange: `bytes ${5 * MIB}-${10 * MIB - 1}/${10 * MIB + 3}`,
      ChecksumSHA256: sha256(PARTS[1] as Buffer).toString('base64'),
    });
    expect(Buffer.from((await second.Body?.transformToByteArray()) ?? []).equals(PARTS[1] as Buffer)).toBe(
      true,
    );
    expect(await head('big', { PartNumber: 3 })).toMatchObject({ PartsCount: 3, ContentLength: 3 });
    expect(await failure(s3.send(new GetObjectCommand({ ...at('big'), PartNumber: 4 })))).toMatch(
      /^InvalidPartNumber/,
    );
  });
});

test('an object that was not uploaded in parts has one part', async () => {
  await put('a', '0123456789');
  const { $metadata, ...found } = await head('a', { PartNumber: 1 });
  expect([$metadata.httpStatusCode, found.ContentRange, found.PartsCount]).toEqual([
    206,
    'bytes 0-9/10',
    undefined,
  ]);
  await put('empty', '');
  expect((await head('empty', { PartNumber: 1 })).ContentLength).toBe(0);
});

describe('folder markers', () => {
  const list = (more = {}) => s3.send(new ListObjectsV2Command({ Bucket: BUCKET, ...more }));

  test('are empty objects in addition to the folder in the bucket', async () => {
    await put('a/b/', '', { ContentLength: 0, ContentType: 'application/x-directory' });
    await put('a/b/file');
    expect(fs.readdirSync(path.join(root, 's3', BUCKET, 'a', 'b'))).toEqual(['file']);
    expect(await keys({ Prefix: 'a' })).toEqual(['a/b/', 'a/b/file']);
    expect(await keys({ Prefix: 'a/b/' })).toEqual(['a/b/', 'a/b/file']);
    expect(await keys({ StartAfter: 'a/b/', Prefix: 'a/' })).toEqual(['a/b/file']);
    expect((await list({ Delimiter: '/' })).CommonPrefixes).toEqual([{ Prefix: 'a/' }, { Prefix: 'input/' }]);
    const inside = await list({ Delimiter: '/', Prefix: 'a/b/' });
    expect([inside.Contents?.map(({ Key, Size }) => [Key, Size]), inside.CommonPrefixes]).toEqual([
      [
        ['a/b/', 0],
        ['a/b/file', 7],
      ],
      undefined,
    ]);
    expect(await head('a/b/')).toMatchObject({ ContentLength: 0, ContentType: 'application/x-directory' });
    expect(await failure(head('a/'))).toMatch(/^NotFound/);
    await copy('a/b/', 'c/');
    // Another process sees the attributes too.
    await restart(() => ({}));
    await s3.send(new DeleteObjectCommand(at('a/b/')));
    expect(await keys()).toEqual(['a/b/file', 'c/', 'input/train.csv']);
  });

  test('disappear if the user deletes the folder', async () => {
    await put('a/', '');
    fs.rmdirSync(path.join(root, 's3', BUCKET, 'a'));
    expect([await keys(), await failure(head('a/'))]).toEqual([
      ['input/train.csv'],
      expect.stringMatching(/^NotFound/),
    ]);
  });

  test('prevent the deletion of their bucket and the creation of an object with the same name', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'marked' }));
    await s3.send(new PutObjectCommand({ Bucket: 'marked', Key: 'a/', Body: '' }));
    expect(await failure(s3.send(new DeleteBucketCommand({ Bucket: 'marked' })))).toMatch(/^BucketNotEmpty/);
    expect(await failure(s3.send(new PutObjectCommand({ Bucket: 'marked', Key: 'a', Body: 'x' })))).toMatch(
      /^InvalidRequest/,
    );
    await s3.send(new DeleteObjectCommand({ Bucket: 'marked', Key: 'a/' }));
    await s3.send(new PutObjectCommand({ Bucket: 'marked', Key: 'a', Body: 'x' }));
    expect(await failure(s3.send(new PutObjectCommand({ Bucket: 'marked', Key: 'a/', Body: '' })))).toMatch(
      /^InvalidRequest/,
    );
  });
});

test('only listings that S3 defines with owners include owners', async () => {
  const { Owner: owner } = await s3.send(new ListBucketsCommand({}));
  expect(owner?.ID).toMatch(/^[0-9a-f]{64}$/);
  const ownersOf = async (more: object) =>
    (await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, ...more }))).Contents?.map(
      ({ Owner }) => Owner,
    );
  expect([await ownersOf({}), await ownersOf({ FetchOwner: true })]).toEqual([[undefined], [owner]]);
  const { Contents } = await s3.send(new ListObjectsCommand({ Bucket: BUCKET }));
  expect(Contents?.[0]?.Owner).toEqual(owner);
});

test('continuation tokens are not keys', async () => {
  for (const key of ['a', 'b', 'c']) await put(key);
  const tokens: (string | undefined)[] = [];
  const seen: (string | undefined)[] = [];
  for await (const page of paginateListObjectsV2({ client: s3, pageSize: 1 }, { Bucket: BUCKET })) {
    tokens.push(page.NextContinuationToken);
    seen.push(...(page.Contents ?? []).map(({ Key }) => Key));
  }
  expect(seen).toEqual(['a', 'b', 'c', 'input/train.csv']);
  expect(tokens.map((token) => Buffer.from(token ?? '', 'base64url').toString())).not.toContain('a');
});

test('uploads in progress are listed in pages and by folder', async () => {
  const begin = async (key: string) =>
    (await s3.send(new CreateMultipartUploadCommand(at(key)))).UploadId ?? '';
  const [first, second] = [await begin('a'), await begin('a')];
  await begin('f/1');
  await begin('f/2');
  await begin('g');
  const list = (more = {}) => s3.send(new ListMultipartUploadsCommand({ Bucket: BUCKET, ...more }));
  const one = await list({ MaxUploads: 1 });
  expect([one.IsTruncated, one.NextKeyMarker, one.NextUploadIdMarker]).toEqual([true, 'a', first]);
  const next = await list({ MaxUploads: 1, KeyMarker: 'a', UploadIdMarker: first });
  expect(next.Uploads?.map(({ UploadId }) => UploadId)).toEqual([second]);
  const folders = await list({ Delimiter: '/', KeyMarker: 'a' });
  expect([folders.CommonPrefixes, folders.Uploads?.map(({ Key }) => Key)]).toEqual([
    [{ Prefix: 'f/' }],
    ['g'],
  ]);
  const last = await list({ Delimiter: '/', KeyMarker: 'f/' });
  expect([last.CommonPrefixes, last.Uploads?.map(({ Key }) => Key)]).toEqual([undefined, ['g']]);
  expect(await failure(list({ KeyMarker: 'a', UploadIdMarker: 'none' }))).toMatch(/^InvalidArgument/);
});

test('creating an existing bucket again succeeds only in us-east-1', async () => {
  await restart(() => ({ environment: { ...ENVIRONMENT, region: 'eu-west-1' } }));
  const client = clientOf(services, 'eu-west-1');
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' as const };
  expect(
    await failure(client.send(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration }))),
  ).toMatch(/^BucketAlreadyOwnedByYou/);
});

test('a state machine may set a checksum algorithm, and may set omitted members to null', async () => {
  const input = { ...at('from-states'), Body: 'content', ChecksumAlgorithm: 'SHA256', StorageClass: null };
  await services.router.call('s3', 'PutObject', input, services.user);
  expect((await head('from-states')).ChecksumSHA256).toBe(
    createHash('sha256').update('content').digest('base64'),
  );
});
