import * as fs from 'node:fs';
import * as http from 'node:http';
import * as path from 'node:path';
import type { RunningServices } from '../../src/services';
import { BUCKET, closeServices, deploymentIn, start, temporaryRoot, until } from './helpers';
import { type Answer, sign } from './signed-request';

const MIB = 1024 * 1024;

let services: RunningServices;
let root: string;

beforeEach(async () => {
  root = temporaryRoot();
  services = await start({ deployment: deploymentIn(root) });
});
afterEach(closeServices);

const uploads = (): string => path.join(root, 's3', '.uploads');
/** Total bytes of incomplete uploads. */
const bytesOnTheirWay = (): number => {
  const names = fs.existsSync(uploads()) ? fs.readdirSync(uploads()) : [];
  return names.reduce((sum, name) => sum + fs.statSync(path.join(uploads(), name)).size, 0);
};

/** Starts writing an object of `size` bytes. */
async function begin(key: string, size: number) {
  const request = await sign(services, {
    service: 's3',
    method: 'PUT',
    path: `/${BUCKET}/${key}`,
    headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
  });
  const { port } = new URL(services.url);
  const upload = http.request({
    host: '127.0.0.1',
    port,
    method: 'PUT',
    path: request.path,
    setHost: false,
    headers: { ...(request.headers as Record<string, string>), 'content-length': String(size) },
  });
  const answered = new Promise<Pick<Answer, 'status'>>((resolve, reject) => {
    upload.once('response', (response) => resolve({ status: response.resume().statusCode ?? 0 }));
    upload.once('error', reject);
  });
  return { upload, answered };
}

test('an object is written to disk as it arrives, and exists only when it is complete', async () => {
  const { upload, answered } = await begin('big', 16 * MIB);
  const file = path.join(root, 's3', BUCKET, 'big');
  for (let sent = 1; sent < 16; sent++) {
    upload.write(Buffer.alloc(MIB, sent));
    // If the server kept the object in memory, this size would never appear on disk.
    await until(bytesOnTheirWay, (bytes) => bytes >= (sent - 1) * MIB);
    expect(fs.existsSync(file)).toBe(false);
  }
  // The last byte completes the object.
  upload.end(Buffer.alloc(MIB, 16));
  expect(await answered).toEqual({ status: 200 });
  expect(fs.statSync(file).size).toBe(16 * MIB);
  expect(fs.readdirSync(uploads())).toEqual([]);
});

test('a client that disconnects halfway leaves no files', async () => {
  const { upload, answered } = await begin('half', 2 * MIB);
  upload.write(Buffer.alloc(MIB));
  await until(bytesOnTheirWay, (bytes) => bytes > 0);
  upload.destroy();
  await expect(answered).rejects.toThrow();
  await until(
    () => fs.readdirSync(uploads()),
    (names) => names.length === 0,
  );
  expect(fs.readdirSync(path.join(root, 's3', BUCKET))).toEqual(['input']);
});

test('each of two simultaneous writes of an object is complete', async () => {
  const [first, second] = [await begin('same', 2 * MIB), await begin('same', 2 * MIB)];
  first.upload.write(Buffer.alloc(MIB, 'a'));
  second.upload.end(Buffer.alloc(2 * MIB, 'b'));
  expect(await second.answered).toEqual({ status: 200 });
  first.upload.end(Buffer.alloc(MIB, 'a'));
  expect(await first.answered).toEqual({ status: 200 });
  expect(new Set(fs.readFileSync(path.join(root, 's3', BUCKET, 'same'), 'latin1'))).toEqual(new Set('a'));
});
