import * as fs from 'node:fs';
import * as path from 'node:path';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
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
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { Principal, RunningServices } from '../../src/services';
import { BUCKET, closeServices, deploymentIn, ENVIRONMENT, start, temporaryRoot } from './helpers';

const MIB = 1024 * 1024;
const ROLE = 'arn:aws:iam::123456789012:role/reader';

let services: RunningServices;
let root: string;
let s3: S3Client;

/** A copy of the client, for another endpoint. */
function clientOf(of: RunningServices, principal: Principal = of.user): S3Client {
  return new S3Client({
    endpoint: of.url,
    region: ENVIRONMENT.region,
    credentials: of.credentialsFor(principal),
    maxAttempts: 1,
  });
}

/** Starts services with a role that has these policy statements. */
async function startWith(statements: readonly Record<string, unknown>[]): Promise<RunningServices> {
  const role = {
    logicalId: 'Reader',
    name: 'reader',
    arn: ROLE,
    trustPolicy: { Statement: [] },
    policies: [{ Statement: statements }],
  };
  return start({ deployment: deploymentIn(temporaryRoot(), { roles: [role] }) });
}

beforeEach(async () => {
  root = temporaryRoot();
  services = await start({ deployment: deploymentIn(root) });
  s3 = clientOf(services);
});
afterEach(closeServices);

const fileOf = (key: string): string => path.join(root, 's3', BUCKET, key);
const at = (key: string) => ({ Bucket: BUCKET, Key: key });
const put = (key: string, Body = key, more = {}) =>
  s3.send(new PutObjectCommand({ ...at(key), Body, ...more }));
const head = (key: string, more = {}) => s3.send(new HeadObjectCommand({ ...at(key), ...more }));
const read = async (key: string, more = {}): Promise<string | undefined> =>
  (await s3.send(new GetObjectCommand({ ...at(key), ...more }))).Body?.transformToString();
/** Name and HTTP status of a call's error. */
const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'no error',
    (error) => `${error.name} ${error.$metadata?.httpStatusCode}`,
  );
const keysOf = ({ Contents }: { Contents?: { Key?: string }[] | undefined }) =>
  (Contents ?? []).map(({ Key }) => Key);

