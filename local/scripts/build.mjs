// Compiles src/ to dist/, for the npm package: JavaScript and declarations, and the files that are run as they are.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const inPackage = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

// What was compiled from a source that is gone must not be packed.
rmSync(inPackage('dist'), { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '--project', inPackage('tsconfig.build.json')], { stdio: 'inherit' });
for (const file of ['services/lambda/runtime-host.cjs'])
  copyFileSync(inPackage(`src/${file}`), inPackage(`dist/${file}`));
chmodSync(inPackage('dist/cli.js'), 0o755);
