import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { synthesize } from '../src/library/synthesize';

jest.setTimeout(120_000);

test('an app can tell that it is synthesized for local mode', async () => {
  // Within this project, so that its `cdk` is found.
  const cache = resolve(__dirname, '../../node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const project = mkdtempSync(join(cache, 'synthesize-'));
  try {
    const app = `require('fs').writeFileSync('context.json', process.env.CDK_CONTEXT_JSON ?? '')`;
    writeFileSync(join(project, 'app.cjs'), app);
    writeFileSync(join(project, 'cdk.json'), JSON.stringify({ app: 'node app.cjs' }));
    // The app synthesizes nothing, which `cdk` does not like: it has run by then.
    const synthesis = synthesize({
      project,
      root: join(project, 'root'),
      context: ['a=b'],
      onLine: () => {},
    });
    await expect(synthesis).rejects.toThrow('cdk synth ended with exit status');
    expect(JSON.parse(readFileSync(join(project, 'context.json'), 'utf8'))).toMatchObject({
      'cdk-sagemaker-tuning-local': 'true',
      a: 'b',
    });
  } finally {
    rmSync(project, { recursive: true });
  }
});
