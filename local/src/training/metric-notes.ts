import type { MetricMatch } from './find-metrics.cjs';

/** The number that an expression captured; undefined if the text is not a finite number. */
export function numberIn({ text = '' }: MetricMatch): number | undefined {
  const value = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Explains what was captured instead of a number. */
export function whyNoNumber({ text }: MetricMatch): string {
  if (text === undefined) return 'matched, but captured nothing: put a group, ( ), around the value';
  if (text === '') return 'matched, but captured an empty string: the group must match the value';
  const isNumber = /^[-+]?(?:nan|inf(?:inity)?)$/i.test(text.trim());
  return `matched, but captured \`${shortened(text)}\`, which is ${isNumber ? 'not a finite number' : 'not a number'}`;
}

/** Explains that the captured number is only a part of a longer one; undefined if it is complete. */
export function whyCutShort({ text = '', before, after }: MetricMatch): string | undefined {
  const [more = ''] = /^(?:\d[\d.]*|\.\d+)?(?:[eE][-+]?\d+)?/.exec(after) ?? [];
  // A hyphen after a letter is part of a name, not a minus sign.
  const [less = ''] = /(?<![\w-])[-+]?(?:\d*\.)?\d*$/.exec(before) ?? [];
  const sign = /^[-+]/.test(less) || /\d/.test(less) ? less : '';
  if (more === '' && (sign === '' || sign === '+')) return undefined;
  return `captured \`${text}\` of \`${sign}${text}${more}\`: let the group match all of it, ${NUMBER}`;
}

/** The pattern for numbers in SageMaker's own expressions. */
const NUMBER = String.raw`([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)`;

/** Maximum number of characters of a captured string that a note shows. */
const SHOWN = 60;

function shortened(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
