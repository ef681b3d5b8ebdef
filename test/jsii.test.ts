import { assembly } from './assembly';
import type { Json } from './fixtures';

/** A public member and the type that declares it. */
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

/** Whether a member overrides a member of aws-cdk-lib, and is therefore documented there. */
const inherited = ({ member }: Member) => member.overrides !== undefined;

/** The types of a member's value, return value and parameters. */
function typesOf({ member }: Member): Json[] {
  return [
    member.type,
    member.returns?.type,
    ...(member.parameters ?? []).map((parameter: Json) => parameter.type),
  ].filter((type) => type !== undefined);
}

const text = (type: Json) => JSON.stringify(type);

test('the assembly has the public API', () => {
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
  const undocumented = members.filter(
    (member) => member.kind !== 'constructor' && !inherited(member) && !member.member.docs?.summary,
  );
  expect(undocumented.map(({ name }) => name)).toEqual([]);
});

test('every constructor documents the errors that it throws', () => {
  const undocumented = members.filter(
    ({ type, kind, member }) => kind === 'constructor' && !type.abstract && !member.docs?.custom?.throws,
  );
  expect(undocumented.map(({ name }) => name)).toEqual([]);
});

test('every parameter of a constructor or method is documented', () => {
  const undocumented = members
    .filter((member) => !inherited(member))
    .flatMap(({ name, member }) =>
      (member.parameters ?? [])
        .filter(({ docs }: Json) => !docs?.summary)
        .map((parameter: Json) => `${name}(${parameter.name})`),
    );
  expect(undocumented).toEqual([]);
});

test('every optional property of a struct documents its default', () => {
  const undocumented = members.filter(
    ({ type, kind, member }) =>
      type.datatype && kind === 'property' && member.optional && !member.overrides && !member.docs?.default,
  );
  expect(undocumented.map(({ name }) => name)).toEqual([]);
});

test('no required property of a struct documents a default', () => {
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

test('there are no union types, because jsii cannot express them in other languages', () => {
  const unions = members.filter((member) => typesOf(member).some((type) => text(type).includes('"union"')));
  expect(unions.map(({ name }) => name)).toEqual([]);
});

/**
 * Maps whose values have any type in jsii, because the library checks the values itself. A number as a value then
 * causes the library's own error message in every language (decision 41).
 */
const CHECKED_MAPS = /\.(hyperparameters|finalHyperparameters)$/;

test('no type is any or JSON, into which jsii turns generics', () => {
  const vague = members.filter(
    (member) =>
      !CHECKED_MAPS.test(member.name) &&
      typesOf(member).some((type) => /"primitive":"(any|json)"/.test(text(type))),
  );
  expect(vague.map(({ name }) => name)).toEqual([]);
});

test('nothing private is exported', () => {
  expect(types.filter(({ locationInModule }) => /private\//.test(locationInModule?.filename))).toEqual([]);
  const leaking = members.filter(({ member }) => member.name?.startsWith('_'));
  expect(leaking.map(({ name }) => name)).toEqual([]);
});
