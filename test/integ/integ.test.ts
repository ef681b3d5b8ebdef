import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import type { Json } from '../fixtures';

const APPS = readdirSync(__dirname)
  .map((file) => /^integ\.(.+)\.ts$/.exec(file)?.[1])
  .filter((name) => name !== undefined && name !== 'test');

/**
 * The templates of an app without the parts that differ between runs: asset hashes, and timestamps that make API calls
 * unique.
 */
function templatesOf(name: string): Json {
  const { app } = require(join(__dirname, `integ.${name}`)) as { app: App };
  const { stacks } = app.synth();
  return stacks.map(({ template }) =>
    JSON.parse(
      JSON.stringify(template)
        .replace(/[0-9a-f]{64}/g, '<hash>')
        .replace(/"salt":"\d+"/g, '"salt":"<time>"'),
    ),
  );
}

test.each(APPS)('integ.%s.ts synthesizes the templates of its snapshot', (name) => {
  const templates = templatesOf(String(name));
  expect(templates.length).toBeGreaterThan(1);
  expect(templates).toMatchSnapshot();
});
