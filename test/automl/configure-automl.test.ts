import { type AutoMlFragmentProps, DataLocation } from '../../lib';
import { evaluateJsonata } from '../evaluate-jsonata';
import { definitionIn, type Json, stackOf } from '../fixtures';
import { autoMlFragment, csv } from './fixtures';

/** The output of the state `Configure` for an execution input. */
async function configure(input: unknown, props: Partial<AutoMlFragmentProps> = {}): Promise<Json> {
  const stack = stackOf();
  const { Configure } = definitionIn(autoMlFragment(props, stack), stack).States;
  return evaluateJsonata(Configure.Output, { input });
}

const DEFAULTS = { target: 'price', train: 's3://data/train/', maxCandidates: 20 };
const VALIDATION = { validation: csv('validation') };

test('an empty input gives the settings of the construct', async () => {
  expect(await configure({})).toEqual({ settings: DEFAULTS });
  expect(await configure({}, { ...VALIDATION, maxCandidates: 3, target: 'rooms' })).toEqual({
    settings: { ...DEFAULTS, validation: 's3://data/validation/', maxCandidates: 3, target: 'rooms' },
  });
});

test.each<[string, object]>([
  ['another target', { target: 'rooms' }],
  ['a target with quotes', { target: 'the "price", in €' }],
  ['other data', { train: 's3://data/train/2026/a.csv' }],
  ['validation data, although the construct has none', { validation: 's3://data/train/v.csv' }],
  ['a number of candidates', { maxCandidates: 750 }],
  [
    'all of it',
    { target: 'a', train: 's3://data/train/b', validation: 's3://data/train/c', maxCandidates: 1 },
  ],
])('settings take %s from the input', async (_name, input) => {
  expect(await configure(input)).toEqual({ settings: { ...DEFAULTS, ...input } });
});

const KNOWN = 'the fields are target, train, validation, maxCandidates';

test.each<[string, unknown, string[]]>([
  ['a text', 'go', ['input: must be an object, got "go"']],
  ['null', null, ['input: must be an object, got null']],
  ['an unknown field', { label: 'a' }, [`label: is not a field of the input; ${KNOWN}`]],
  ['a target that is a number', { target: 5 }, ['target: must be the name of a column, got 5']],
  ['an empty target', { target: '' }, ['target: must be the name of a column, got ""']],
  ['data elsewhere', { train: 's3://other/x' }, ['train: must be within s3://data/train/, got s3://other/x']],
  ['data that is no place', { validation: null }, ['validation: must be an S3 URI, got null']],
  [
    'too many candidates',
    { maxCandidates: 751 },
    ['maxCandidates: must be a whole number from 1 to 750, got 751'],
  ],
  ['candidates as a string', { maxCandidates: '5' }, ['maxCandidates: must be a whole number, got "5"']],
  [
    'several at once',
    { target: [], maxCandidates: 0.5, more: 1 },
    [
      `more: is not a field of the input; ${KNOWN}`,
      'target: must be the name of a column, got []',
      'maxCandidates: must be a whole number from 1 to 750, got 0.5',
    ],
  ],
])('the problem with %s is named', async (_name, input, problems) => {
  expect(await configure(input)).toEqual({ problems });
});

test('data can be in additional locations if the construct allows them', async () => {
  const props = { allowedInputLocations: [DataLocation.fromUri('s3://lake')] };
  const input = { train: 's3://lake/houses.csv' };
  expect(await configure(input, props)).toEqual({ settings: { ...DEFAULTS, ...input } });
  expect((await configure({ train: 's3://lake-2/x' }, props)).problems).toHaveLength(1);
});

test('the input cannot set validation data if the construct has a validationFraction', async () => {
  expect(await configure({ validation: 's3://data/train/v' }, { validationFraction: 0.3 })).toEqual({
    problems: ['validation: is not a field of the input; the fields are target, train, maxCandidates'],
  });
});
