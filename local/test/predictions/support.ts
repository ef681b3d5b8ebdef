import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { type PredictOptions, predictRows } from '../../src/predictions';
import { temporaryFolder } from '../training/support';

/** The rows and the notices from a call to `predictRows`. */
export interface Predicted {
  /** The fields of each row, by column. */
  readonly rows: readonly Readonly<Record<string, string>>[];
  readonly text: string;
  readonly notices: readonly string[];
}

/** Writes the given lines to a file in a new folder. */
export function csv(...lines: readonly string[]): string {
  const path = join(temporaryFolder(), 'rows.csv');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** Predicts the rows of a file. The fields of the result must not contain commas. */
export async function predicted(
  rows: string,
  { model, server }: Pick<PredictOptions, 'model' | 'server'>,
): Promise<Predicted> {
  const notices: string[] = [];
  let text = '';
  await predictRows({
    model,
    rows,
    server,
    workFolder: join(temporaryFolder(), 'predict-'),
    signal: new AbortController().signal,
    onNotice: (notice) => notices.push(notice),
    output: new Writable({
      write(chunk, _encoding, done) {
        text += chunk;
        done();
      },
    }),
  });
  const [names = [], ...lines] = text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  return {
    text,
    notices,
    rows: lines.map((fields) => Object.fromEntries(names.map((name, at) => [name, fields[at] ?? '']))),
  };
}

/** Writes a JSON file, and creates its folder. */
export function writeJson(path: string, value: unknown): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, JSON.stringify(value));
}
