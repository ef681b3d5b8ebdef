// Compiles src/ to dist/ for the npm package: JavaScript, declarations, and files that are used uncompiled. Also writes
// THIRD-PARTY-NOTICES, with the notices of the projects whose files the package contains.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const inPackage = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

// Compiled files of deleted sources must not be packed.
rmSync(inPackage('dist'), { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '--project', inPackage('tsconfig.build.json')], { stdio: 'inherit' });
// Copies files that are not compiled: data, and the runtime of Lambda functions, which is a separate program.
cpSync(inPackage('src'), inPackage('dist'), { recursive: true, filter: (path) => !path.endsWith('.ts') });
chmodSync(inPackage('dist/cli.js'), 0o755);
// The AWS service models and this project have the same license, Apache-2.0.
const notices = ['src/services/model/NOTICE', 'LICENSE'].map((path) =>
  readFileSync(inPackage(path), 'utf8').trimEnd(),
);
writeFileSync(inPackage('THIRD-PARTY-NOTICES'), `${notices.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
