import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { PYTHON_FOLDER, PythonProcess } from '../../src/training/python-process';
import { defaultEnvironment, SETUP_TIMEOUT, temporaryFolder } from './support';

let python: string;

beforeAll(async () => {
  ({ python } = await defaultEnvironment());
}, SETUP_TIMEOUT);

/** Runs Python code in a local mode process and returns the messages of the process. */
function startScript(code: string): { process: PythonProcess; messages: unknown[] } {
  const file = join(temporaryFolder(), 'script.py');
  writeFileSync(file, code);
  const messages: unknown[] = [];
  const process = new PythonProcess(python, relative(PYTHON_FOLDER, file), (message) =>
    messages.push(message),
  );
  return { process, messages };
}

test('a process that dies while it writes a message does not affect other processes', async () => {
  const { process, messages } = startScript(`
import os, signal
os.write(1, b'{"ready": true}\\n{"job": 1}\\n{"job": 1, "log": ["[0]')
os.kill(os.getpid(), signal.SIGKILL)
`);
  expect(await process.ready).toEqual({ ready: true });
  await expect(process.ended).resolves.toMatchObject({ signal: 'SIGKILL' });
  expect(messages).toEqual([{ job: 1 }]);
});

test('a process that prints something other than messages is killed, and the error contains the output', async () => {
  const { process } = startScript(`
import time
print("Segmentation fault imminent", flush=True)
time.sleep(60)
`);
  await expect(process.ready).rejects.toThrow(/it said "Segmentation fault imminent"/);
});

test('an unresponsive process is killed', async () => {
  const { process } = startScript(`
import time
print("{}", flush=True)
time.sleep(60)
`);
  await process.ready;
  await process.close(50);
  expect(process.isRunning).toBe(false);
});
