// Translates the TypeScript snippets of the README, of docs/ and of docstrings with jsii-rosetta, in strict mode: each of
// them must compile. What a snippet takes for granted is in rosetta/default.ts-fixture.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/** The assembly that jsii describes the package in. */
function readAssembly() {
  const found = JSON.parse(readFileSync(join(PROJECT, '.jsii'), 'utf8'));
  if (found.schema !== 'jsii/file-redirect') return found;
  return JSON.parse(gunzipSync(readFileSync(join(PROJECT, found.filename))));
}

/** The pages below docs/ with snippets for CDK apps: tests with local mode are TypeScript only. */
function pages() {
  const names = readdirSync(join(PROJECT, 'docs')).filter((name) => name.endsWith('.md'));
  const texts = names.map((name) => readFileSync(join(PROJECT, 'docs', name), 'utf8'));
  return texts.filter((text) => !text.includes("'cdk-sagemaker-tuning-local'"));
}

/** Writes the translations to a file, which is the `--rosetta-tablet` of jsii-pacmak. */
export function translateSnippets(tablet) {
  const folder = mkdtempSync(join(tmpdir(), 'snippets-'));
  try {
    // jsii-rosetta reads the README of an assembly and no other page: here the pages are part of it.
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
