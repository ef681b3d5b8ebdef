import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const PROJECT = join(__dirname, '../..');

/** All Markdown pages of the repository, as paths relative to its root. */
export const PAGES: readonly string[] = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.md', '.github/*.md'],
  { cwd: PROJECT, encoding: 'utf8' },
)
  .trim()
  .split('\n')
  // API.md and its links are generated from the docstrings.
  .filter((page) => page !== 'API.md');

export const readPage = (page: string): string => readFileSync(join(PROJECT, page), 'utf8');

/** A code block: its language, the code, and the line where it begins. */
export interface CodeBlock {
  readonly page: string;
  readonly line: number;
  readonly code: string;
}

/** The code blocks of a page in one language, such as `sh`. */
export function codeBlocks(page: string, language: string): CodeBlock[] {
  const text = readPage(page);
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ({ index, 1: code = '' }) => ({ page, line: text.slice(0, index).split('\n').length, code }),
  );
}

/** The text of a page without code. */
export const withoutCode = (text: string): string =>
  text.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ' '));
