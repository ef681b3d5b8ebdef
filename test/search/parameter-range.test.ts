import { CfnParameter } from 'aws-cdk-lib';
import { ParameterRange, ScalingType } from '../../lib';
import { stackOf } from '../fixtures';

test('numbers become strings, as in the API', () => {
  expect(ParameterRange.integer('max_depth', { min: 3, max: 10 })._render()).toEqual({
    Name: 'max_depth',
    MinValue: '3',
    MaxValue: '10',
    ScalingType: 'Auto',
  });
  expect(
    ParameterRange.continuous('alpha', { min: 1e-8, max: 0.5, scaling: ScalingType.LOGARITHMIC })._render(),
  ).toEqual({ Name: 'alpha', MinValue: '1e-8', MaxValue: '0.5', ScalingType: 'Logarithmic' });
});

test('categories are listed unchanged', () => {
  expect(ParameterRange.categorical('booster', ['dart', 'gbtree'])._render()).toEqual({
    Name: 'booster',
    Values: ['dart', 'gbtree'],
  });
});

test('numbers that are known only at deploy time become strings too', () => {
  const stack = stackOf();
  const max = new CfnParameter(stack, 'Max', { type: 'Number' }).valueAsNumber;
  const range = ParameterRange.integer('max_depth', { min: 3, max });
  expect(stack.resolve(range._render())).toMatchObject({ MinValue: '3', MaxValue: { Ref: 'Max' } });
  expect(range._size()).toBeUndefined();
});

test.each<[string, ParameterRange, number | undefined]>([
  ['whole numbers', ParameterRange.integer('x', { min: -1, max: 3 }), 5],
  ['real numbers', ParameterRange.continuous('x', { min: 1, max: 3 }), undefined],
  ['categories', ParameterRange.categorical('x', ['a', 'b', 'c']), 3],
])('%s are counted', (_name, range, size) => {
  expect(range._size()).toBe(size);
});
