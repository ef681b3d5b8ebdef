import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scripts } from '../../package.json';
import { PROJECT, readPage } from './pages';

const WORKFLOWS = readdirSync(join(PROJECT, '.github/workflows'));
const read = (path: string) => readFileSync(join(PROJECT, '.github', path), 'utf8');

describe.each(WORKFLOWS)('.github/workflows/%s', (file) => {
  const workflow = read(`workflows/${file}`);

  test('has a comment that it has never run, and only read permissions', () => {
    expect(workflow).toMatch(/^# Never run/);
    expect(workflow).toMatch(/^permissions:\n {2}contents: read$/m);
    expect(workflow).not.toMatch(/secrets\.|: write$/m);
  });

  test('calls scripts that exist', () => {
    const called = [...workflow.matchAll(/npm run ([\w:-]+)/g)].map(([, script]) => String(script));
    expect(called.filter((script) => !Object.hasOwn(scripts, script))).toEqual([]);
  });
});

test('CI runs what .ci/run runs', () => {
  expect(read('workflows/ci.yml')).toContain('.ci/run');
});

test('the issue template for a first deployment asks for each step of the checklist', () => {
  const steps = [...readPage('docs/first-deployment.md').matchAll(/^## (\d)\. /gm)].map(([, step]) => step);
  const asked = [...read('ISSUE_TEMPLATE/first-deployment.yml').matchAll(/label: "(\d)\. /g)];
  // The last step of the checklist is to send this report.
  expect(asked.map(([, step]) => step)).toEqual(steps.slice(0, -1));
});
