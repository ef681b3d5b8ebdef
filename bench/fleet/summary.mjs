// Runs the bundled function that summarizes a fleet, in a separate process. A local server replaces S3. It generates
// the results of the items in chunks, and discards the files that the function writes.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { invokeBundled } from '../bundled-function.mjs';

const FOLDER = 'fleets/nightly/';
const MANIFEST = `${FOLDER}run/manifest.json`;
const RESULTS = `${FOLDER}run/SUCCEEDED_0.jsonl`;
/** Memory of the function in the template (lib/private/fleet-functions.ts). Local mode uses it as V8's memory limit. */
const CONFIGURED_MEGABYTES = 1024;

/**
 * Summarizes a fleet. `items` is its number of items. Returns the peak `megabytes` and the `seconds` of the function's
 * process.
 */
export async function summarizeFleet(items) {
  const objects = {
    [MANIFEST]: () => [JSON.stringify({ ResultFiles: { SUCCEEDED: [{ Key: RESULTS }] } })],
    [`${FOLDER}items.jsonl`]: () => lines(items, (item) => item),
    [RESULTS]: () => lines(items, childOf),
  };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    request.resume();
    if (request.method === 'PUT') return request.on('end', () => response.end());
    if (searchParams.has('list-type')) {
      return response.end('<?xml version="1.0"?><ListBucketResult></ListBucketResult>');
    }
    return Readable.from(objects[pathname.replace('/data/', '')]()).pipe(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const event = { folder: `s3://data/${FOLDER}`, manifest: MANIFEST };
    const endpoint = `http://127.0.0.1:${server.address().port}`;
    return await invokeBundled('summarize-fleet', event, endpoint, [
      `--max-old-space-size=${CONFIGURED_MEGABYTES}`,
    ]);
  } finally {
    server.close();
  }
}

function* lines(count, make) {
  const part = [];
  for (let number = 0; number < count; number += 1) {
    part.push(`${JSON.stringify(make(itemAt(number)))}\n`);
    if (part.length === 200 || number === count - 1) yield part.splice(0).join('');
  }
}

function itemAt(number) {
  const id = `store-${String(number).padStart(6, '0')}`;
  return { id, folder: id, train: { prefix: `input/${id}/train/` }, maxTrainingJobs: 10 };
}

/**
 * A child execution of a Map state, in the format of its ResultWriter. The output has the members that a fleet with
 * final training and reports returns.
 */
function childOf(item) {
  const { id } = item;
  const value = 0.1 + (Number(id.slice(-6)) % 997) / 1000;
  const job = `fleet-${id}-20261130-a1b2c3`;
  const objective = { metric: 'validation:rmse', type: 'Minimize', value };
  const model = (name) => `s3://data/models/${id}/${name}/output/model.tar.gz`;
  const output = {
    tuningJob: { name: job, status: 'Completed' },
    bestTrainingJob: { name: `${job}-007-5f2e8a1c`, objective, modelArtifacts: model(`${job}-007`) },
    finalTrainingJob: {
      name: `${job}-final`,
      metrics: { 'train:rmse': value / 2, 'validation:rmse': value, 'train:mae': value / 3 },
      modelArtifacts: model(`${job}-final`),
    },
    report: `s3://data/reports/${id}/${job}/report.html`,
    instanceSeconds: 1234,
  };
  return {
    ExecutionArn: `arn:aws:states:eu-west-1:111122223333:execution:Fleet/TuneItems:${id}`,
    Input: JSON.stringify(item),
    Name: id,
    Output: JSON.stringify(output),
    StartDate: '2026-11-30T01:02:03.456Z',
    Status: 'SUCCEEDED',
    StopDate: '2026-11-30T01:12:03.456Z',
  };
}
