import { relative } from 'node:path';

/** Text of a metric's value: as many decimals as XGBoost prints. */
export function formatMetric(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(5);
}

/** Text of a number of seconds. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** Text of a hyperparameter: 4 digits tell enough in a table. */
export function formatHyperparameter(value: string): string {
  const number = Number(value);
  return value === '' || Number.isNaN(number) || Number.isInteger(number)
    ? value
    : String(Number(number.toPrecision(4)));
}

/** A path as a person would type it here. */
export function formatPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}
