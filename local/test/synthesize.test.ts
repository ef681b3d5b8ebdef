import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { synthesize } from '../src/library/synthesize';

let project: string;

beforeEach(() => {
  // A folder below this project, so that the project's `cdk` is found.
  const cache = resolve(__dirname, '../../node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  project = mkdtempSync(join(cache, 'synthesize-'));
});

afterEach(() => rmSync(project, { recursive: true }));

/** The environment that an app sees while it is synthesized. */
async function environmentOfApp(): Promise<NodeJS.ProcessEnv> {
  const app = `require('fs').writeFileSync('env.json', JSON.stringify(process.env))`;
  writeFileSync(join(project, 'app.cjs'), app);
  writeFileSync(join(project, 'cdk.json'), JSON.stringify({ app: 'node app.cjs' }));
  // The app writes no cloud assembly, so `cdk` fails after the app has run.
  const synthesis = synthesize({ project, root: join(project, 'root'), context: ['a=b'], onLine: () => {} });
  await expect(synthesis).rejects.toThrow('cdk synth failed with exit status');
  return JSON.parse(readFileSync(join(project, 'env.json'), 'utf8')) as NodeJS.ProcessEnv;
}

test('an app can find out that it is synthesized for local mode', async () => {
  const { CDK_CONTEXT_JSON } = await environmentOfApp();
  expect(JSON.parse(CDK_CONTEXT_JSON ?? '')).toMatchObject({
    'cdk-sagemaker-tuning-local': 'true',
    a: 'b',
  });
});

describe('Node.js keeps compiled code', () => {
  afterEach(() => {
    delete process.env.NODE_COMPILE_CACHE;
  });

  test('in the node_modules folder of the project', async () => {
    mkdirSync(join(project, 'node_modules'));
    const { NODE_COMPILE_CACHE } = await environmentOfApp();
    expect(NODE_COMPILE_CACHE).toBe(join(project, 'node_modules', '.cache', 'node-compile-cache'));
  });

  test('nowhere if the project has no node_modules folder', async () => {
    expect(await environmentOfApp()).not.toHaveProperty('NODE_COMPILE_CACHE');
  });

  test('in the folder that the user chose', async () => {
    mkdirSync(join(project, 'node_modules'));
    process.env.NODE_COMPILE_CACHE = join(project, 'chosen');
    expect((await environmentOfApp()).NODE_COMPILE_CACHE).toBe(join(project, 'chosen'));
  });
});
