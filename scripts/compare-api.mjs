// Compares the public API with the last release, using jsii-diff. Fails on breaking changes, except in experimental
// members. Usage: npm run compare-api
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const NAME = 'cdk-sagemaker-tuning';

const run = (program, args) => spawnSync(program, args, { cwd: PROJECT, encoding: 'utf8' });

const { status, stdout, stderr } = run('npm', ['view', NAME, 'version']);
if (status !== 0 && !stderr.includes('E404')) {
  console.error(`npm could not find out the last release of ${NAME}:\n${stderr}`);
  process.exit(1);
}
if (status !== 0) {
  console.log(`${NAME} has no release yet: there is no API to compare with`);
} else {
  const diff = run('npx', ['jsii-diff', `npm:${NAME}@${stdout.trim()}`, '.']);
  console.log(`${diff.stdout}${diff.stderr}`);
  process.exit(diff.status ?? 1);
}
