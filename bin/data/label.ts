import { countOf, listOf, quoted } from '../../local/src/tables';
import { encodeNumber } from '../../local/src/tables/numbers';
import { SettingsError } from '../settings-error';
import type { ColumnProfile } from './column-profile';
import { type Level, levelsOf } from './levels';
import { checkNumbers, isNumeric, minusNotice, roundingNotice } from './numbers';

/** The type of problem, in the terms of SageMaker's AutoML. */
export type ProblemType = 'Regression' | 'BinaryClassification' | 'MulticlassClassification';

/**
 * A numeric label has class numbers if its distinct values are 0 to k-1 or 1 to k, and their number does not exceed
 * this limit.
 */
const MOST_NUMBERED_CLASSES = 10;

/**
 * Minimum number of rows in each class, because every class must appear in the training data and in the validation
 * data.
 */
const FEWEST_ROWS_OF_CLASS = 2;

/**
 * A text label counts as an identifier or free text if most of its classes have only one row, and the number of classes
 * with only one row exceeds this limit.
 */
const FEW_RARE_CLASSES = 10;

/** The label of a table, and the type of problem. */
export interface Label {
  readonly name: string;
  readonly problemType: ProblemType;
  /** Why the label has this type of problem, such as `the label is text`. */
  readonly reason: string;
  /** For classification: the classes, at the index of their class number. */
  readonly classes?: readonly Level[];
  readonly missing: number;
  readonly notices: readonly string[];
  /** Converts a label to the form that XGBoost reads; undefined if the label is missing. */
  encode(value: string): string | undefined;
  /** The stratum of an encoded label, for the split. */
  stratumOf(label: string): string;
  /** Rows in each stratum. */
  readonly strata: ReadonlyMap<string, number>;
}

/**
 * Determines the type of problem from the label.
 *
 * @param wanted the type of problem in the settings, if any
 * @throws SettingsError if the label cannot be predicted, or does not fit `wanted`
 */
export function planLabel(path: string, profile: ColumnProfile, wanted: ProblemType | undefined): Label {
  checkNumbers(path, profile);
  const present = profile.numbers + profile.texts + (profile.texts > 0 ? profile.counts.maybeMissing : 0);
  if (present === 0 && !profile.isLongText) throw labelError(profile, 'has no values');
  checkNoDates(profile);
  const { problemType, reason } = problemOf(profile, wanted);
  return problemType === 'Regression'
    ? regression(profile, reason)
    : classification(profile, problemType, reason);
}

function problemOf(profile: ColumnProfile, wanted: ProblemType | undefined) {
  const levels = levelsOf(profile);
  if (levels?.length === 1) {
    throw labelError(profile, `is ${levels[0]?.name} in every row: there is nothing to predict`);
  }
  if (wanted) return { problemType: wanted, reason: 'the settings say so' };
  if (!isNumeric(profile)) return { problemType: classesOf(levels?.length), reason: 'the label is text' };
  if (levels && isClassNumber(levels, profile)) {
    const [first, last] = [levels[0]?.name, levels.at(-1)?.name];
    return {
      problemType: classesOf(levels.length),
      reason:
        levels.length === 2
          ? 'the label has two values'
          : `the label is one of the whole numbers ${first} to ${last}; for quantities, set tuning:problemType=Regression`,
    };
  }
  return { problemType: 'Regression' as const, reason: 'the label is a number' };
}

function classesOf(count: number | undefined): ProblemType {
  return count === 2 ? 'BinaryClassification' : 'MulticlassClassification';
}

function isClassNumber(levels: readonly Level[], { isWhole }: ColumnProfile): boolean {
  if (levels.length === 2) return true;
  const values = levels.map(({ name }) => Number(encodeNumber(name)));
  const [first] = values;
  return (
    isWhole &&
    levels.length <= MOST_NUMBERED_CLASSES &&
    (first === 0 || first === 1) &&
    values.every((value, index) => value === first + index)
  );
}