describe('objects', () => {
  test('keep their type and metadata, and no additional files are stored in the bucket', async () => {
    const kept = { ContentType: 'text/csv', CacheControl: 'no-store', ContentEncoding: 'gzip' };
    const { ETag } = await put('a/b.csv', 'abc', { ...kept, Metadata: { Owner: 'me' } });
    expect(ETag).toBe('"900150983cd24fb0d6963f7d28e17f72"');
    expect(await head('a/b.csv')).toMatchObject({
      ...kept,
      ETag,
      Metadata: { owner: 'me' },
      ContentLength: 3,
    });
    expect(fs.readdirSync(path.dirname(fileOf('a/b.csv')))).toEqual(['b.csv']);
    const again = await start({ deployment: deploymentIn(root) });
    expect(await clientOf(again).send(new HeadObjectCommand(at('a/b.csv')))).toMatchObject({ ETag, ...kept });
  });

  test('that another program changed get new attributes', async () => {
    const { ETag } = await put('a', 'abc', { Metadata: { owner: 'me' } });
    fs.writeFileSync(fileOf('a'), 'abcd');
    const found = await head('a');
    expect([found.Metadata, found.ContentType]).toEqual([{}, 'binary/octet-stream']);
    expect(found.ETag).not.toBe(ETag);
    const listed = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'a' }));
    expect(listed.Contents?.[0]).toMatchObject({ ETag: found.ETag, Size: 4 });
  });

  test('can be read in part', async () => {
    await put('digits', '0123456789');
    expect(await read('digits', { Range: 'bytes=7-' })).toBe('789');
    expect(await read('digits', { Range: 'bytes=-2' })).toBe('89');
    expect(await read('digits', { Range: 'bytes=8-100' })).toBe('89');
    expect(await read('digits', { Range: 'bytes=0-1,3-4' })).toBe('0123456789');
    expect(await failure(read('digits', { Range: 'bytes=10-' }))).toBe('InvalidRange 416');
    await put('empty', '', { ContentLength: 0 });
    expect(await read('empty')).toBe('');
    expect(await failure(read('empty', { Range: 'bytes=0-' }))).toBe('InvalidRange 416');
  });

  test('can be read and written with conditions', async () => {
    const { ETag = '' } = await put('a', 'one');
    const past = new Date(Date.now() - 3_600_000);
    const future = new Date(Date.now() + 3_600_000);
    expect(await read('a', { IfMatch: ETag, IfUnmodifiedSince: past })).toBe('one');
    expect(await read('a', { IfNoneMatch: '"other"', IfModifiedSince: future })).toBe('one');
    expect(await failure(read('a', { IfMatch: '"other"' }))).toBe('PreconditionFailed 412');
    expect(await failure(read('a', { IfUnmodifiedSince: past }))).toBe('PreconditionFailed 412');
    expect(await failure(read('a', { IfNoneMatch: ETag }))).toMatch(/ 304$/);
    expect(await failure(head('a', { IfModifiedSince: future }))).toMatch(/ 304$/);
    expect(await failure(put('a', 'two', { IfNoneMatch: '*' }))).toBe('PreconditionFailed 412');
    expect(await failure(put('a', 'two', { IfMatch: '"other"' }))).toBe('PreconditionFailed 412');
    expect(await failure(put('none', 'two', { IfMatch: ETag }))).toBe('NoSuchKey 404');
    expect(await read('a')).toBe('one');
    await put('new', 'new', { IfNoneMatch: '*' });
    await put('a', 'two', { IfMatch: ETag });
    expect(await read('a')).toBe('two');
  });

  test('are copied, with or without their metadata', async () => {
    await put('a ü+%.txt', 'abc', { ContentType: 'text/plain', Metadata: { owner: 'me' } });
    const CopySource = `${BUCKET}/${encodeURIComponent('a ü+%.txt')}`;
    const copy = (key: string, more = {}) =>
      s3.send(new CopyObjectCommand({ ...at(key), CopySource, ...more }));
    const { CopyObjectResult: result } = await copy('copy');
    expect(await head('copy')).toMatchObject({
      ETag: result?.ETag,
      ContentType: 'text/plain',
      Metadata: { owner: 'me' },
    });
    expect(fs.readFileSync(fileOf('copy'), 'utf8')).toBe('abc');
    await copy('other', { MetadataDirective: 'REPLACE', Metadata: { owner: 'you' } });
    expect(await head('other')).toMatchObject({ Metadata: { owner: 'you' } });
    expect(await failure(copy('no', { CopySourceIfMatch: '"other"' }))).toBe('PreconditionFailed 412');
    expect(await failure(copy('a ü+%.txt'))).toBe('InvalidRequest 400');
    expect(await failure(copy('no', { CopySource: `${BUCKET}/none` }))).toBe('NoSuchKey 404');
    expect(await failure(copy('no', { CopySource: BUCKET }))).toBe('InvalidArgument 400');
  });

  test('are removed together', async () => {
    for (const key of ['a', 'b/<&>"', 'c']) {
      await put(key);
    }
    const Objects = ['a', 'b/<&>"', 'none'].map((Key) => ({ Key }));
    const { Deleted, Errors } = await s3.send(
      new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects } }),
    );
    expect([Deleted, Errors]).toEqual([Objects, undefined]);
    expect(keysOf(await s3.send(new ListObjectsV2Command({ Bucket: BUCKET })))).toEqual([
      'c',
      'input/train.csv',
    ]);
  });

  test('may have the name of a folder that is empty, but not of a folder with objects', async () => {
    await put('a/b/c');
    expect(await failure(put('a', 'x'))).toBe('InvalidRequest 400');
    expect(await failure(put('a/b/c/d', 'x'))).toBe('InvalidRequest 400');
    expect(await failure(read('a/b/c/d'))).toBe('NoSuchKey 404');
    expect(await failure(put(`long/${'x'.repeat(300)}`, 'x'))).toBe('InvalidRequest 400');
    expect(fs.readdirSync(path.join(root, 's3', '.uploads'))).toEqual([]);
    await s3.send(new DeleteObjectCommand(at('a/b/c')));
    await put('a', 'x');
    expect(await read('a')).toBe('x');
  });

  test.each(['folder/', 'a//b', 'a//', '/', '..'])('there is no object with the key "%s"', async (key) => {
    const call = (operation: string) => services.router.call('s3', operation, at(key), services.user);
    await expect(call('GetObject')).rejects.toMatchObject({ code: 'NoSuchKey', statusCode: 404 });
    await expect(call('DeleteObject')).resolves.toEqual({});
  });
});

