import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Json } from './fixtures';

const PROJECT = join(__dirname, '..');

/** The jsii assembly, which describes the public API. */
export function assembly(): Json {
  const path = join(PROJECT, '.jsii');
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch {
    throw new Error(`${path} is missing: run "npm run build:lib" first`);
  }
  const found = JSON.parse(content);
  if (found.schema !== 'jsii/file-redirect') return found;
  return JSON.parse(gunzipSync(readFileSync(join(PROJECT, found.filename))).toString());
}
