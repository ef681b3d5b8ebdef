import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { assembly } from './assembly';
import type { Json } from './fixtures';

const PROJECT = resolve(__dirname, '..');

// Every change to the public API changes the snapshot, so reviewers notice the change.

const lastPart = (fqn: string) => String(fqn.split('.').at(-1));

/** A type as TypeScript writes it, such as `ParameterRange[]`. */
function typeText(type: Json): string {
  if (type === undefined) return 'void';
  if (type.fqn) return lastPart(type.fqn);
  if (type.primitive) return type.primitive;
  if (type.union) return type.union.types.map(typeText).join(' | ');
  const { kind, elementtype } = type.collection;
  return kind === 'array' ? `${typeText(elementtype)}[]` : `{ [name: string]: ${typeText(elementtype)} }`;
}

function parameterText({ name, type, optional, variadic }: Json): string {
  return `${variadic ? '...' : ''}${name}${optional ? '?' : ''}: ${typeText(type)}`;
}

function methodText({ name, static: isStatic, parameters = [], returns }: Json): string {
  return `${isStatic ? 'static ' : ''}${name}(${parameters.map(parameterText).join(', ')}): ${typeText(returns?.type)}`;
}

function propertyText({ name, static: isStatic, optional, type }: Json): string {
  return `${isStatic ? 'static ' : ''}${name}${optional ? '?' : ''}: ${typeText(type)}`;
}

/** A type of the API and its own members, one per line. */
function describeType(type: Json): string {
  const kind = type.datatype ? 'struct' : type.kind;
  const bases = [type.base, ...(type.interfaces ?? [])].filter((base) => base !== undefined).map(lastPart);
  const members = [
    ...(type.initializer
      ? [methodText({ name: 'constructor', ...type.initializer }).replace(/: void$/, '')]
      : []),
    ...(type.members ?? []).map(({ name }: Json) => name),
    ...(type.properties ?? []).map(propertyText).sort(),
    ...(type.methods ?? []).map(methodText).sort(),
  ];
  const title = `${type.abstract && kind === 'class' ? 'abstract ' : ''}${kind} ${type.name}`;
  return [bases.length > 0 ? `${title}: ${bases.join(', ')}` : title, ...members].join('\n  ');
}

test('the public API is what the snapshot lists', () => {
  const types: Json[] = Object.values<Json>(assembly().types).sort((a, b) => (a.name < b.name ? -1 : 1));
  expect(types.map(describeType).join('\n\n')).toMatchSnapshot();
});

test('API.md is current', () => {
  const folder = mkdtempSync(join(tmpdir(), 'api-'));
  try {
    const file = join(folder, 'API.md');
    execFileSync('npx', ['jsii-docgen', '--output', file], { cwd: PROJECT, stdio: 'ignore' });
    const isCurrent = readFileSync(file, 'utf8') === readFileSync(join(PROJECT, 'API.md'), 'utf8');
    // The two files are not compared with `expect` directly, because the diff would be unreadable.
    expect(isCurrent ? 'current' : 'run "npm run build:api"').toBe('current');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
