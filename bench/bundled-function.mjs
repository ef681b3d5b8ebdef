// Runs a bundled Lambda function in its own process, without other code, so that its time and memory can be measured.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from './local-mode.mjs';

/** Prints the function's result and its memory usage. */
const INVOKE = `
  const { handler } = require(process.env.BUNDLE);
  handler(JSON.parse(process.env.EVENT)).then((result) =>
    console.log(JSON.stringify({ result, megabytes: process.resourceUsage().maxRSS / 1024 })));`;

/**
 * Invokes a function. Returns its `result`, and the peak memory (`megabytes`) and elapsed time (`seconds`) of its
 * process.
 *
 * @param endpoint URL of a server that replaces AWS
 * @param flags options of Node.js
 */
export async function invokeBundled(name, event, endpoint, flags = []) {
  const started = performance.now();
  const child = spawn(process.execPath, [...flags, '--no-warnings', '-e', INVOKE], {
    env: {
      PATH: process.env['PATH'],
      BUNDLE: join(ROOT, 'lambda', name, 'bundle/index.js'),
      EVENT: JSON.stringify(event),
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'none',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  // The output is complete at the event `close`, not yet at `exit`.
  const [code] = await once(child, 'close');
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`the function ended with exit status ${code}`);
  return { ...JSON.parse(output), seconds };
}