describe('uploads in parts', () => {
  const begin = async (key: string, more = {}) => {
    const { UploadId = '' } = await s3.send(new CreateMultipartUploadCommand({ ...at(key), ...more }));
    return { ...at(key), UploadId };
  };
  type Upload = Awaited<ReturnType<typeof begin>>;
  const part = async (upload: Upload, PartNumber: number, Body: Buffer | string) => {
    const { ETag } = await s3.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
    return { PartNumber, ETag };
  };
  const complete = (upload: Upload, Parts: { PartNumber: number; ETag: string | undefined }[], more = {}) =>
    s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...more }));
  const big = Buffer.alloc(5 * MIB, 'x');

  test('become one object, with an ETag as on S3', async () => {
    const upload = await begin('big', { ContentType: 'text/plain', Metadata: { owner: 'me' } });
    const second = await part(upload, 2, 'end');
    await part(upload, 1, 'overwritten');
    const first = await part(upload, 1, big);
    expect(fs.existsSync(fileOf('big'))).toBe(false);
    const { Parts } = await s3.send(new ListPartsCommand(upload));
    expect(Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, 5 * MIB],
      [2, 3],
    ]);
    const page = await s3.send(new ListPartsCommand({ ...upload, MaxParts: 1 }));
    expect([page.IsTruncated, page.NextPartNumberMarker]).toEqual([true, '1']);
    // A new process continues the upload.
    const { ETag } = await clientOf(await start({ deployment: deploymentIn(root) })).send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: [first, second] } }),
    );
    // md5(md5(5 MiB of "x") + md5("end")), computed with Python.
    expect(ETag).toBe('"6d7c5fbffce55b2eb513ca823d7235b2-2"');
    expect(fs.readFileSync(fileOf('big'), 'latin1')).toBe(`${big.toString('latin1')}end`);
    expect(await head('big')).toMatchObject({ ETag, ContentType: 'text/plain', Metadata: { owner: 'me' } });
    expect(fs.readdirSync(path.join(root, 's3', '.uploads'))).toEqual([]);
    // A client that did not receive the response can repeat the request until the object changes.
    expect((await complete(upload, [first, second])).ETag).toBe(ETag);
    expect(await failure(complete(upload, [first]))).toBe('NoSuchUpload 404');
    await put('big');
    expect(await failure(complete(upload, [first, second]))).toBe('NoSuchUpload 404');
  });

  test('may have parts copied from other objects', async () => {
    await put('source', '0123456789');
    const upload = await begin('joined');
    const CopySource = `${BUCKET}/source`;
    const copied = await s3.send(
      new UploadPartCopyCommand({ ...upload, PartNumber: 1, CopySource, CopySourceRange: 'bytes=2-4' }),
    );
    await complete(upload, [{ PartNumber: 1, ETag: copied.CopyPartResult?.ETag }]);
    expect(await read('joined')).toBe('234');
  });

  test('are refused if their content does not match the checksum or length', async () => {
    const upload = await begin('a');
    const [first, second] = [await part(upload, 1, 'small'), await part(upload, 2, 'end')];
    expect(await failure(complete(upload, [second, first]))).toBe('InvalidPartOrder 400');
    expect(await failure(complete(upload, [{ PartNumber: 3, ETag: first.ETag }]))).toBe('InvalidPart 400');
    expect(await failure(complete(upload, [{ ...first, ETag: second.ETag }]))).toBe('InvalidPart 400');
    expect(await failure(complete(upload, [first, second]))).toBe('EntityTooSmall 400');
    expect(await failure(complete(upload, []))).toBe('MalformedXML 400');
    expect(await failure(part(upload, 0, 'x'))).toBe('InvalidArgument 400');
    expect(await failure(part({ ...upload, Key: 'b' }, 1, 'x'))).toBe('NoSuchUpload 404');
    expect(await failure(part({ ...upload, UploadId: '../../s3' }, 1, 'x'))).toBe('NoSuchUpload 404');
    await put('a', 'there');
    expect(await failure(complete(upload, [first], { IfNoneMatch: '*' }))).toBe('PreconditionFailed 412');
    expect(await read('a')).toBe('there');
  });

  test('are listed, and leave no files after they are aborted', async () => {
    const upload = await begin('a');
    await part(upload, 1, 'x');
    const list = async () => (await s3.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }))).Uploads;
    expect((await list())?.map(({ Key, UploadId }) => [Key, UploadId])).toEqual([['a', upload.UploadId]]);
    await s3.send(new AbortMultipartUploadCommand(upload));
    expect(await list()).toBeUndefined();
    expect(await failure(s3.send(new ListPartsCommand(upload)))).toBe('NoSuchUpload 404');
    expect(fs.readdirSync(path.join(root, 's3', '.uploads'))).toEqual([]);
  });
});

