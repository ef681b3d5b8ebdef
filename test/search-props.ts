import {
  Algorithm,
  ParameterRange,
  type ScalingType,
  type TuningFragmentProps,
  XGBoostVersion,
} from '../lib';
import { fragment, stackOf } from './fixtures';

export type Props = Partial<TuningFragmentProps>;

/** The problems reported about a search, one per line. */
export function problemsOf(props: Props, stack = stackOf()): string[] {
  try {
    fragment(props, stack);
    return [];
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'TuningValidationError') throw error;
    const [title, ...lines] = error.message.split('\n');
    expect(title).toMatch(/^Stack\/Tuning: (1 problem|\d+ problems) found:$/);
    return lines.map((line) => line.replace(/^ {2}- /, ''));
  }
}

export const ETA = ParameterRange.continuous('eta', { min: 0.1, max: 0.5 });
export const DEPTH = ParameterRange.categorical('max_depth', ['3', '5']);
export const ranges = (...parameterRanges: ParameterRange[]): Props => ({ parameterRanges });
export const int = (name: string, min: number, max: number, scaling?: ScalingType) =>
  ParameterRange.integer(name, { min, max, scaling });
export const real = (name: string, min: number, max: number, scaling?: ScalingType) =>
  ParameterRange.continuous(name, { min, max, scaling });
export const choice = (name: string, ...values: string[]) => ParameterRange.categorical(name, values);
export const fixed = (values: Record<string, string>): Props => ({
  hyperparameters: { num_round: '100', ...values },
});
export const many = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i));

/** XGBoost without the algorithm's rules, so that only SageMaker's limits are checked. */
export const UNKNOWN = {
  algorithm: Algorithm.xgboost({ version: XGBoostVersion.of('9.9-9'), registryAccount: '123456789012' }),
};
