import { categoryKey, isMissing } from './categories';
import { type DateForm, type ParsedDate, parseDate } from './dates';
import { encodeNumber } from './numbers';

/** A column of prepared data, as `columns.json` describes it. */
export interface PreparedColumn {
  readonly name: string;
  /** The source column in the file. */
  readonly column: string;
  readonly encoding: 'number' | 'code' | 'one-hot' | 'date';
  /** The code of each category; only with the encoding `code`. */
  readonly codes?: Readonly<Record<string, number>>;
  /** The category for which the column is 1; only with the encoding `one-hot`. */
  readonly category?: string;
  /** The date format in the file; only with the encoding `date`. */
  readonly form?: DateForm;
  /** The part of the date in this column; only with the encoding `date`. */
  readonly part?: string;
}

/** The parts of a date, with their description in `columns.json`. */
export const DATE_PARTS: Readonly<
  Record<string, { readonly meaning: string; readonly of: (date: ParsedDate) => number }>
> = {
  day: { meaning: 'days since 1970-01-01', of: ({ days }) => Number(days.toFixed(6)) },
  month: { meaning: '1 to 12', of: ({ month }) => month },
  weekday: { meaning: '0 Sunday to 6 Saturday', of: ({ weekday }) => weekday },
  hour: { meaning: '0 to 23', of: ({ hour }) => hour },
};

/** Encodes the values of a source column. */
export interface ColumnEncoder {
  /** Returns the fields of the prepared columns, separated by commas. The value must have no spaces around it. */
  encode(value: string): string;
  /** Whether a value is present but unknown, such as a category that the training data did not have. */
  isUnknown(value: string): boolean;
}

/**
 * The encoder of a source column.
 *
 * @param prepared the prepared columns that encode the source column, in order
 */
export function encoderOf(prepared: readonly PreparedColumn[]): ColumnEncoder {
  const missing = ','.repeat(prepared.length - 1);
  switch (prepared[0]?.encoding) {
    case 'code': {
      const codes = Object.entries(prepared[0].codes ?? {});
      return categoryEncoder(
        codes.map(([category, code]) => [category, String(code)]),
        { missing, unknown: missing },
      );
    }
    case 'one-hot':
      return categoryEncoder(
        prepared.map(({ category = '' }, code) => [
          category,
          prepared.map((_, at) => (at === code ? '1' : '0')).join(','),
        ]),
        { missing, unknown: prepared.map(() => '0').join(',') },
      );
    case 'date':
      return dateEncoder(prepared, missing);
    default:
      return { encode: encodeNumber, isUnknown: () => false };
  }
}

function categoryEncoder(
  fields: readonly (readonly [category: string, fields: string])[],
  { missing, unknown }: { readonly missing: string; readonly unknown: string },
): ColumnEncoder {
  const keyOf = categoryKey(fields.map(([category]) => category));
  const byKey = new Map(fields.map(([category, encoded]) => [keyOf(category), encoded]));
  const bySpelling = new Map<string, string>();
  const find = (value: string): string | undefined => {
    const known = bySpelling.get(value) ?? byKey.get(keyOf(value));
    if (known !== undefined) bySpelling.set(value, known);
    return known;
  };
  return {
    encode: (value) => find(value) ?? (isMissing(value, true) ? missing : unknown),
    isUnknown: (value) => find(value) === undefined && !isMissing(value, true),
  };
}

function dateEncoder(prepared: readonly PreparedColumn[], missing: string): ColumnEncoder {
  const form = prepared[0]?.form ?? 'year first';
  const parts = Object.values(DATE_PARTS);
  const used = prepared.flatMap(({ part }) => parts.find(({ meaning }) => meaning === part) ?? []);
  return {
    encode: (value) => {
      const date = isMissing(value, true) ? undefined : parseDate(value, form);
      return date ? used.map(({ of }) => of(date)).join(',') : missing;
    },
    isUnknown: (value) => !isMissing(value, true) && parseDate(value, form) === undefined,
  };
}