describe('listings', () => {
  const KEYS = ['a/1', 'a/2', 'a/b/3', 'b+ &<ü/4', 'c', 'c.txt'];
  beforeEach(async () => {
    for (const key of KEYS) {
      await put(`l/${key}`);
    }
  });
  const list = (more = {}) => s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'l/', ...more }));
  const short = (key?: string) => key?.replace(/^l\//, '');

  test.each([{ EncodingType: 'url' as const }, {}])('by folders, in pages, %j', async (more) => {
    const seen: unknown[] = [];
    for await (const page of paginateListObjectsV2(
      { client: s3, pageSize: 1 },
      { Bucket: BUCKET, Prefix: 'l/', Delimiter: '/', ...more },
    )) {
      seen.push(
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => short(Prefix)),
        ...keysOf(page).map(short),
        page.KeyCount,
      );
    }
    const folder = 'EncodingType' in more ? 'b%2B%20%26%3C%C3%BC/' : 'b+ &<ü/';
    expect(seen).toEqual(['a/', 1, folder, 1, 'c', 1, 'c.txt', 1]);
  });

  test('begin after a key', async () => {
    expect(keysOf(await list({ StartAfter: 'l/a/2' })).map(short)).toEqual([
      'a/b/3',
      'b+ &<ü/4',
      'c',
      'c.txt',
    ]);
    const folders = await list({ StartAfter: 'l/a/1', Delimiter: '/' });
    expect(folders.CommonPrefixes?.map(({ Prefix }) => short(Prefix))).toEqual(['a/', 'b+ &<ü/']);
    expect(folders).toMatchObject({ StartAfter: 'l/a/1', IsTruncated: false });
  });

  test('may be empty', async () => {
    expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
    expect(await list({ Prefix: 'none/' })).toMatchObject({ KeyCount: 0, IsTruncated: false });
    expect(await failure(list({ MaxKeys: -1 }))).toBe('InvalidArgument 400');
  });

  test('work in version 1, which boto3 resources use', async () => {
    const first = await s3.send(new ListObjectsCommand({ Bucket: BUCKET, Prefix: 'l/', MaxKeys: 4 }));
    expect([keysOf(first).length, first.IsTruncated, first.NextMarker]).toEqual([4, true, undefined]);
    const Marker = keysOf(first).at(-1);
    const second = await s3.send(new ListObjectsCommand({ Bucket: BUCKET, Prefix: 'l/', Marker }));
    expect([keysOf(second).map(short), second.IsTruncated]).toEqual([['c', 'c.txt'], false]);
    const folders = { Bucket: BUCKET, Prefix: 'l/', Delimiter: '/', MaxKeys: 1 };
    const { NextMarker } = await s3.send(new ListObjectsCommand(folders));
    const next = await s3.send(new ListObjectsCommand({ ...folders, Marker: NextMarker }));
    expect([NextMarker, next.CommonPrefixes]).toEqual(['l/a/', [{ Prefix: 'l/b+ &<ü/' }]]);
  });
});

