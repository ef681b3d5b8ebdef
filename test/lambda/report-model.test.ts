import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { importanceOf } from '../../lambda/report/model/feature-importance';
import { readTarEntry } from '../../lambda/report/model/tar-entry';
import { parseXGBoostModel } from '../../lambda/report/model/xgboost-model';
import { readModelImportance } from '../../lambda/report/sources/model-importance';
import { tar } from './tar';

const model = (name: string) => readFileSync(join(__dirname, 'models', name));
const EXPECTED = JSON.parse(model('expected.json').toString()) as Record<
  string,
  Record<string, Record<string, number>>
>;

/** Chunks of a buffer. Their boundaries do not match the structure of the file. */
async function* pieces(buffer: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < buffer.length; at += size) yield buffer.subarray(at, at + size);
}

describe("the feature importance equals that of XGBoost's get_score", () => {
  test.each([
    ['plain-1.7.bin', 'plain-1.7.4'],
    ['dart-1.7.bin', 'dart-1.7.4'],
    ['plain.ubj', 'plain-3.2.0'],
    ['plain.json', 'plain-3.2.0'],
    ['named.ubj', 'named-3.2.0'],
    ['dart.ubj', 'dart-3.2.0'],
  ])('%s', (file, expected) => {
    const importance = importanceOf(parseXGBoostModel(model(file)));
    const expectedKinds = Object.entries(EXPECTED[expected] ?? {});
    expect(expectedKinds).toHaveLength(3);
    for (const [kind, scores] of expectedKinds) {
      const found = importance[kind] ?? [];
      expect(found.map(({ feature }) => feature).sort()).toEqual(Object.keys(scores).sort());
      for (const { feature, importance: value } of found) expect(value).toBeCloseTo(scores[feature] ?? 0, 3);
    }
  });
});

test.each(['linear-1.7.bin', 'linear.ubj'])('%s has no trees', (file) => {
  expect(parseXGBoostModel(model(file))).toMatchObject({ booster: 'gblinear', trees: [] });
});

describe('an invalid model', () => {
  test.each<[string, Buffer, RegExp]>([
    ['a pickle', Buffer.from([0x80, 0x04, 0x95]), /Python pickle/],
    ['text', Buffer.from('hello'.repeat(100)), /./],
    ['nothing', Buffer.alloc(0), /./],
    ['JSON of something else', Buffer.from('{"a": 1}'), /format of the model is unknown/],
    ['a model that was cut off', model('plain.ubj').subarray(0, 3000), /./],
    ['a truncated model in the old format', model('plain-1.7.bin').subarray(0, 1000), /./],
  ])('is rejected: %s', (_what, content, message) => {
    expect(() => parseXGBoostModel(content)).toThrow(message);
  });
});

describe('an archive', () => {
  const archive = tar({ './other.txt': Buffer.from('x'.repeat(700)), 'xgboost-model': model('plain.ubj') });

  test.each([1, 511, 512, 513, 100_000])('can be read in chunks of %i bytes', async (size) => {
    const read = await readTarEntry(pieces(archive, size), (name) => name === 'xgboost-model', 1e6);
    expect(read.names).toEqual(['other.txt', 'xgboost-model']);
    expect(read.content?.equals(model('plain.ubj'))).toBe(true);
  });

  test('with a model that is too large is rejected before the model is read', async () => {
    await expect(readTarEntry(pieces(archive, 512), (name) => name === 'xgboost-model', 100)).rejects.toThrow(
      /more than the maximum of 100/,
    );
  });

  const read = (content: Buffer) =>
    readModelImportance(
      { send: async () => ({ Body: Readable.from([gzipSync(content)]) }) } as never,
      's3://bucket/model.tar.gz',
      AbortSignal.timeout(10_000),
    );

  test('is decompressed', async () => {
    expect(Object.keys(await read(archive))).toEqual(['gain', 'cover', 'weight']);
  });

  test.each<[string, Record<string, Buffer>, RegExp]>([
    [
      'without the model',
      { 'xgboost-model-0': Buffer.from('x') },
      /has no xgboost-model; it contains xgboost-model-0/,
    ],
    ['that is empty', {}, /has no xgboost-model; it contains nothing/],
    ['with a linear model', { 'xgboost-model': model('linear.ubj') }, /gblinear has no trees/],
  ])('%s has no importance', async (_what, files, message) => {
    await expect(read(tar(files))).rejects.toThrow(message);
  });
});
