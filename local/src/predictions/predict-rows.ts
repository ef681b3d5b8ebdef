import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { linesOf } from '../local-folder/lines-of';
import { type CsvFile, readCsvFile, TableError } from '../tables';
import type { BatchSettings, ModelServer } from '../training';
import { UserError } from '../user-error';
import { type ColumnPlan, planColumns } from './column-plan';
import { predictionColumns } from './prediction-columns';
import { RowEncoder } from './row-encoder';
import type { TrainedModel } from './trained-model';

/** Settings of the requests. The maximum size of a request is 6 MB, the default for transform jobs. */
const BATCH: BatchSettings = {
  contentType: 'text/csv',
  accept: 'text/csv',
  isGzip: false,
  splitsLines: true,
  isSingleRecord: false,
  maxPayloadBytes: 6 << 20,
  endsLines: true,
  joinsInput: false,
  inputFilter: [],
  outputFilter: [],
};

/** Options of `predictRows`. */
export interface PredictOptions {
  readonly model: TrainedModel;
  /** Path of the CSV file. */
  readonly rows: string;
  readonly server: ModelServer;
  /** Receives the rows with their predictions, as CSV. `predictRows` does not close this stream. */
  readonly output: Writable;
  /** Folder in which a folder for temporary files is created. These files take about as much space as the rows. */
  readonly workFolder: string;
  readonly signal: AbortSignal;
  readonly onNotice: (text: string) => void;
}

/**
 * Predicts the rows of a CSV file, like a transform job. The memory use does not depend on the number of rows.
 *
 * @throws UserError if the file does not fit the model, or the model cannot predict
 */
export async function predictRows(options: PredictOptions): Promise<void> {
  const { model, rows, workFolder, onNotice } = options;
  mkdirSync(dirname(workFolder), { recursive: true });
  const folder = mkdtempSync(workFolder);
  try {
    const encoded = join(folder, 'rows.csv');
    const { file, plan, notices } = readCsvFile(rows, (file) => {
      const plan = planColumns(file, model.data);
      return { file, plan, notices: [...plan.notices, ...encodeRows(file, plan, encoded)] };
    });
    for (const notice of notices) onNotice(notice);
    await transform(encoded, folder, options);
    await writePredictions(file, plan, join(folder, 'output', '0'), options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes the rows in the encoding of the training data. @returns notices */
function encodeRows(file: CsvFile, plan: ColumnPlan, target: string): string[] {
  const encoder = new RowEncoder(file, plan);
  const output = openSync(target, 'w');
  let isEmpty = true;
  try {
    for (const chunk of file.chunks(plan.hasHeader ? 1 : 0)) {
      const lines = chunk.rows.map((row, index) => `${encoder.encode(row, () => chunk.lineOf(index))}\n`);
      isEmpty &&= lines.length === 0;
      const bytes = Buffer.from(lines.join(''));
      for (let at = 0; at < bytes.length; ) at += writeSync(output, bytes, at);
    }
  } finally {
    closeSync(output);
  }
  if (isEmpty) throw new TableError(`${file.path} has a header and no rows`);
  return encoder.finish();
}

async function transform(path: string, workFolder: string, options: PredictOptions): Promise<void> {
  const { model, server, signal } = options;
  const outcome = await server.transform({
    transformJobName: 'predict',
    image: model.image,
    environment: model.environment,
    modelArchive: model.archive,
    files: [{ path, name: 'rows.csv' }],
    batch: BATCH,
    workFolder,
    threads: availableParallelism(),
    signal,
    onStart: () => undefined,
    onLog: () => undefined,
  });
  signal.throwIfAborted();
  if (outcome.status === 'Failed') throw new UserError(`${model.title}: ${outcome.failureReason}`);
}

/** Writes each row of the file with its prediction. */
async function writePredictions(
  file: CsvFile,
  { names, hasHeader }: ColumnPlan,
  predicted: string,
  { model, output, signal }: PredictOptions,
): Promise<void> {
  const columns = predictionColumns(model.hyperparameters, model.data.prepared?.label ?? {});
  const twice = columns.names.find((name) => names.includes(name));
  if (twice !== undefined) {
    throw new TableError(
      `${file.path} already has a column ${twice}, and the result needs this name: rename the column in the first line`,
    );
  }
  const predictions = linesOf(predicted);
  try {
    let text = lineOf([...names, ...columns.names]);
    for (const { rows } of file.chunks(hasHeader ? 1 : 0)) {
      for (const row of rows) {
        const { value } = predictions.next();
        if (!value) throw new UserError(`${model.title} returned fewer rows than ${file.path} has`);
        text += lineOf([...row, ...columns.read(numbersOf(value))]);
      }
      signal.throwIfAborted();
      if (!output.writable) return; // The reader has closed the output, as "head" does.
      if (!output.write(text)) await once(output, 'drain', { signal });
      text = '';
    }
    if (text !== '') output.write(text);
    if (predictions.next().value)
      throw new UserError(`${model.title} returned more rows than ${file.path} has`);
  } finally {
    predictions.return(undefined);
  }
}

/** The numbers in a line of the model's response: `0.5` or `[0.2, 0.8]`. */
function numbersOf(line: string): number[] {
  return line
    .replace(/[[\]\s]/g, '')
    .split(',')
    .map(Number);
}

function lineOf(fields: readonly string[]): string {
  return `${fields.map((field) => (/[",\n\r]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\n`;
}
