import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Json } from './fixtures';

/** The assembly that `jsii` describes the public API in. */
function assembly(): Json {
  const path = join(__dirname, '..', '.jsii');
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch {
    throw new Error(`${path} is missing: run "npm run build:lib" first`);
  }
  const found = JSON.parse(content);
  if (found.schema !== 'jsii/file-redirect') return found;
  return JSON.parse(gunzipSync(readFileSync(join(__dirname, '..', found.filename))).toString());
}

/** A public member, with the type it belongs to. */
interface Member {
  readonly name: string;
  readonly kind: 'property' | 'method' | 'constructor' | 'value';
  readonly type: Json;
  readonly member: Json;
}

const types: Json[] = Object.values(assembly().types);
const members: Member[] = types.flatMap((type): Member[] => {
  const list = (found: Json[] | undefined, kind: Member['kind']) =>
    (found ?? []).map((member) => ({ name: `${type.name}.${member.name ?? kind}`, kind, type, member }));
  return [
    ...list(type.properties, 'property'),
    ...list(type.methods, 'method'),
    ...list(type.initializer ? [type.initializer] : [], 'constructor'),
    ...list(type.members, 'value'),
  ];
});

/** Members whose documentation stands in the interface of aws-cdk-lib that they come from. */
const inherited = ({ member }: Member) => member.overrides !== undefined;

/** The types that a member takes and gives. */
function typesOf({ member }: Member): Json[] {
  return [
    member.type,
    member.returns?.type,
    ...(member.parameters ?? []).map((parameter: Json) => parameter.type),
  ].filter((type) => type !== undefined);
}

const text = (type: Json) => JSON.stringify(type);

test('the API is there', () => {
  const names = types.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(['TuningWorkflow', 'TuningFragment', 'Algorithm', 'DataLocation']),
  );
  expect(members.length).toBeGreaterThan(100);
});

test('every type is documented', () => {
  expect(types.filter(({ docs }) => !docs?.summary).map(({ name }) => name)).toEqual([]);
});

test('every member is documented', () => {
  const silent = members.filter(
    (member) => member.kind !== 'constructor' && !inherited(member) && !member.member.docs?.summary,
  );
  expect(silent.map(({ name }) => name)).toEqual([]);
});

test('every optional property of a struct tells its default', () => {
  const silent = members.filter(
    ({ type, kind, member }) =>
      type.datatype && kind === 'property' && member.optional && !member.overrides && !member.docs?.default,
  );
  expect(silent.map(({ name }) => name)).toEqual([]);
});

test('no property that has to be given tells a default', () => {
  const wrong = members.filter(
    ({ type, kind, member }) =>
      type.datatype && kind === 'property' && !member.optional && member.docs?.default,
  );
  expect(wrong.map(({ name }) => name)).toEqual([]);
});

test('all properties of structs are read-only', () => {
  const mutable = members.filter(
    ({ type, kind, member }) => type.datatype && kind === 'property' && !member.immutable,
  );
  expect(mutable.map(({ name }) => name)).toEqual([]);
});

test('there are no unions, which languages other than TypeScript have no type for', () => {
  const unions = members.filter((member) => typesOf(member).some((type) => text(type).includes('"union"')));
  expect(unions.map(({ name }) => name)).toEqual([]);
});

test('there is neither any, JSON nor what generics become', () => {
  const vague = members.filter((member) =>
    typesOf(member).some((type) => /"primitive":"(any|json)"/.test(text(type))),
  );
  expect(vague.map(({ name }) => name)).toEqual([]);
});

test('nothing private is exported', () => {
  expect(types.filter(({ locationInModule }) => /private\//.test(locationInModule?.filename))).toEqual([]);
  const leaking = members.filter(({ member }) => member.name?.startsWith('_'));
  expect(leaking.map(({ name }) => name)).toEqual([]);
});