test('buckets are created, found, and deleted when they are empty', async () => {
  await s3.send(new CreateBucketCommand({ Bucket: 'my-bucket' }));
  const { Buckets } = await s3.send(new ListBucketsCommand({}));
  expect(Buckets?.map(({ Name }) => Name).sort()).toEqual([BUCKET, 'my-bucket']);
  expect(Buckets?.[0]?.CreationDate?.getTime()).toBeGreaterThan(Date.now() - 60_000);
  expect((await s3.send(new HeadBucketCommand({ Bucket: BUCKET }))).BucketRegion).toBe('us-east-1');
  expect(
    (await s3.send(new GetBucketLocationCommand({ Bucket: BUCKET }))).LocationConstraint,
  ).toBeUndefined();
  // In us-east-1, creating a bucket that you already own succeeds.
  expect(await failure(s3.send(new CreateBucketCommand({ Bucket: BUCKET })))).toBe('no error');
  expect(await failure(s3.send(new CreateBucketCommand({ Bucket: 'No_good' })))).toBe(
    'InvalidBucketName 400',
  );
  expect(await failure(s3.send(new DeleteBucketCommand({ Bucket: BUCKET })))).toBe('BucketNotEmpty 409');
  await s3.send(new DeleteBucketCommand({ Bucket: 'my-bucket' }));
  expect(await failure(s3.send(new HeadBucketCommand({ Bucket: 'my-bucket' })))).toBe('NotFound 404');
});

test('the versioning of a bucket is that of the template', async () => {
  const statusOf = async (client: S3Client) =>
    (await client.send(new GetBucketVersioningCommand({ Bucket: BUCKET }))).Status;
  expect(await statusOf(s3)).toBeUndefined();
  expect(await failure(s3.send(new GetBucketVersioningCommand({ Bucket: 'none' })))).toBe('NoSuchBucket 404');
  const deployment = deploymentIn(temporaryRoot());
  const buckets = deployment.buckets.map((each) => ({ ...each, versioning: 'Suspended' }));
  expect(await statusOf(clientOf(await start({ deployment: { ...deployment, buckets } })))).toBe('Suspended');
});

