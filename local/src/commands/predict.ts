import { createWriteStream, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Command } from 'commander';
import { createCommonTraining } from '../library/head-start';
import { predictRows, type TrainedModel } from '../predictions';
import { combineServers, type ModelServer } from '../training';
import { UserError } from '../user-error';
import { addExamples } from './help';
import { onInterruption } from './interruption';
import { addRootOptions, existingRoot, pythonFolderOf, type RootOptions } from './root-options';
import { findTrainedModel } from './trained-model';

interface PredictCommandOptions extends RootOptions {
  readonly out: string;
}

/** The file name that stands for the standard output. */
const STDOUT = '-';

const DETAILS = `
The result is CSV: the rows with their columns, followed by
  prediction            the class by name, or the value (the logarithm of a label is inverted)
  probability_<class>   for classification, unless the objective predicts only classes
Columns are matched by the names in the header. Text and dates become numbers as in the training data, whose
columns.json says how. Data without a columns.json is matched by position, and a file without a header as well.
Notices go to the standard error.`;

/** The `predict` command: the predictions of a trained model for the rows of a file. */
export function predictCommand(): Command {
  const command = new Command('predict')
    .description('Predicts the rows of a CSV file with a trained model, as a transform job would.')
    .argument(
      '<model>',
      'name or ARN of an execution (its final model), a training job, a tuning job (its best model) or a model package (<group>/<version>), or ID of a Map item (its final model)',
    )
    .argument('<rows>', 'CSV file with a header');
  addRootOptions(command)
    .option('-o, --out <file>', 'file for the result; - is the standard output', STDOUT)
    .addHelpText('after', DETAILS)
    .action(predict);
  return addExamples(command, [
    ['predict <execution> rows.csv', 'the rows and their predictions'],
    ['predict <execution> rows.csv --out predictions.csv', 'to a file'],
    ['predict <group>/1 rows.csv', 'the model of a model package'],
  ]);
}

async function predict(name: string, rows: string, options: PredictCommandOptions): Promise<void> {
  const root = existingRoot(options);
  if (!statSync(rows, { throwIfNoEntry: false })?.isFile()) throw new UserError(`${rows}: file not found.`);
  const model = findTrainedModel(root, name);
  const interruption = onInterruption(() => undefined);
  const { xgboost } = createCommonTraining({
    pythonFolder: pythonFolderOf(options),
    onNotice: console.error,
  });
  const server = combineServers([xgboost.serving ?? []].flat());
  try {
    requireServable(model, server);
    await writeTo(options.out, (output) =>
      predictRows({
        model,
        rows,
        output,
        server,
        workFolder: join(root, 'work', 'predict-'),
        signal: interruption.signal,
        onNotice: console.error,
      }),
    );
  } catch (error) {
    const status = interruption.exitStatus();
    if (status === undefined) throw error;
    process.exitCode = status;
  } finally {
    await xgboost.close();
  }
}

function requireServable(model: TrainedModel, server: ModelServer): void {
  if (server.accepts(model)) return;
  const { SAGEMAKER_PROGRAM: program } = model.environment;
  const what = program === undefined ? `with the image ${model.image}` : `by the script ${program}`;
  throw new UserError(
    `${model.title} was trained ${what}. predict runs ${server.images}; other models need a transform job`,
  );
}

/**
 * Passes a temporary file to a function and renames the file once the function has finished, so an incomplete
 * output never has the final name.
 */
async function writeTo(out: string, write: (output: Writable) => Promise<void>): Promise<void> {
  if (out === STDOUT) return write(process.stdout);
  const partial = `${out}.${process.pid}.partial`;
  const file = createWriteStream(partial);
  try {
    await Promise.race([write(file), finished(file)]);
    file.end();
    await finished(file);
    renameSync(partial, out);
  } catch (error) {
    file.destroy();
    rmSync(partial, { force: true });
    throw error;
  }
}