function regression(profile: ColumnProfile, reason: string): Label {
  if (!isNumeric(profile)) {
    const { text } = profile.examples;
    throw labelError(
      profile,
      `is text (${JSON.stringify(text?.value)}, line ${text?.line}), not a number: Regression needs numbers`,
    );
  }
  const rows = profile.numbers;
  if (rows < 2)
    throw labelError(profile, 'has a value in only one row, but training and validation each need a row');
  return {
    name: profile.name,
    problemType: 'Regression',
    reason,
    missing: profile.counts.missing + profile.counts.maybeMissing,
    notices: [roundingNotice(profile), minusNotice(profile)].filter((notice) => notice !== undefined),
    encode: (value) => encodeNumber(value) || undefined,
    stratumOf: () => '',
    strata: new Map([['', rows]]),
  };
}

function classification(profile: ColumnProfile, problemType: ProblemType, reason: string): Label {
  const levels = levelsOf(profile);
  if (!levels) {
    throw labelError(
      profile,
      isNumeric(profile)
        ? 'has more than 1,000 different values, too many for classes. Name another column or, for quantities, set tuning:problemType=Regression'
        : 'looks like an identifier or free text: it has more than 1,000 different values. Name another column to predict',
    );
  }
  if (isNumeric(profile) && !profile.isWhole && levels.length > 2) {
    throw labelError(
      profile,
      'has numbers that are not whole, so they are not classes. Set tuning:problemType=Regression',
    );
  }
  if (problemType === 'BinaryClassification' && levels.length !== 2) {
    throw labelError(
      profile,
      `has ${levels.length} values, and BinaryClassification needs 2: ${listOf(levels.map(({ name }) => name))}`,
    );
  }
  checkRareClasses(profile, levels);
  const codes = new Map(
    levels.flatMap(({ spellings }, code) => spellings.map((value) => [value, String(code)] as const)),
  );
  const present = levels.reduce((sum, { rows }) => sum + rows, 0);
  const all = [...(profile.levels?.values() ?? [])].reduce((sum, rows) => sum + rows, 0);
  return {
    name: profile.name,
    problemType,
    reason,
    classes: levels,
    missing: all - present,
    notices: [minusNotice(profile)].filter((notice) => notice !== undefined),
    encode: (value) => codes.get(value),
    stratumOf: (label) => label,
    strata: new Map(levels.map(({ rows }, code) => [String(code), rows])),
  };
}

function checkNoDates(profile: ColumnProfile): void {
  const { numbers, dateForms, examples } = profile;
  if (numbers > 0 || !dateForms?.length || !examples.text) return;
  const { value, line } = examples.text;
  throw labelError(
    profile,
    `holds dates (${quoted(value)}, line ${line}), which cannot be predicted: replace them with a number, such as the year or the days since a fixed date, or name another column`,
  );
}

function checkRareClasses(profile: ColumnProfile, levels: readonly Level[]): void {
  const rare = levels.filter(({ rows }) => rows < FEWEST_ROWS_OF_CLASS);
  if (rare.length === 0) return;
  const names = listOf(rare.map(({ name }) => name));
  if (!isNumeric(profile) && rare.length > FEW_RARE_CLASSES && rare.length * 2 > levels.length) {
    throw labelError(
      profile,
      `looks like an identifier or free text: ${rare.length.toLocaleString('en-US')} of its ${levels.length.toLocaleString('en-US')} values appear in only one row: ${names}. ` +
        `Name another column to predict; if these are classes, each needs at least ${FEWEST_ROWS_OF_CLASS} rows`,
    );
  }
  throw labelError(
    profile,
    `has ${countOf(rare.length, 'class', 'classes')} with a single row: ${names}. A class needs at least ${FEWEST_ROWS_OF_CLASS} rows, one for training and one for validation: ` +
      `add rows, merge the class with another, or remove it${isNumeric(profile) ? '; for quantities, set tuning:problemType=Regression' : ''}`,
  );
}

function labelError({ name }: ColumnProfile, what: string): SettingsError {
  return new SettingsError(`tuning:label: column ${name} ${what}`);
}
