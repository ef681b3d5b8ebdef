// Compiles src/ to dist/, for the npm package: JavaScript and declarations, and the files that are run as they are.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const inPackage = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

// What was compiled from a source that is gone must not be packed.
rmSync(inPackage('dist'), { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '--project', inPackage('tsconfig.build.json')], { stdio: 'inherit' });
// What is not compiled: the host of Lambda functions, a program of its own, and data.
cpSync(inPackage('src'), inPackage('dist'), { recursive: true, filter: (path) => !path.endsWith('.ts') });
chmodSync(inPackage('dist/cli.js'), 0o755);
