import { scaleLinear, scaleLog, scalePoint } from 'd3-scale';
import { formatNumber } from '../shared/format';
import type { Job, Range } from './report-data';

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Maps the values of a range to positions between two points. */
export interface RangeScale {
  /** `undefined` if the value does not fit the kind of the range. */
  at(value: string | undefined): number | undefined;
  ticks(count: number): Tick[];
}

/** The scale on which SageMaker searches a range. Maps the values of the range to positions from `from` to `to`. */
export function rangeScale(range: Range, from: number, to: number): RangeScale {
  if (range.kind === 'Categorical') return categoricalScale(range.values ?? [], from, to);
  const { min = Number.NaN, max = Number.NaN } = range;
  if (range.scaling === 'Logarithmic' && min > 0) {
    return numericScale(logScale(min, max, from, to), (value) => value);
  }
  if (range.scaling === 'ReverseLogarithmic' && max < 1) {
    return numericScale(logScale(1 - max, 1 - min, to, from), (value) => 1 - value);
  }
  return numericScale(linearScale(range, from, to), (value) => value);
}

/**
 * `turn` maps values to the domain of the scale. It also maps the tick marks of the scale back to values, because it is
 * its own inverse.
 */
function numericScale(
  scale: { (value: number): number; ticks(count: number): number[] },
  turn: (value: number) => number,
): RangeScale {
  return {
    at(value) {
      const number = Number(value);
      if (value === undefined || value.trim() === '' || !Number.isFinite(number)) return undefined;
      const at = scale(turn(number));
      return Number.isFinite(at) ? at : undefined;
    },
    ticks: (count) =>
      scale
        .ticks(count)
        .map((tick) => ({ at: scale(tick), label: formatNumber(turn(tick)) }))
        .filter(({ at }) => Number.isFinite(at)),
  };
}

function linearScale({ kind, min = Number.NaN, max = Number.NaN }: Range, from: number, to: number) {
  const scale = scaleLinear([min, max], [from, to]);
  const ticks = (count: number) =>
    scale.ticks(count).filter((tick) => kind !== 'Integer' || Number.isInteger(tick));
  return Object.assign((value: number) => scale(value), { ticks });
}

/** A logarithmic scale. Marks powers of ten, or other round numbers if the range has fewer than two powers of ten. */
function logScale(min: number, max: number, from: number, to: number) {
  const scale = scaleLog([min, max], [from, to]);
  const ticks = (count: number): number[] => {
    const first = Math.ceil(Math.log10(min) - 1e-9);
    const last = Math.floor(Math.log10(max) + 1e-9);
    const step = Math.max(1, Math.ceil((last - first + 1) / count));
    const powers: number[] = [];
    for (let power = first; power <= last; power += step) powers.push(10 ** power);
    return powers.length >= 2
      ? powers
      : scale.ticks(count).filter((_tick, index, all) => index % Math.ceil(all.length / count) === 0);
  };
  return Object.assign((value: number) => scale(value), { ticks });
}

function categoricalScale(values: readonly string[], from: number, to: number): RangeScale {
  const scale = scalePoint(values, [from, to]).padding(0.5);
  return {
    at: (value) => (value === undefined ? undefined : scale(value)),
    ticks: (count) => {
      const step = Math.max(1, Math.ceil(values.length / count));
      return values
        .filter((_value, index) => index % step === 0)
        .map((value) => ({ at: scale(value) ?? from, label: value }));
    },
  };
}

/** The range or, if its limits are unknown (Autotune), a range with the minimum and maximum of the jobs' values. */
export function withLimits(range: Range, jobs: readonly Job[]): Range {
  if (range.kind === 'Categorical' || (range.min !== undefined && range.max !== undefined)) return range;
  const texts = jobs.flatMap(({ hyperparameters }) => hyperparameters[range.name] ?? []);
  const numbers = texts.map(Number);
  return numbers.every(Number.isFinite)
    ? { ...range, min: Math.min(...numbers), max: Math.max(...numbers) }
    : { name: range.name, kind: 'Categorical', scaling: 'Linear', values: [...new Set(texts)] };
}
