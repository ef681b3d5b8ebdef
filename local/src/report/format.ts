import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Text of a metric's value: as many decimals as XGBoost prints. */
export function formatMetric(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(5);
}

/** Text of a number of seconds. */
export function formatSeconds(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Text of a number of seconds that is an estimate: it must not look exact. */
export function formatRoughly(seconds: number): string {
  if (seconds < 10) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 57.5) return `${Math.round(seconds / 5) * 5} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
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

const ESCAPE = '\u001b';
/** A colour, or a part between colours. */
const COLOURED = new RegExp(`(${ESCAPE}\\[[0-9;]*m)|([^${ESCAPE}]+)`, 'g');

/** A text in one line, cut to a number of columns; colours stay. */
export function cutToWidth(text: string, columns: number): string {
  const line = text.replace(/\s*\n\s*/g, ' ');
  if (stripVTControlCharacters(line).length <= columns) return line;
  let left = columns - 1;
  const cut = line.replace(COLOURED, (_match, colour?: string, part = '') => {
    if (colour) return colour;
    const shown = part.slice(0, left);
    left -= shown.length;
    return shown;
  });
  return `${cut}…`;
}
