import type { PythonEnvironments } from '../../src/training/python-environment';
import { createScriptTrainer, type ScriptTrainerOptions } from '../../src/training/script/script-trainer';
import type { Trainer, TrainingTask } from '../../src/training/trainer';
import {
  channel,
  packSource,
  projectEnvironments,
  SCIKIT_LEARN_IMAGE,
  SUBMIT_DIRECTORY,
  train,
} from './script-support';
import { SETUP_TIMEOUT } from './support';

/** Any available Python interpreter. It runs the scripts that need no framework. */
let python = '';

/** The Python interpreter that runs the scripts. */
export const pythonOfScripts = (): string => python;

export const anyPython: Pick<PythonEnvironments, 'forPackages' | 'withRequirements'> = {
  forPackages: async (wanted) => ({ python, pythonVersion: '3', has: wanted }),
  withRequirements: (...given) => projectEnvironments.withRequirements(...given),
};

const trainers: Trainer[] = [];

/** A trainer that is closed after the tests. */
export function newTrainer(options: Partial<ScriptTrainerOptions> = {}): Trainer {
  const trainer = createScriptTrainer({ environments: anyPython, ...options });
  trainers.push(trainer);
  return trainer;
}

beforeAll(async () => {
  ({ python } = await projectEnvironments.forXGBoost('3.2.0'));
}, SETUP_TIMEOUT);
afterAll(() => Promise.all(trainers.map((trainer) => trainer.close())));

/** Runs a script without a framework. The source is the lines of the script, or a map of files. */
export async function runScript(
  source: string | Record<string, string>,
  hyperparameters: Record<string, string> = {},
  { trainer = newTrainer(), channels = [], ...changes }: Partial<TrainingTask> & { trainer?: Trainer } = {},
) {
  const files = typeof source === 'string' ? { 'train.py': source } : source;
  const hasCode = channels.some(({ name }) => name === 'code');
  return train(trainer, {
    trainingImage: SCIKIT_LEARN_IMAGE,
    hyperparameters: {
      sagemaker_program: 'train.py',
      sagemaker_submit_directory: SUBMIT_DIRECTORY,
      ...hyperparameters,
    },
    channels: hasCode ? channels : [channel('code', [await packSource(files)]), ...channels],
    ...changes,
  });
}
