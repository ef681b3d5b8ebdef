// (g) The evaluation of a model. Runs the bundled function in a separate process, with predictions of 5 million rows. A
// local server replaces S3. For comparison, pandas reads the same file and scikit-learn computes the same metrics,
// except their confidence intervals, which scikit-learn does not support. Fails if the function and scikit-learn differ
// in the first 6 digits of a metric.
//
//   npm run bench:evaluate -- [--rows 5000000] [--check]
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { invokeBundled } from './bundled-function.mjs';
import { printHead, printTable, printTarget } from './measures.mjs';
import { runPeer } from './python.mjs';

const TARGET_MEGABYTES = 512;
const KEY = 'predictions/test.csv.out';

const { values: options } = parseArgs({
  options: { check: { type: 'boolean' }, rows: { type: 'string', default: '5000000' } },
});
const rows = Number(options.rows);

/** The columns of each problem, and a function that creates a row from two pseudorandom numbers in [0, 1). */
const PROBLEMS = {
  Regression: {
    columns: ['label', 'prediction'],
    rowOf: (one, other) => `${(10 * one).toFixed(3)},${Math.fround(10 * one + other)}`,
  },
  BinaryClassification: {
    columns: ['label', 'weight', 'prediction'],
    rowOf: (one, other) =>
      `${one < 0.1 ? 1 : 0},${(1 + other).toFixed(3)},${Math.fround((1 - one + other) / 2)}`,
  },
  MulticlassClassification: {
    columns: ['label', 'prediction'],
    rowOf: (one, other) => {
      const [first, second] = [Math.fround(one * other), Math.fround(one * (1 - other))];
      return `${other < 0.3 ? 0 : one < 0.5 ? 1 : 2},${first},${second},${Math.fround(1 - one)}`;
    },
  },
};

printHead(`(g) The evaluation of a model, ${rows.toLocaleString('en-US')} rows`);
const table = [['problem', 'file', 'function', 'memory', 'scikit-learn', 'memory']];
let most = 0;
for (const [type, { columns, rowOf }] of Object.entries(PROBLEMS)) {
  const folder = mkdtempSync(join(tmpdir(), 'evaluate-'));
  try {
    const file = join(folder, 'predictions.csv');
    await writeRows(file, rowOf);
    const problem = { type, ...(type.startsWith('Multi') && { classes: 3 }) };
    const found = await invoke(file, { problem, columns });
    const peer = await runPeer('evaluate.py', JSON.stringify({ file, columns, problem }));
    compare(found.result.evaluation.metrics, peer.result.metrics);
    most = Math.max(most, found.megabytes);
    table.push([
      `${type}${columns.includes('weight') ? ', weighted' : ''}`,
      `${(statSync(file).size / 1e6).toFixed(0)} MB`,
      `${found.seconds.toFixed(1)} s`,
      `${found.megabytes.toFixed(0)} MB`,
      `${peer.seconds.toFixed(1)} s`,
      `${peer.result.megabytes.toFixed(0)} MB`,
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
printTable(table);
console.log();
printTarget('megabytes', most, TARGET_MEGABYTES, 0);

async function writeRows(file, rowOf) {
  const output = createWriteStream(file);
  const share = (row, factor) => ((row * factor) % 1_000_003) / 1_000_003;
  for (let row = 0; row < rows; ) {
    const lines = [];
    for (const end = Math.min(row + 10_000, rows); row < end; row += 1) {
      lines.push(rowOf(share(row, 7919), share(row, 104_729)));
    }
    if (!output.write(`${lines.join('\n')}\n`)) await once(output, 'drain');
  }
  output.end();
  await once(output, 'finish');
}

/**
 * Runs the function with a server that replaces S3. The server lists and returns one object, and accepts
 * `evaluation.json`.
 */
async function invoke(file, settings) {
  const { size } = statSync(file);
  const server = createServer((request, response) => {
    if (request.method === 'PUT') {
      request.resume().on('end', () => response.end());
    } else if (request.url?.includes(KEY)) {
      response.writeHead(200, { 'content-length': size });
      createReadStream(file).pipe(response);
    } else {
      response.writeHead(200, { 'content-type': 'application/xml' });
      response.end(
        `<ListBucketResult><Contents><Key>${KEY}</Key><Size>${size}</Size></Contents></ListBucketResult>`,
      );
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const event = {
    predictions: 's3://bucket/predictions/',
    statistics: 's3://bucket/evaluation.json',
    ...settings,
  };
  try {
    return await invokeBundled('evaluate-model', event, `http://127.0.0.1:${server.address().port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

function compare(metrics, wanted) {
  for (const [name, value] of Object.entries(wanted)) {
    const found = metrics[name]?.value;
    if (!(Math.abs(found - value) <= 5e-7 * Math.abs(value))) {
      throw new Error(`${name} is ${found}, but ${value} in scikit-learn`);
    }
  }
}
