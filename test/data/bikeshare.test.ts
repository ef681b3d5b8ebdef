import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(__dirname, '../../data/bikeshare');

interface Column {
  readonly name: string;
  readonly type: 'integer' | 'number';
  readonly minimum: number;
  readonly maximum?: number;
  readonly description: string;
  readonly codes?: Readonly<Record<string, number>>;
}

const document: {
  readonly split: { readonly rows: Record<string, number> };
  readonly columns: readonly Column[];
} = JSON.parse(readFileSync(join(folder, 'columns.json'), 'utf8'));
const { columns } = document;

const parts: Readonly<Record<string, readonly string[]>> = {
  train: linesOf('train'),
  validation: linesOf('validation'),
};

const DECIMAL = /^(0|[1-9]\d*)(\.\d+)?$/;

test('the split is 80 to 20, and no row is lost or duplicated', () => {
  expect(document.split.rows).toEqual({
    train: parts['train']?.length,
    validation: parts['validation']?.length,
  });
  expect(parts['train']).toHaveLength(6916);
  expect(parts['validation']).toHaveLength(1729);

  // Day and hour identify a row. All 8,645 pairs of the year are different, so no row is in both the training file and
  // the validation file.
  const day = indexOf('day');
  const hour = indexOf('hr');
  const keys = Object.values(parts)
    .flat()
    .map((line) => line.split(','))
    .map((cells) => `${cells[day]} ${cells[hour]}`);
  expect(new Set(keys).size).toBe(8645);
  expect(keys).toHaveLength(8645);
});

test('both parts of the data cover the whole year equally', () => {
  const mean = (lines: readonly string[]) =>
    lines.reduce((sum, line) => sum + Number(line.split(',')[0]), 0) / lines.length;
  expect(Math.abs(mean(parts['train'] ?? []) - mean(parts['validation'] ?? []))).toBeLessThan(0.05);
  for (const lines of Object.values(parts)) {
    expect(new Set(lines.map((line) => line.split(',')[indexOf('mnth')])).size).toBe(12);
  }
});

test('the columns casual and registered, whose sum is the label, are excluded', () => {
  expect(columns.map(({ name }) => name)).toEqual([
    'log1p_bikers',
    'season',
    'mnth',
    'day',
    'hr',
    'holiday',
    'weekday',
    'workingday',
    'weathersit',
    'temp',
    'atemp',
    'hum',
    'windspeed',
  ]);
});

test('the codes of a column cover its range, each exactly once', () => {
  const encoded = columns.flatMap(({ codes, minimum, maximum }) =>
    codes ? [{ codes, minimum, maximum }] : [],
  );
  expect(encoded).toHaveLength(2);
  for (const { codes, minimum, maximum } of encoded) {
    expect(Object.values(codes)).toEqual(
      Array.from({ length: (maximum ?? 0) - minimum + 1 }, (_, index) => minimum + index),
    );
  }
});

describe.each(Object.keys(parts))('%s.csv', (part) => {
  const lines = parts[part] ?? [];

  test('has no header, and each cell contains a number within the range that columns.json gives', () => {
    const wrong = lines.flatMap((line, row) => {
      const cells = line.split(',');
      const fits =
        cells.length === columns.length &&
        columns.every(({ type, minimum, maximum = Infinity }, index) => {
          const cell = cells[index] ?? '';
          const value = Number(cell);
          return (
            DECIMAL.test(cell) &&
            value >= minimum &&
            value <= maximum &&
            (type === 'number' || Number.isInteger(value))
          );
        });
      return fits ? [] : [`line ${row + 1}: ${line}`];
    });
    expect(wrong).toEqual([]);
  });

  test('has the label first, which is the logarithm of 1 plus a whole number from 1 to 651', () => {
    const rentals = lines.map((line) => Math.expm1(Number(line.split(',')[0])));
    expect(rentals.filter((value) => Math.abs(value - Math.round(value)) > 1e-3)).toEqual([]);
    expect(Math.round(Math.min(...rentals))).toBeGreaterThanOrEqual(1);
    expect(Math.round(Math.max(...rentals))).toBeLessThanOrEqual(651);
    expect(new Set(rentals).size).toBeGreaterThan(400);
  });
});

function linesOf(part: string): string[] {
  const text = readFileSync(join(folder, part, `${part}.csv`), 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text.slice(0, -1).split('\n');
}

function indexOf(name: string): number {
  return columns.findIndex((column) => column.name === name);
}
