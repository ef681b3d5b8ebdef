import * as fs from 'node:fs';
import * as path from 'node:path';
import type { RoleResource } from '../../src/assembly';
import { type JsonObject, parseStateMachine, StatesError, startExecution } from '../../src/states';
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
      Statement: [{ Effect: 'Allow', Action: 's3:PutObject', Resource: `arn:aws:s3:::${BUCKET}/results/*` }],
    },
  ],
};

/** Runs a distributed Map over the items 1, 2 and 3, of which item 2 fails. Reads the output of the Map. */
async function map(state: JsonObject, prefix = 'results/') {
  const root = temporaryRoot();
  const services = await start({ deployment: deploymentIn(root, { roles: [ROLE] }) });
  const definition = {
    QueryLanguage: 'JSONata',
    StartAt: 'Map',
    States: {
      Map: {
        Type: 'Map',
        Label: 'Numbers',
        Items: [1, 2, 3],
        MaxConcurrency: 1,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'Item',
          States: { Item: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true } },
        },
        ResultWriter: {
          Resource: 'arn:aws:states:::s3:putObject',
          Arguments: { Bucket: BUCKET, Prefix: prefix },
          ...(state['ResultWriter'] as JsonObject | undefined),
        },
        ToleratedFailureCount: state['ToleratedFailureCount'] ?? 1,
        End: true,
      },
    },
  };
  const result = await startExecution(parseStateMachine(definition), {
    input: {},
    context: IDENTITY,
    runTask: async ({ arguments: n }) => {
      if (n === 2) throw new StatesError('Even', 'two is even');
      return [n, 'done'];
    },
    writeResults: services.resultWriter({ arn: ROLE.arn }),
  }).result;
  const folder = path.join(root, 's3', BUCKET, 'results');
  const names = fs.existsSync(folder) ? (fs.readdirSync(folder, { recursive: true }) as string[]) : [];
  const files = Object.fromEntries(
    names
      .filter((name) => fs.statSync(path.join(folder, name)).isFile())
      .map((name) => [path.basename(name), fs.readFileSync(path.join(folder, name), 'utf8')]),
  );
  return { result, files, json: (name: string) => JSON.parse(files[name] ?? 'null') as JsonObject };
}

const MAP_RUN = /^arn:aws:states:eu-west-1:123456789012:mapRun:machine\/Numbers:([0-9a-f-]{36})$/;
const DATE = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

test('the results are written to one file for each status and a manifest, and the state returns the location of the manifest', async () => {
  const { result, files, json } = await map({});
  const manifest = json('manifest.json') as { MapRunArn: string };
  const id = MAP_RUN.exec(manifest.MapRunArn)?.[1];
  const key = `results/${id}`;
  expect(result).toEqual({
    status: 'SUCCEEDED',
    output: {
      MapRunArn: manifest.MapRunArn,
      ResultWriterDetails: { Bucket: BUCKET, Key: `${key}/manifest.json` },
    },
  });
  expect(manifest).toEqual({
    DestinationBucket: BUCKET,
    MapRunArn: manifest.MapRunArn,
    ResultFiles: {
      FAILED: [{ Key: `${key}/FAILED_0.json`, Size: files['FAILED_0.json']?.length }],
      PENDING: [],
      SUCCEEDED: [{ Key: `${key}/SUCCEEDED_0.json`, Size: files['SUCCEEDED_0.json']?.length }],
    },
  });
  const child = {
    ExecutionArn: expect.stringMatching(/:execution:machine\/Numbers:[0-9a-f-]{36}$/),
    InputDetails: { Included: true },
    Name: expect.any(String),
    RedriveCount: 0,
    StartDate: DATE,
    StopDate: DATE,
    StateMachineArn: `${IDENTITY.stateMachine.id}/Numbers`,
  };
  const succeeded = {
    ...child,
    OutputDetails: { Included: true },
    RedriveStatus: 'NOT_REDRIVABLE',
    RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
    Status: 'SUCCEEDED',
  };
  expect(json('SUCCEEDED_0.json')).toEqual([
    { ...succeeded, Input: '1', Output: '[1,"done"]' },
    { ...succeeded, Input: '3', Output: '[3,"done"]' },
  ]);
  expect(json('FAILED_0.json')).toEqual([
    {
      ...child,
      Input: '2',
      Error: 'Even',
      Cause: 'two is even',
      RedriveStatus: 'REDRIVABLE',
      Status: 'FAILED',
    },
  ]);
});

test('FLATTEN with JSONL writes one element of the outputs per line', async () => {
  const { files } = await map({
    ResultWriter: { WriterConfig: { Transformation: 'FLATTEN', OutputType: 'JSONL' } },
  });
  expect(files['SUCCEEDED_0.jsonl']).toBe('1\n"done"\n3\n"done"\n');
});

test('a failed Map Run still writes its results, including those of children that never started', async () => {
  const { result, json } = await map({ ToleratedFailureCount: 0 });
  expect(result).toMatchObject({ status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold' });
  expect(json('SUCCEEDED_0.json')).toMatchObject([{ Input: '1' }]);
  expect(json('FAILED_0.json')).toMatchObject([{ Input: '2' }]);
  expect(json('PENDING_0.json')).toEqual([
    { Input: '3', InputDetails: { Included: true }, Status: 'PENDING' },
  ]);
});

test('a prefix without write permission fails the state', async () => {
  expect((await map({}, 'elsewhere')).result).toMatchObject({
    status: 'FAILED',
    error: 'States.ResultWriterFailed',
    cause: expect.stringMatching(
      /assumed-role\/machine\/.* is not authorized to perform: s3:PutObject on resource: .*\/elsewhere\//,
    ),
  });
});
