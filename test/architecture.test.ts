import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import * as ts from 'typescript';

const PROJECT = join(__dirname, '..');
const SOURCES = ['lib', 'lambda', 'bin', 'local/src'].flatMap((folder) =>
  readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file}`)
    .filter((file) => /\.(ts|cjs)$/.test(file) && !file.endsWith('.d.ts') && !file.includes('/bundle/')),
);

/** The source files that a source file imports, including type-only imports. */
const IMPORTS: ReadonlyMap<string, readonly string[]> = new Map(
  SOURCES.map((file) => {
    const { importedFiles } = ts.preProcessFile(readFileSync(join(PROJECT, file), 'utf8'), true, true);
    const paths = importedFiles.flatMap(({ fileName }) =>
      fileName.startsWith('.') ? [normalize(join(file, '..', fileName))] : [],
    );
    return [file, paths.flatMap((path) => sourceAt(path) ?? [])];
  }),
);

function sourceAt(path: string): string | undefined {
  return [path, `${path}.ts`, `${path}/index.ts`].find((candidate) => SOURCES.includes(candidate));
}

/** The imports that `docs/architecture.md` allows: folder → folders. */
function mayImport(heading: string): ReadonlyMap<string, readonly string[]> {
  const text = readFileSync(join(PROJECT, 'docs/architecture.md'), 'utf8');
  const table = text.slice(text.indexOf(heading)).split('\n\n')[0] ?? '';
  const rows = table.split('\n').slice(2);
  return new Map(
    rows.map((row) => {
      const cells = row.split('|').map((cell) => cell.trim());
      const paths = (cell = '') => [...cell.matchAll(/`([^`]+?)\/?`/g)].map(([, path]) => String(path));
      return [String(paths(cells[1])[0]), paths(cells.at(-2))];
    }),
  );
}

test.each([
  // The evaluator process loads programs from the folders that use the evaluator.
  ['local/src', ['states', 'training']],
  ['local/src/services', []],
])('folders of %s import only what docs/architecture.md says', (root, mutual) => {
  const allowed = mayImport(`| Folder of \`${root}\``);
  const folderOf = (file: string) =>
    file.startsWith(`${root}/`) ? /^([^/]+)\//.exec(file.slice(root.length + 1))?.[1] : undefined;
  const broken = [...IMPORTS].flatMap(([file, imported]) => {
    const from = folderOf(file);
    if (from === undefined) return [];
    const may = allowed.get(from) ?? [];
    return imported
      .filter((other) => {
        const to = folderOf(other);
        return to !== undefined && to !== from && !may.includes(to);
      })
      .map((other) => `${file} imports ${other}`);
  });
  expect(broken).toEqual([]);
  const folders = new Set(SOURCES.flatMap((file) => folderOf(file) ?? []));
  expect([...allowed.keys()].sort()).toEqual([...folders].sort());
  const both = [...allowed].flatMap(([folder, may]) =>
    may.filter((other) => other !== 'evaluator' && allowed.get(other)?.includes(folder)),
  );
  expect(both).toEqual(mutual);
});

test('the construct library, the Lambda functions, the app and local mode import only what they may share', () => {
  const may: Readonly<Record<string, RegExp>> = {
    lib: /^lib\//,
    lambda: /^(lambda|local\/src\/(failure-reasons|markup))\//,
    bin: /^(bin|lib|local\/src\/tables)\//,
    local: /^local\//,
  };
  const broken = [...IMPORTS].flatMap(([file, imported]) =>
    imported
      .filter((other) => !may[String(file.split('/')[0])]?.test(other))
      .map((other) => `${file} → ${other}`),
  );
  expect(broken).toEqual([]);
});

test('Lambda functions share only the code in lambda/shared', () => {
  const functionOf = (file: string) => /^lambda\/([^/]+)\//.exec(file)?.[1];
  const broken = [...IMPORTS].flatMap(([file, imported]) =>
    imported
      .filter(
        (other) => functionOf(file) && ![functionOf(file), 'shared', undefined].includes(functionOf(other)),
      )
      .map((other) => `${file} → ${other}`),
  );
  expect(broken).toEqual([]);
});

/** Import cycles, each listed once. Type-only imports count as imports. */
function cyclesIn(files: readonly string[]): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) found.push([...path.slice(start), file].join(' → '));
    if (start >= 0 || done.has(file)) return;
    for (const imported of IMPORTS.get(file) ?? []) visit(imported, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return found;
}

test('the only import cycles are those of the recursive interpreter', () => {
  // lib/ is excluded: its public props types are next to their constructs.
  const files = SOURCES.filter((file) => !file.startsWith('lib/'));
  const graph = 'local/src/states/execution/run-graph.ts';
  const cycles = cyclesIn(files).filter((cycle) => !cycle.includes('lib/'));
  expect(cycles.filter((cycle) => !cycle.includes(graph))).toEqual([]);
  expect(cycles).not.toEqual([]);
});

test('the sources are found, together with their imports', () => {
  expect(IMPORTS.get('local/src/index.ts')).toContain('local/src/library/local-mode.ts');
  expect(IMPORTS.get('local/src/evaluator/host.cjs')).toContain('local/src/states/jsonata/evaluate.cjs');
});
