// Translates the TypeScript snippets in the README, docs/ and docstrings with jsii-rosetta, in strict mode: every
// snippet must compile. rosetta/default.ts-fixture has the declarations that snippets rely on.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/** The package's jsii assembly. */
function readAssembly() {
  const found = JSON.parse(readFileSync(join(PROJECT, '.jsii'), 'utf8'));
  if (found.schema !== 'jsii/file-redirect') return found;
  return JSON.parse(gunzipSync(readFileSync(join(PROJECT, found.filename))));
}

/** The pages in docs/ with snippets to translate. Local mode is TypeScript only, so its pages are excluded. */
function pages() {
  const names = readdirSync(join(PROJECT, 'docs')).filter((name) => name.endsWith('.md'));
  const texts = names.map((name) => readFileSync(join(PROJECT, 'docs', name), 'utf8'));
  return texts.filter((text) => !text.includes("'cdk-sagemaker-tuning-local'"));
}

/** Writes the translations to a file for jsii-pacmak's option `--rosetta-tablet`. */
export function translateSnippets(tablet) {
  const folder = mkdtempSync(join(tmpdir(), 'snippets-'));
  try {
    // jsii-rosetta reads only the README of an assembly, so the pages are appended to it.
    const assembly = readAssembly();
    assembly.readme.markdown = [assembly.readme.markdown, ...pages()].join('\n\n');
    writeFileSync(join(folder, '.jsii'), JSON.stringify(assembly));
    for (const name of ['package.json', 'lib', 'node_modules', 'rosetta']) {
      symlinkSync(join(PROJECT, name), join(folder, name));
    }
    const rosetta = join(PROJECT, 'node_modules/.bin/jsii-rosetta');
    const options = ['--strict', '--batch', '--trim-cache', '--cache-to', tablet];
    execFileSync(rosetta, ['extract', ...options, folder], { stdio: 'inherit' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
