import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseEvent } from '../../lambda/prepare-final-training/event';
import {
  type Preparation,
  prepareFinalTraining,
} from '../../lambda/prepare-final-training/prepare-final-training';
import { invokeBundle, type Wire, type WireCall } from './wire-server';
import { withS3 } from './with-s3';

const HYPERPARAMETERS = { num_round: '200', eta: '0.1', early_stopping_rounds: '5' };
const STOPPING = { rounds: 'num_round', patience: 'early_stopping_rounds' };
const MODEL = 's3://data/trials/best/output/model.tar.gz';

type Objects = Readonly<Record<string, string | Buffer>>;

async function prepare(event: Wire, objects: Objects = {}, calls: WireCall[] = []): Promise<Preparation> {
  return withS3(objects, async (client, made) => {
    try {
      return await prepareFinalTraining(client, parseEvent({ hyperparameters: HYPERPARAMETERS, ...event }));
    } finally {
      calls.push(...made);
    }
  });
}

/** A minimal model archive that the function accepts. The model crosses the chunk boundaries of the stream. */
function archive(file: string, before = 0): Buffer {
  const model = readFileSync(join(__dirname, 'models', file));
  // Random-looking bytes, so that the compressed stream still has several chunks.
  const filler = Buffer.from(Array.from({ length: before }, (_, index) => (index * 7919) % 251));
  return gzipSync(Buffer.concat([filler, model]));
}

describe('early stopping', () => {
  test.each([
    ['UBJSON, of image 3.0-5 and later', 'early-3.2.ubj', '8'],
    ['JSON', 'early-3.2.json', '8'],
    ['the binary format of older images', 'early-1.7.bin', '10'],
  ])('is replaced by the best number of rounds, read from a model in %s', async (_format, file, rounds) => {
    for (const before of [0, 16_370, 16_384, 65_500, 200_000]) {
      const event = { earlyStopping: STOPPING, modelArtifacts: MODEL };
      const { hyperparameters, train } = await prepare(event, {
        'trials/best/output/model.tar.gz': archive(file, before),
      });
      expect(hyperparameters).toEqual({ num_round: rounds, eta: '0.1' });
      expect(train).toBeNull();
    }
  });

  test('that was disabled leaves the hyperparameters unchanged, and no model is read', async () => {
    const hyperparameters = { num_round: '200' };
    const calls: WireCall[] = [];
    const event = { hyperparameters, earlyStopping: STOPPING, modelArtifacts: MODEL };
    expect(await prepare(event, {}, calls)).toEqual({ hyperparameters, train: null });
    expect(calls).toEqual([]);
  });

  test('is only removed if num_round is set for the final training', async () => {
    const event = { earlyStopping: { patience: 'early_stopping_rounds' }, modelArtifacts: MODEL };
    expect((await prepare(event)).hyperparameters).toEqual({ num_round: '200', eta: '0.1' });
  });

  test.each<[string, Wire, Objects, RegExp]>([
    ['no model', { modelArtifacts: null }, {}, /left no model/],
    ['a model that is gone', {}, {}, /model\.tar\.gz cannot be read: .*NoSuchKey/],
    ['what is no archive', {}, { 'trials/best/output/model.tar.gz': 'x' }, /model\.tar\.gz cannot be read: /],
    [
      'a model without the attribute',
      {},
      { 'trials/best/output/model.tar.gz': archive('plain.ubj') },
      /has no best_iteration, although early stopping was enabled/,
    ],
  ])('fails by name with %s', async (_case, event, objects, message) => {
    const failure = prepare({ earlyStopping: STOPPING, modelArtifacts: MODEL, ...event }, objects);
    await expect(failure).rejects.toMatchObject({
      name: 'BestIterationUnknownError',
      message: expect.stringMatching(message),
    });
  });
});

