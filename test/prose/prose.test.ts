import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { findingsIn } from './prose';
import { WORDS } from './words';

const PROJECT = join(__dirname, '../..');

/** The folders and files that people read. */
const READ = [
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'README.md',
  'SECURITY.md',
  'bench',
  'bin',
  'data',
  'docs',
  'examples',
  'lambda',
  'lib',
  'local',
  'scripts',
  'test',
];

/** Source files and pages under a path, without build output. */
function filesBelow(path: string): string[] {
  if (!statSync(join(PROJECT, path)).isDirectory()) return [join(PROJECT, path)];
  return (
    readdirSync(join(PROJECT, path), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(?:md|ts|cjs|mjs|py)$/.test(file) && !file.endsWith('.d.ts'))
      .filter((file) => !/(?:^|\/)(?:node_modules|bundle|dist|cdk\.out|\.venv|\.local)\//.test(file))
      .map((file) => join(PROJECT, path, file))
      // Excluded, because these files quote the wordings to avoid.
      .filter((file) => !file.startsWith(__dirname))
  );
}

const findingsBelow = (path: string) =>
  filesBelow(path).flatMap((file) => findingsIn(file).map((finding) => relative(PROJECT, finding)));

// `PROSE=lib/search npx jest test/prose` checks only one folder.
const asked = process.env['PROSE'];
test.each(asked ? [asked] : READ)('%s is in plain English (docs/glossary.md)', (path) => {
  expect(filesBelow(path)).not.toEqual([]);
  expect(findingsBelow(path)).toEqual([]);
});

describe('the linter', () => {
  test.each(WORDS.flatMap(({ write, wrong }) => wrong.map((sentence) => [sentence, write])))(
    'finds “%s”',
    (sentence, write) => {
      for (const [file, text] of [
        ['page.md', `A page.\n\n${sentence}.\n`],
        ['source.ts', `/** A class: ${sentence}. */\nclass A {}\n`],
        ['source.ts', `class A {\n  a = 1;\n  // Note that ${sentence}.\n}\n`],
        ['a.test.ts', `test.each([1])('${sentence}', () => {});\n`],
        ['source.ts', `throw new Error(\`The \${a} is wrong: ${sentence}\`);\n`],
        ['source.py', `"""A module: ${sentence}."""\n`],
        ['source.py', `x = 1  # note that ${sentence}\n`],
      ]) {
        const findings = findingsIn(String(file), text);
        expect(findings).toEqual([expect.stringContaining(String(write))]);
      }
    },
  );

  test.each(WORDS.flatMap(({ right = [] }) => right.map((sentence) => [sentence])))(
    'lets “%s” pass',
    (sentence) => expect(findingsIn('page.md', `${sentence}.`)).toEqual([]),
  );

  test('leaves code alone', () => {
    expect(findingsIn('page.md', 'Run `go on`.\n\n```sh\nbesides\n```\n\nSee [this](besides.md).')).toEqual(
      [],
    );
    expect(findingsIn('a.ts', "const besides = 'besides';\n/** `besides` */\n")).toEqual([]);
    expect(findingsIn('a.test.ts', "test('besides', () => f('besides'));\n")).toHaveLength(1);
  });

  test('reports the file, the line and the replacement', () => {
    expect(findingsIn('page.md', 'One.\n\nTwo goes on.\n')).toEqual([
      expect.stringMatching(/^page\.md:3: "goes on" .*: write resume, continue$/),
    ]);
    expect(findingsIn('page.md', '# Page\n\n## What there is\n')).toEqual([
      'page.md:3: heading "What there is": name the content',
    ]);
  });
});

test('docs/glossary.md has the same words', () => {
  const page = readFileSync(join(PROJECT, 'docs/glossary.md'), 'utf8');
  for (const { write, not } of WORDS) {
    expect(page).toContain(`| ${write} | ${not.map((wording) => `\`${wording}\``).join(', ')} |`);
  }
});
