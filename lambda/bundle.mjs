// Bundles each lambda/<function>/index.ts into lambda/<function>/bundle/index.js when the library is built, so that a user's
// `cdk synth` needs neither esbuild nor Docker (docs/decisions/0003-lambda-bundled-at-build.md).
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeNotices } from '../scripts/third-party-notices.mjs';

const root = dirname(fileURLToPath(import.meta.url));
const functions = readdirSync(root).filter((name) => existsSync(join(root, name, 'index.ts')));
const metafiles = [];

for (const name of functions) {
  const outdir = join(root, name, 'bundle');
  rmSync(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    metafile: true,
    entryPoints: [join(root, name, 'index.ts')],
    outfile: join(outdir, 'index.js'),
    bundle: true,
    minify: true,
    // Minification must keep the names of classes, because `Catch` matches the names of errors.
    keepNames: true,
    platform: 'node',
    // Uses the SDK's ES modules, because its CommonJS build cannot be tree-shaken (902 KB instead of 340 KB).
    mainFields: ['module', 'main'],
    target: 'node20',
    format: 'cjs',
    legalComments: 'none',
    logLevel: 'warning',
  });
  metafiles.push(metafile);
}

// The style sheets and the browser scripts that are embedded in pages.
for (const name of functions.filter((each) => existsSync(join(root, each, 'client')))) {
  const { metafile } = await build({
    absWorkingDir: root,
    metafile: true,
    entryPoints: {
      page: join(root, name, 'client/main.ts'),
      style: join(root, name, 'page/style.css'),
    },
    outdir: join(root, name, 'bundle'),
    bundle: true,
    minify: true,
    platform: 'browser',
    target: ['chrome111', 'firefox113', 'safari16.4'],
    format: 'iife',
    legalComments: 'none',
    logLevel: 'warning',
  });
  metafiles.push(metafile);
}

const project = dirname(root);
const { bundleDependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
writeNotices(project, metafiles, bundleDependencies, join(project, 'THIRD-PARTY-NOTICES'));
