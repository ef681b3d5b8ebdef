/** A date format. */
export type DateForm = 'year first' | 'day first' | 'month first' | 'month by name';

/** A date and a time of day, as written. Time zones are unknown unless the string has an offset. */
export interface ParsedDate {
  readonly days: number;
  readonly month: number;
  readonly weekday: number;
  readonly hour: number;
}

const TIME = String.raw`(?:[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?)?`;
const MONTH = '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*';
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

type Part = 'year' | 'month' | 'day';

interface Pattern {
  readonly form: DateForm;
  readonly pattern: RegExp;
  readonly parts: readonly [Part, Part, Part];
}

const pattern = (form: DateForm, date: string, ...parts: [Part, Part, Part]): Pattern => ({
  form,
  pattern: new RegExp(`^${date}${TIME}$`, 'i'),
  parts,
});

const PATTERNS: readonly Pattern[] = [
  pattern('year first', String.raw`(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})`, 'year', 'month', 'day'),
  pattern('day first', String.raw`(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})`, 'day', 'month', 'year'),
  pattern('month first', String.raw`(\d{1,2})[-/](\d{1,2})[-/](\d{4})`, 'month', 'day', 'year'),
  pattern('month by name', String.raw`(\d{1,2})[ -]${MONTH}[ -](\d{4})`, 'day', 'month', 'year'),
  pattern('month by name', String.raw`${MONTH}[ -](\d{1,2}),?[ -](\d{4})`, 'month', 'day', 'year'),
];

const DAY = 86_400_000;

/** The date formats that fit a string; none if it is not a date. */
export function dateFormsOf(text: string): DateForm[] {
  // Every format has a digit and two separators. This check quickly excludes most other strings.
  if (text.length < 8 || !/\d/.test(text)) return [];
  return PATTERNS.filter((each) => read(each, text) !== undefined).map(({ form }) => form);
}

/** Parses a date in one format. */
export function parseDate(text: string, form: DateForm): ParsedDate | undefined {
  for (const each of PATTERNS) {
    const date = each.form === form ? read(each, text) : undefined;
    if (date) return date;
  }
  return undefined;
}

function read({ pattern: expression, parts }: Pattern, text: string): ParsedDate | undefined {
  const match = expression.exec(text);
  if (!match) return undefined;
  const numberOf = (part: Part): number => {
    const field = match[parts.indexOf(part) + 1] ?? '';
    return part === 'month' && !/^\d/.test(field) ? MONTHS.indexOf(field.toLowerCase()) + 1 : Number(field);
  };
  const [year, month, day] = [numberOf('year'), numberOf('month'), numberOf('day')];
  const [hour, minute, second] = [match[4], match[5], match[6]].map((field) => Number(field ?? 0));
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  // `Date` would accept June 31 and convert it to July 1.
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined;
  if ((hour ?? 0) > 24 || (minute ?? 0) > 59 || (second ?? 0) > 60) return undefined;
  const seconds = ((hour ?? 0) * 60 + (minute ?? 0)) * 60 + (second ?? 0);
  return {
    days: midnight.getTime() / DAY + seconds / 86_400,
    month,
    weekday: midnight.getUTCDay(),
    hour: hour ?? 0,
  };
}
