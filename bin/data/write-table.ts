import { createHash, type Hash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { CsvFile } from '../../local/src/tables/csv-file';
import { fieldAt } from '../../local/src/tables/values';
import { Moments } from './baseline';
import type { Feature } from './features';
import type { Label } from './label';
import type { Progress } from './progress';
import { type Part, StratifiedSplit } from './split';

/** Number of characters to write at a time. */
const WRITTEN_AT_ONCE = 1 << 17;

/** The result of writing a table. */
export interface WrittenTable {
  readonly rows: Readonly<Record<Part, number>>;
  /** For regression: the labels of each part. */
  readonly labels: Readonly<Record<Part, Moments>>;
  /** Total size of the files, in bytes. */
  readonly bytes: number;
  /** SHA-256 of the files. */
  readonly sha256: string;
}

/**
 * Second pass over the file: writes `train/train.csv`, `validation/validation.csv` and, if test data is wanted, `test/test.csv`
 * for SageMaker's XGBoost (label first, no header).
 */
export function writeTable(
  file: CsvFile,
  {
    label,
    index,
    features,
    testFraction,
  }: { label: Label; index: number; features: readonly Feature[]; testFraction: number },
  folder: string,
  progress: Progress,
): WrittenTable {
  const split = new StratifiedSplit(label.strata, testFraction);
  const hash = createHash('sha256');
  const outputs: { train: OutputFile; validation: OutputFile; test?: OutputFile } = {
    train: new OutputFile(folder, 'train', hash),
    validation: new OutputFile(folder, 'validation', hash),
    ...(testFraction > 0 && { test: new OutputFile(folder, 'test', hash) }),
  };
  const labels = { train: new Moments(), validation: new Moments(), test: new Moments() };
  let row = 0;
  for (const chunk of file.chunks()) {
    for (const fields of chunk.rows) {
      const value = label.encode(fieldAt(fields, index));
      if (value !== undefined) {
        let line = value;
        for (const feature of features) line += `,${feature.encode(fieldAt(fields, feature.index))}`;
        const part = split.partOf(row, label.stratumOf(value));
        outputs[part]?.add(line);
        if (!label.classes) labels[part].add(Number(value));
      }
      row++;
    }
    progress.advanceTo(chunk.bytesRead);
  }
  const { train, validation, test } = outputs;
  for (const output of [train, validation, test]) output?.close();
  return {
    rows: { train: train.rows, validation: validation.rows, test: test?.rows ?? 0 },
    labels,
    bytes: train.bytes + validation.bytes + (test?.bytes ?? 0),
    sha256: hash.digest('hex'),
  };
}

class OutputFile {
  rows = 0;
  bytes = 0;
  private readonly file: number;
  private text = '';

  constructor(
    folder: string,
    private readonly part: Part,
    private readonly hash: Hash,
  ) {
    mkdirSync(join(folder, part), { recursive: true });
    this.file = openSync(join(folder, part, `${part}.csv`), 'w');
  }

  add(line: string): void {
    this.text += `${line}\n`;
    this.rows++;
    if (this.text.length >= WRITTEN_AT_ONCE) this.flush();
  }

  close(): void {
    this.flush();
    closeSync(this.file);
  }

  private flush(): void {
    const bytes = Buffer.from(this.text);
    this.text = '';
    for (let at = 0; at < bytes.length; ) at += writeSync(this.file, bytes, at);
    this.bytes += bytes.length;
    this.hash.update(this.part).update(bytes);
  }
}
