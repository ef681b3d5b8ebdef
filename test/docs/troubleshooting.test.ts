import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT, readPage } from './pages';

const PAGE = readPage('docs/troubleshooting.md');

/** All code in the given folders as one string. */
function codeOf(...folders: string[]): string {
  const files = folders.flatMap((folder) =>
    readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(?:ts|cjs|py)$/.test(file) && !file.endsWith('.d.ts') && !file.includes('bundle/'))
      .map((file) => join(PROJECT, folder, file)),
  );
  return files.map((file) => readFileSync(file, 'utf8')).join('\n');
}

const found = (text: string, pattern: RegExp) => [
  ...new Set([...text.matchAll(pattern)].map((match) => String(match.slice(1).find(Boolean)))),
];

/** Errors that the code itself catches, so users never see their names. */
const INTERNAL = ['NotUtf8Error'];

/** Error names in the code: in classes (`name = 'X'`), Fail states (`error: 'X'`) and catchers (`'Error': … 'X'`). */
function raisedNames(): string[] {
  const code = codeOf('lib', 'lambda', 'bin', 'local/src');
  const named = found(code, /\bname(?:: string)? = '([A-Z]\w+)';/g).filter((name) => !name.includes('.'));
  const failStates = found(codeOf('lib'), /\berror: '([A-Z]\w+)'/g);
  const catchers = found(codeOf('lib'), /'Error': (.+)/g).flatMap((line) => found(line, /'([A-Z]\w+)'/g));
  return [...new Set([...named, ...failStates, ...catchers])].filter((name) => !INTERNAL.includes(name));
}

/**
 * The `States.*` error names that the interpreter raises. Leaves out intrinsic functions and wildcards, whose names
 * also begin with `States.`.
 */
function statesNames(): string[] {
  const functions = found(
    readFileSync(join(PROJECT, 'local/src/states/jsonpath/intrinsics.ts'), 'utf8'),
    /'(States\.\w+)'/g,
  );
  const wildcards = ['States.ALL'];
  return found(codeOf('local/src'), /'(States\.\w+)'/g).filter(
    (name) => ![...functions, ...wildcards].includes(name),
  );
}

const sorted = (names: readonly string[]) => [...names].sort();

test('the page has exactly one section for each error name that the code raises', () => {
  const sections = found(PAGE, /^### (\w+)$/gm);
  expect(raisedNames().length).toBeGreaterThan(15);
  expect(sorted(sections)).toEqual(sorted(raisedNames()));
});

test('the page lists exactly the errors of the States Language that local mode raises', () => {
  expect(sorted(found(PAGE, /^\| `(States\.\w+)` \|/gm))).toEqual(sorted(statesNames()));
});

test('the failure reasons and error codes on the page occur in the code', () => {
  const code = codeOf('local/src', 'local/python');
  const reasons = found(PAGE, /^\| `(\w+Error)(?:: \w+)?` \|/gm);
  expect(reasons).toEqual(expect.arrayContaining(['ClientError', 'AlgorithmError', 'InternalServerError']));
  const table = PAGE.slice(PAGE.indexOf('## Errors of AWS APIs'));
  const codes = found(table, /`([A-Z][a-z]+[A-Z]\w+|SlowDown)`/g).filter((name) => !name.includes('-'));
  expect(codes.length).toBeGreaterThan(10);
  expect([...reasons, ...codes].filter((name) => !code.includes(name))).toEqual([]);
});

test('each section says something', () => {
  for (const section of PAGE.split(/^#{2,3} /m).slice(1)) {
    const [, ...text] = section.trim().split('\n');
    if (/^Local mode|^Executions|^Synthesis/.test(section)) continue;
    expect(text.join('').length).toBeGreaterThan(60);
  }
});
