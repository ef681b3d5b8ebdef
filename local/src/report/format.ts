import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/**
 * Formats a metric value with the same number of decimals as XGBoost. Uses an exponent for values that are too
 * small or too large for this format.
 */
export function formatMetric(value: number | undefined, decimals = 5): string {
  if (value === undefined) return '';
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e7)
    ? value.toExponential(decimals - 1)
    : value.toFixed(decimals);
}

/** Formats a metric with its confidence interval, if it has one: `0.84000 (0.81000 to 0.87000)`. */
export function formatEstimate(value: number, { lower, upper }: Bounds): string {
  const interval =
    lower === null || upper === null ? '' : ` (${formatMetric(lower)} to ${formatMetric(upper)})`;
  return `${formatMetric(value)}${interval}`;
}

interface Bounds {
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Formats a duration in seconds. */
export function formatSeconds(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Formats an estimated duration in seconds, rounded so that it does not look exact. */
export function formatRoughly(seconds: number): string {
  if (seconds < 10) return `${seconds === 0 ? 0 : Math.max(1, Math.round(seconds))} s`;
  if (seconds < 57.5) return `${Math.round(seconds / 5) * 5} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Formats a hyperparameter for a table, on one line and with 4 significant digits. */
export function formatHyperparameter(value: string, digits = 4): string {
  const number = Number(value);
  if (value.trim() === '' || Number.isNaN(number) || Number.isInteger(number)) {
    return printable(value);
  }
  const [plain, short] = [String(Number(number.toPrecision(digits))), number.toExponential(digits - 1)];
  return short.length < plain.length ? short : plain;
}

/** Returns a string on one line, without terminal control characters. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, ' ');
}

/** A path as the user would type it in the current folder. */
export function formatPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

/** Control characters, and characters that change the writing direction. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}]+/gu;

const ESCAPE = '\u001b';
/** A color code, or text between color codes. */
const COLORED = new RegExp(`(${ESCAPE}\\[[0-9;]*m)|([^${ESCAPE}]+)`, 'g');

/** Cuts a line to a number of columns, keeping its colors. */
export function cutToWidth(text: string, columns: number): string {
  const line = text.replace(/\s*\n\s*/g, ' ');
  if (stripVTControlCharacters(line).length <= columns) return line;
  let left = columns - 1;
  const cut = line.replace(COLORED, (_match, color?: string, part = '') => {
    if (color) return color;
    const shown = part.slice(0, left);
    left -= shown.length;
    return shown;
  });
  return `${cut}…`;
}

/** Shortens a string to a maximum length, keeping its beginning and its end. */
export function cutInTheMiddle(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const end = Math.floor(longest / 2);
  return `${text.slice(0, longest - end - 1)}…${text.slice(text.length - end)}`;
}

/** Wraps parts into indented lines, without breaking a part that fits on one line. */
export function wrapParts(
  parts: readonly string[],
  { columns, separator }: { readonly columns: number; readonly separator: string },
): string[] {
  const end = separator.trimEnd();
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const longer = `${last}${separator}${part}`;
    if (last !== undefined && longer.length + end.length <= columns) lines.splice(-1, 1, longer);
    else lines.push(` ${part}`);
  }
  return lines.map((line, index) => (index < lines.length - 1 ? `${line}${end}` : line));
}