describe('permissions', () => {
  const arn = `arn:aws:s3:::${BUCKET}`;
  const copy = { ...at('new'), CopySource: `${BUCKET}/input/train.csv` };
  const upload = { ...at('new'), UploadId: 'x' };

  test.each<[string, Record<string, unknown>, [action: string, resource: string][]]>([
    ['ListBuckets', {}, [['ListAllMyBuckets', '*']]],
    ['HeadBucket', { Bucket: BUCKET }, [['ListBucket', arn]]],
    ['GetBucketLocation', { Bucket: BUCKET }, [['GetBucketLocation', arn]]],
    ['GetBucketVersioning', { Bucket: BUCKET }, [['GetBucketVersioning', arn]]],
    ['ListObjects', { Bucket: BUCKET }, [['ListBucket', arn]]],
    ['ListObjectsV2', { Bucket: BUCKET }, [['ListBucket', arn]]],
    ['ListMultipartUploads', { Bucket: BUCKET }, [['ListBucketMultipartUploads', arn]]],
    ['GetObject', at('input/train.csv'), [['GetObject', `${arn}/input/train.csv`]]],
    ['HeadObject', at('input/train.csv'), [['GetObject', `${arn}/input/train.csv`]]],
    ['GetObjectTagging', at('input/train.csv'), [['GetObjectTagging', `${arn}/input/train.csv`]]],
    ['PutObject', at('new'), [['PutObject', `${arn}/new`]]],
    ['DeleteObject', at('new'), [['DeleteObject', `${arn}/new`]]],
    [
      'CopyObject',
      copy,
      [
        ['GetObject', `${arn}/input/train.csv`],
        ['PutObject', `${arn}/new`],
      ],
    ],
    ['CreateMultipartUpload', at('new'), [['PutObject', `${arn}/new`]]],
    ['UploadPart', upload, [['PutObject', `${arn}/new`]]],
    [
      'UploadPartCopy',
      { ...copy, ...upload },
      [
        ['GetObject', `${arn}/input/train.csv`],
        ['PutObject', `${arn}/new`],
      ],
    ],
    ['CompleteMultipartUpload', upload, [['PutObject', `${arn}/new`]]],
    ['AbortMultipartUpload', upload, [['AbortMultipartUpload', `${arn}/new`]]],
    [
      'GetObjectAttributes',
      { ...at('input/train.csv'), ObjectAttributes: ['ETag'] },
      [
        ['GetObjectAttributes', `${arn}/input/train.csv`],
        ['GetObject', `${arn}/input/train.csv`],
      ],
    ],
    ['ListParts', upload, [['ListMultipartUploadParts', `${arn}/new`]]],
  ])('%s', async (operation, input, needed) => {
    const statements = needed.map(([action, resource]) => ({
      Effect: 'Allow',
      Action: `s3:${action}`,
      Resource: resource,
    }));
    const outcome = async (allowed: typeof statements): Promise<string> => {
      const { router } = await startWith(allowed);
      return router.call('s3', operation, input, { arn: ROLE }).then(
        () => 'done',
        (error) => `${error.code}: ${error.message}`,
      );
    };
    expect(await outcome(statements)).not.toMatch(/^AccessDenied/);
    for (const [i, [action, resource]] of needed.entries()) {
      const message = await outcome(statements.filter((_, each) => each !== i));
      expect(message).toContain(`is not authorized to perform: s3:${action} on resource: ${resource} `);
    }
  });

  test('are checked for each deleted object', async () => {
    const others = await startWith([
      { Effect: 'Allow', Action: 's3:DeleteObject', Resource: `${arn}/tmp/*` },
    ]);
    const role = clientOf(others, { arn: ROLE });
    const Objects = [{ Key: 'tmp/a' }, { Key: 'input/train.csv' }];
    const { Deleted, Errors } = await role.send(
      new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects } }),
    );
    expect(Deleted).toEqual([{ Key: 'tmp/a' }]);
    expect(Errors).toEqual([
      { Key: 'input/train.csv', Code: 'AccessDenied', Message: expect.stringContaining('s3:DeleteObject') },
    ]);
    const tags = role.send(new GetObjectTaggingCommand(at('input/train.csv')));
    expect(await failure(tags)).toBe('AccessDenied 403');
  });

  test('to list the bucket are needed to learn that a key does not exist', async () => {
    const get = { Effect: 'Allow', Action: ['s3:GetObject', 's3:GetObjectAttributes'], Resource: `${arn}/*` };
    const list = { Effect: 'Allow', Action: 's3:ListBucket', Resource: arn };
    const attributes = new GetObjectAttributesCommand({ ...at('none'), ObjectAttributes: ['ETag'] });
    const outcome = async (statements: Record<string, unknown>[]) => {
      const role = clientOf(await startWith(statements), { arn: ROLE });
      const read = await failure(role.send(new GetObjectCommand(at('none'))));
      expect(await failure(role.send(attributes))).toBe(read);
      return read;
    };
    expect(await outcome([get])).toBe('AccessDenied 403');
    expect(await outcome([get, list])).toBe('NoSuchKey 404');
    expect(await outcome([list])).toBe('AccessDenied 403');
  });
});
