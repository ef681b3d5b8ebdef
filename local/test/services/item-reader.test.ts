import * as fs from 'node:fs';
import * as path from 'node:path';
import type { RoleResource } from '../../src/assembly';
import { type JsonObject, parseStateMachine, startExecution } from '../../src/states';
import { IDENTITY } from '../states/run-case';
import { BUCKET, closeServices, deploymentIn, start, temporaryRoot } from './helpers';

afterEach(closeServices);

const ROLE: RoleResource = {
  logicalId: 'MachineRole',
  name: 'machine',
  arn: 'arn:aws:iam::123456789012:role/machine',
  trustPolicy: { Statement: [] },
  policies: [
    {
      Statement: [
        { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${BUCKET}/items/*` },
        {
          Effect: 'Allow',
          Action: 's3:ListBucket',
          Resource: `arn:aws:s3:::${BUCKET}`,
          Condition: { StringLike: { 's3:prefix': 'items/*' } },
        },
      ],
    },
  ],
};

/** Runs a distributed Map with this reader and returns its items. */
async function map(itemReader: JsonObject) {
  const root = temporaryRoot();
  const deployment = deploymentIn(root, { roles: [ROLE] });
  fs.mkdirSync(path.join(root, 's3', BUCKET, 'items'));
  for (const [name, content] of Object.entries({ 'a.csv': 'x,y\n1,2\n3,4\n', 'b.json': '[5, 6]' })) {
    fs.writeFileSync(path.join(root, 's3', BUCKET, 'items', name), content);
  }
  const services = await start({ deployment });
  await services.router.call(
    's3',
    'PutObject',
    { Bucket: BUCKET, Key: 'items/c', Body: '', StorageClass: 'STANDARD_IA' },
    services.user,
  );
  const definition = {
    QueryLanguage: 'JSONata',
    StartAt: 'Map',
    States: {
      Map: {
        Type: 'Map',
        ItemReader: itemReader,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'Item',
          States: { Item: { Type: 'Pass', End: true } },
        },
        End: true,
      },
    },
  };
  return startExecution(parseStateMachine(definition), {
    input: {},
    context: IDENTITY,
    runTask: async () => ({}),
    readItems: services.itemReader({ arn: ROLE.arn }),
  }).result;
}

const getObject = (key: string, inputType: string, more: JsonObject = {}): JsonObject => ({
  Resource: 'arn:aws:states:::s3:getObject',
  Arguments: { Bucket: BUCKET, Key: key },
  ReaderConfig: { InputType: inputType, ...more },
});

test('the items are the rows of an object', async () => {
  expect(await map(getObject('items/a.csv', 'CSV', { CSVHeaderLocation: 'FIRST_ROW' }))).toMatchObject({
    output: [
      { x: '1', y: '2' },
      { x: '3', y: '4' },
    ],
  });
  expect(await map(getObject('items/b.json', 'JSON'))).toMatchObject({ output: [5, 6] });
});

test('the items are the objects below a prefix', async () => {
  const reader = {
    Resource: 'arn:aws:states:::s3:listObjectsV2',
    Arguments: { Bucket: BUCKET, Prefix: 'items/' },
  };
  const item = {
    Etag: expect.any(String),
    LastModified: expect.any(Number),
    Size: expect.any(Number),
    StorageClass: 'STANDARD',
  };
  expect(await map(reader)).toMatchObject({
    output: [
      { ...item, Key: 'items/a.csv' },
      { ...item, Key: 'items/b.json' },
      { ...item, Key: 'items/c', StorageClass: 'STANDARD_IA' },
    ],
  });
});

test.each<[string, JsonObject, RegExp]>([
  ['a missing object', getObject('items/none', 'JSON'), /The specified key does not exist/],
  [
    'an object that the role may not read',
    getObject('input/train.csv', 'JSON'),
    /assumed-role\/machine\/.* is not authorized to perform: s3:GetObject on resource: .*input\/train.csv/,
  ],
  [
    'a prefix that the role may not list',
    { Resource: 'arn:aws:states:::s3:listObjectsV2', Arguments: { Bucket: BUCKET, Prefix: 'input/' } },
    /not authorized to perform: s3:ListBucket/,
  ],
  [
    'an argument that local mode does not support',
    // An expression hides the value from the validation of the definition.
    {
      Resource: 'arn:aws:states:::s3:listObjectsV2',
      Arguments: `{% {'Bucket': '${BUCKET}', 'MaxKeys': 1} %}`,
    },
    /does not support the argument "MaxKeys"/,
  ],
])('%s fails the state', async (_name, reader, cause) => {
  expect(await map(reader)).toMatchObject({
    status: 'FAILED',
    error: 'States.ItemReaderFailed',
    cause: expect.stringMatching(cause),
  });
});
