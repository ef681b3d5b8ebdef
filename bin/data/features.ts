import { countOf } from '../../local/src/tables';
import type { DateForm } from '../../local/src/tables/dates';
import { DATE_PARTS, encoderOf, type PreparedColumn } from '../../local/src/tables/prepared-columns';
import { SettingsError } from '../settings-error';
import type { ColumnProfile } from './column-profile';
import { type Level, levelsOf } from './levels';
import { checkNumbers, isNumeric, minusNotice, roundingNotice } from './numbers';

/** How categories become numbers. */
export type CategoryEncoding = 'auto' | 'one-hot' | 'ordinal';

/** With `auto`, a column with more categories than this limit gets ordinal codes: one column instead of dozens. */
const MOST_ONE_HOT = 10;

/**
 * If a column has at most this number of distinct strings, the strings are categories, even if almost every row has a
 * different string.
 */
const FEW_TEXTS = 10;

/** A feature: a column of the file, and its encoding. */
export interface Feature {
  /** Index of the column in the file. */
  readonly index: number;
  readonly missing: number;
  readonly prepared: readonly PreparedColumn[];
  /** Converts a value to the fields of the prepared columns, separated by commas. */
  encode(value: string): string;
}

/** The columns that are used as features, and the columns that are left out. */
export interface FeaturePlan {
  readonly features: readonly Feature[];
  readonly leftOut: readonly { readonly column: string; readonly reason: string }[];
  readonly notices: readonly string[];
}

/** The settings about features. */
export interface FeatureOptions {
  readonly label: number;
  readonly excludeColumns: readonly string[];
  readonly categories: CategoryEncoding;
}

/**
 * Decides for every column whether it is a feature, and how it is encoded.
 *
 * @throws SettingsError if a column must be corrected first, or no column is left
 */
export function planFeatures(
  path: string,
  columns: readonly ColumnProfile[],
  { label, excludeColumns, categories }: FeatureOptions,
): FeaturePlan {
  const features: Feature[] = [];
  const leftOut: { column: string; reason: string }[] = [];
  const notices: string[] = [];
  columns.forEach((profile, index) => {
    if (index === label) return;
    const reason = excludeColumns.includes(profile.name)
      ? 'tuning:excludeColumns names it'
      : uselessness(profile, index);
    if (reason !== undefined) {
      leftOut.push({ column: profile.name === '' ? `${index + 1} (no name)` : profile.name, reason });
      return;
    }
    checkNumbers(path, profile);
    const feature = encode(profile, index, categories);
    if (typeof feature === 'string') {
      leftOut.push({ column: profile.name, reason: feature });
      return;
    }
    features.push(feature);
    notices.push(...noticesOf(profile));
  });
  if (features.length === 0) {
    const reasons = leftOut.map(({ column, reason }) => `\n  - ${column}: ${reason}`);
    throw new SettingsError(`tuning:data: ${path} has no column to learn from${reasons.join('')}`);
  }
  return { features: completeColumnLast(features), leftOut, notices };
}

/** The reason why a column cannot be a feature; undefined if it can. */
function uselessness(profile: ColumnProfile, index: number): string | undefined {
  if (profile.name === '' || (profile.countsRows && /^Unnamed: \d+$/.test(profile.name))) {
    const what = profile.countsRows
      ? 'it contains row numbers, like the index column that pandas writes'
      : 'it has no name';
    return `${what}; to use it, give column ${index + 1} a name in the first line`;
  }
  if (profile.isLongText) return 'it has too many different strings, such as identifiers or sentences';
  const values = profile.levels?.size ?? Number.POSITIVE_INFINITY;
  if (profile.numbers + profile.texts === 0) return 'it has no values';
  if (values === 1) return 'it has the same value in every row';
  return undefined;
}

function encode(profile: ColumnProfile, index: number, categories: CategoryEncoding): Feature | string {
  if (isNumeric(profile)) return numberFeature(profile, index);
  const [form, otherForm] = profile.numbers === 0 ? (profile.dateForms ?? []) : [];
  if (form && otherForm) {
    return 'its dates are ambiguous (day or month first): write them as YYYY-MM-DD to use them';
  }
  if (form) return dateFeature(profile, index, form);
  const levels = levelsOf(profile) ?? [];
  const rows = levels.reduce((sum, level) => sum + level.rows, 0);
  if (levels.length === 0) return 'it has too many different values, some of which are not numbers';
  if (levels.length > FEW_TEXTS && levels.length * 2 > rows) {
    return `it has ${countOf(levels.length, 'different string')} in ${countOf(rows, 'row')}, such as identifiers or sentences`;
  }
  const isOneHot =
    levels.length > 2 &&
    (categories === 'one-hot' || (categories === 'auto' && levels.length <= MOST_ONE_HOT));
  return isOneHot ? oneHotFeature(profile, index, levels) : codeFeature(profile, index, levels);
}

function numberFeature({ name, counts }: ColumnProfile, index: number): Feature {
  const missing = counts.missing + counts.maybeMissing;
  return featureOf(index, missing, [{ name, column: name, encoding: 'number' }]);
}

function codeFeature({ name, counts }: ColumnProfile, index: number, levels: readonly Level[]): Feature {
  const codes = Object.fromEntries(levels.map((level, code) => [level.name, code]));
  return featureOf(index, counts.missing, [{ name, column: name, encoding: 'code', codes }]);
}

function oneHotFeature({ name, counts }: ColumnProfile, index: number, levels: readonly Level[]): Feature {
  const prepared = levels.map(({ name: category }) => ({
    name: `${name}=${category}`,
    column: name,
    encoding: 'one-hot' as const,
    category,
  }));
  return featureOf(index, counts.missing, prepared);
}

function dateFeature({ name, counts, hasTimes }: ColumnProfile, index: number, form: DateForm): Feature {
  const used = Object.entries(DATE_PARTS).filter(([part]) => part !== 'hour' || hasTimes);
  const prepared = used.map(([part, { meaning }]) => ({
    name: `${name}.${part}`,
    column: name,
    encoding: 'date' as const,
    form,
    part: meaning,
  }));
  return featureOf(index, counts.missing, prepared);
}

/**
 * A feature. Its encoding depends only on `prepared`, which `columns.json` keeps so that rows for predictions can be
 * encoded in the same way.
 */
function featureOf(index: number, missing: number, prepared: readonly PreparedColumn[]): Feature {
  const { encode } = encoderOf(prepared);
  return { index, missing, prepared, encode };
}

function noticesOf(profile: ColumnProfile): string[] {
  const rounding = isNumeric(profile) ? roundingNotice(profile) : undefined;
  const counting = profile.countsRows
    ? `column ${profile.name} contains row numbers: if it is not a quantity, leave it out with tuning:excludeColumns`
    : undefined;
  return [rounding, minusNotice(profile), counting].filter((notice) => notice !== undefined);
}

/**
 * Moves a column without missing values to the end. XGBoost counts columns only up to the last column that has a value
 * in some row. If the last column had no values in one part of the data, that part would have fewer columns than the
 * others.
 */
function completeColumnLast(features: readonly Feature[]): Feature[] {
  const fewest = Math.min(...features.map(({ missing }) => missing));
  const last = features.map(({ missing }) => missing).lastIndexOf(fewest);
  return [...features.filter((_, at) => at !== last), ...features.slice(last, last + 1)];
}