describe('the manifest', () => {
  const ask = (data: string[], more: Wire = {}): Wire => ({
    data,
    manifest: 's3://data/output/manifests/job.json',
    ...more,
  });
  const lists = async (data: string[], keys: string[]): Promise<unknown> => {
    const calls: WireCall[] = [];
    const objects = Object.fromEntries(keys.map((key) => [key, 'x']));
    const { train } = await prepare(ask(data), objects, calls);
    expect(train).toBe('s3://data/output/manifests/job.json');
    const [put] = calls.filter(({ operation }) => operation === 'PutObject');
    expect(put?.input).toMatchObject({ Key: 'output/manifests/job.json' });
    return JSON.parse(String(put?.input['Body']));
  };

  test.each<[string, string[], string[], unknown[]]>([
    [
      'lists the objects of both folders over several pages, without folder markers',
      ['s3://data/input/train/', 's3://data/input/validation/'],
      [
        'input/test/t',
        'input/train/',
        'input/train/a',
        'input/train/b',
        'input/train/c/d',
        'input/validation/v',
      ],
      [{ prefix: 's3://data/input/' }, 'train/a', 'train/b', 'train/c/d', 'validation/v'],
    ],
    [
      'uses the bucket as its prefix if the folders have nothing in common',
      ['s3://data/train/', 's3://data/validation/'],
      ['train/a', 'validation/a'],
      [{ prefix: 's3://data/' }, 'train/a', 'validation/a'],
    ],
    [
      'accepts files and prefixes whose names begin with the same characters',
      ['s3://data/in/train.csv', 's3://data/in/train-more'],
      ['in/train.csv', 'in/train-more-1.csv', 'in/train-more-2.csv'],
      [{ prefix: 's3://data/in/' }, 'train.csv', 'train-more-1.csv', 'train-more-2.csv'],
    ],
    [
      'lists an object once',
      ['s3://data/in/', 's3://data/in/a'],
      ['in/a', 'in/b'],
      [{ prefix: 's3://data/in/' }, 'a', 'b'],
    ],
  ])('%s', async (_title, data, keys, expected) => {
    expect(await lists(data, keys)).toEqual(expected);
  });

  test('is encrypted with the KMS key of the output', async () => {
    const calls: WireCall[] = [];
    const event = ask(['s3://data/a/'], { encryptionKey: 'arn:aws:kms:x' });
    await prepare(event, { 'a/b': 'x' }, calls);
    expect(calls.find(({ operation }) => operation === 'PutObject')?.input).toMatchObject({
      KmsKey: 'arn:aws:kms:x',
    });
  });

  test.each([
    [
      'an empty location',
      ['s3://data/train/', 's3://data/none/'],
      'there are no objects below s3://data/none/',
    ],
    [
      'two buckets',
      ['s3://data/train/', 's3://other/validation/'],
      'the data must be in one bucket, got s3://data/train/ and s3://other/validation/',
    ],
  ])('fails by name for %s', async (_case, data, message) => {
    await expect(lists(data, ['train/a'])).rejects.toMatchObject({
      name: 'TrainingDataError',
      message: expect.stringContaining(message),
    });
  });
});

describe('an event', () => {
  test.each<[Wire, string]>([
    [{ hyperparameters: { a: 1 } }, 'hyperparameters must be a map of strings, got {"a":1}'],
    [{ modelArtifacts: 'model' }, 'modelArtifacts must be s3://bucket/key, got "model"'],
    [{ earlyStopping: {} }, 'earlyStopping must be an object with patience, got {}'],
    [{ data: [] }, 'data must be a list of S3 URIs, got []'],
    [{ data: ['s3://a/b'] }, 'manifest must be s3://bucket/key, with data, got nothing'],
    [{ manifest: 's3://a/b' }, 'manifest must be s3://bucket/key, with data, got "s3://a/b"'],
    [{ encryptionKey: 7 }, 'encryptionKey must be a string, got 7'],
    [{ rounds: 7 }, 'unknown field "rounds" in the event'],
  ])('%j is refused', (event, message) => {
    expect(() => parseEvent({ hyperparameters: {}, ...event })).toThrow(message);
  });
});

test('the bundle answers', async () => {
  const event = { hyperparameters: { num_round: '3' }, earlyStopping: null };
  expect(await invokeBundle('prepare-final-training', event, {})).toEqual({
    result: { hyperparameters: { num_round: '3' }, train: null },
  });
});
