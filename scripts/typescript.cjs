// Lets Node.js run TypeScript, like ts-node with swc, and keeps the JavaScript in node_modules/.cache/typescript, so that
// swc compiles only files that have changed:
//
//   node --require ./scripts/typescript.cjs bin/tuning.ts
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const FOLDER = join(__dirname, '..', 'node_modules', '.cache', 'typescript');
const OPTIONS = {
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};
const COMPILER = JSON.stringify([require('@swc/core/package.json').version, OPTIONS]);

const others = { ...require.extensions };
for (const extension of Object.keys(others)) delete require.extensions[extension];
// Registers .ts before the other extensions, because `npm run build` writes compiled JavaScript next to lib/*.ts.
require.extensions['.ts'] = (module, file) => module._compile(javaScriptOf(file), file);
Object.assign(require.extensions, others);
process.setSourceMapsEnabled(true);

/** Returns the JavaScript of a file. Takes it from the cache unless the source has changed. */
function javaScriptOf(file) {
  const source = readFileSync(file, 'utf8');
  const cached = join(FOLDER, `${hash(file)}.js`);
  const mark = `\n// ${hash(COMPILER + source)}`;
  const before = read(cached);
  if (before?.endsWith(mark)) return before;
  const { code } = require('@swc/core').transformSync(source, { ...OPTIONS, filename: file });
  write(cached, code + mark);
  return code;
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Writes to a separate file first, because several processes can write the same file at the same time. If the folder is
 * not writable, nothing is cached.
 */
function write(path, text) {
  const own = `${path}.${process.pid}`;
  try {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(own, text);
    renameSync(own, path);
  } catch {}
}

function hash(text) {
  return createHash('sha256').update(text).digest('hex');
}
