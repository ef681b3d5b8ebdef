import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TuningOutput } from '../library/tuning-output';
import type { TrainedData, TrainedModel } from '../predictions';
import { isCrossValidation } from '../report/cross-validation';
import { formatPath } from '../report/format';
import { localPath } from '../report/report-files';
import { describeTuningJob, type TrainingJobDescription } from '../services';
import { readManifest } from '../services/sagemaker/training/data-manifest';
import { COLUMNS_FILE, readColumnsFile, readCsvFile, TableError } from '../tables';
import { UserError } from '../user-error';
import { hint } from './help';
import {
  findNamed,
  findRunRecord,
  fleetFolderOf,
  isItem,
  type RunRecord,
  type RunRecords,
  readRunRecords,
  runsOfItem,
} from './run-records';

/** `<group>/<version>`, or the ARN of a model package. */
const MODEL_PACKAGE = /^(?:arn:[^/]*:model-package\/)?([\w-]+\/\d+)$/;

/**
 * Finds a model by the name of its execution, tuning job, training job or model package.
 *
 * @throws UserError if no model is found, or the training of the model is unknown
 */
export function findTrainedModel(root: string, name: string): TrainedModel {
  const records = readRunRecords(root);
  const version = MODEL_PACKAGE.exec(name)?.[1];
  if (version !== undefined) return modelOfPackage(root, version, records);
  const run = findNamed(records, name) ?? finalTrainingOfItem(records, name) ?? findRunRecord(records, name);
  refuseFleet(root, run, records);
  const job = trainingJobOf(run, records);
  const { AlgorithmSpecification: algorithm, HyperParameters: { sagemaker_program: program } = {} } = job;
  return {
    title: `training job ${job.TrainingJobName}`,
    image: algorithm.TrainingImage ?? '',
    environment: program === undefined ? {} : { SAGEMAKER_PROGRAM: program },
    ...trainingOf(root, job),
  };
}

function modelOfPackage(root: string, version: string, { jobs }: RunRecords): TrainedModel {
  const packages = jobs.modelPackages.list().map(({ description }) => description);
  const nameOf = (arn: string) => MODEL_PACKAGE.exec(arn)?.[1]?.toLowerCase();
  const found = packages.find(({ ModelPackageArn: arn }) => nameOf(arn) === version.toLowerCase());
  if (found === undefined) {
    const known = packages.flatMap(({ ModelPackageArn: arn }) => nameOf(arn) ?? []);
    throw new UserError(`No model package ${version}. Model packages: ${known.join(', ') || 'none'}`);
  }
  const [container, ...others] = found.InferenceSpecification?.Containers ?? [];
  const { Image: image = '', ModelDataUrl: uri, Environment: environment = {} } = container ?? {};
  const job = jobs.training
    .list()
    .map(({ description }) => description)
    .find(({ ModelArtifacts: { S3ModelArtifacts: artifacts } }) => artifacts === uri);
  if (job === undefined || others.length > 0) {
    throw new UserError(
      `model package ${version}: no training job in ${root} made its model (${uri}), so its columns and classes are unknown`,
    );
  }
  return { title: `model package ${version}`, image, environment, ...trainingOf(root, job) };
}

/** The final training job of a Map item. Undefined if the item's model comes from its search. */
function finalTrainingOfItem(records: RunRecords, name: string): RunRecord | undefined {
  return runsOfItem(records, isItem(name)).find(
    ({ kind, record }) =>
      kind === 'training job' &&
      record.description.TuningJobArn === undefined &&
      record.description.TrainingJobStatus === 'Completed' &&
      !isCrossValidation(record.name),
  );
}

/** @throws UserError for an execution that trained a model for each item */
function refuseFleet(root: string, run: RunRecord, records: RunRecords): void {
  const folder = fleetFolderOf(run, records, root);
  if (folder === undefined) return;
  throw new UserError(
    `execution ${run.record.name} is a fleet, which has a model for each item: give the id of an item. ${formatPath(join(folder, 'fleet.csv'))} lists the items and their models`,
  );
}

/** The training job that made the model of a run. */
function trainingJobOf(run: RunRecord, { jobs }: RunRecords): TrainingJobDescription {
  const { name } = run.record;
  const find = (wanted: string | undefined): TrainingJobDescription => {
    const job = wanted === undefined ? undefined : jobs.training.get(wanted);
    if (job) return job.description;
    throw new UserError(
      `${run.kind} ${name} has no model. To use a model that it trained, name the training job: "${hint(`show ${name}`)}" lists its jobs`,
    );
  };
  switch (run.kind) {
    case 'execution': {
      const output = (run.record.output ?? {}) as Partial<TuningOutput>;
      return find((output.finalTrainingJob ?? output.bestTrainingJob)?.name);
    }
    case 'tuning job':
      return find(describeTuningJob(jobs, run.record).BestTrainingJob?.TrainingJobName);
    case 'training job':
      return run.record.description;
    default:
      throw new UserError(
        `${run.kind} ${name}: predict needs an execution, a tuning job, a training job or a model package`,
      );
  }
}

function trainingOf(
  root: string,
  job: TrainingJobDescription,
): Pick<TrainedModel, 'archive' | 'hyperparameters' | 'data'> {
  const { TrainingJobName: name, TrainingJobStatus: status, ModelArtifacts: artifacts } = job;
  if (status !== 'Completed' && status !== 'Stopped') {
    throw new UserError(`training job ${name} is ${status}: it has no model`);
  }
  const archive = localPath(root, artifacts.S3ModelArtifacts);
  if (!statSync(archive, { throwIfNoEntry: false })?.isFile()) {
    throw new UserError(
      `training job ${name}: its model ${artifacts.S3ModelArtifacts} is not an archive in ${root}`,
    );
  }
  return { archive, hyperparameters: job.HyperParameters ?? {}, data: dataOf(root, job) };
}

/**
 * The training data of a job, and its description in `columns.json`, which is next to the folder of the training
 * channel.
 */
function dataOf(
  root: string,
  {
    TrainingJobName: name,
    InputDataConfig: channels = [],
    HyperParameters: hyperparameters = {},
  }: TrainingJobDescription,
): TrainedData {
  const { ContentType: type = 'text/libsvm', DataSource: source } =
    channels.find(({ ChannelName: channel }) => channel.startsWith('train')) ?? channels[0] ?? {};
  const { S3DataType: dataType, S3Uri: uri } = source?.S3DataSource ?? {};
  if (uri === undefined || !type.includes('csv')) {
    throw new UserError(
      `training job ${name} was trained on ${uri === undefined ? 'data in a file system' : type}: predict needs a model that was trained on text/csv in S3`,
    );
  }
  const place = localPath(root, uri);
  const isManifest = dataType === 'ManifestFile' && existsSync(place);
  const first = isManifest ? (readManifest(readFileSync(place, 'utf8'), uri)[0]?.uri ?? uri) : uri;
  const file = firstFile(localPath(root, first));
  const isObject = file !== undefined && file === localPath(root, first);
  // `columns.json` is in the parent of the channel's folder. `first` is either an object in the channel's folder or
  // the folder itself.
  const folder = join(localPath(root, first), isObject ? '../..' : '..');
  const columns = join(folder, COLUMNS_FILE);
  const leading = hyperparameters['csv_weights'] === '1' ? ['label', 'weight'] : ['label'];
  const width = file === undefined ? undefined : widthOf(file);
  return {
    uri,
    leading,
    ...(existsSync(columns) && { prepared: readColumnsFile(columns) }),
    ...(width !== undefined && { features: width - leading.length }),
  };
}

function firstFile(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  if (!statSync(path).isDirectory()) return path;
  for (const name of readdirSync(path).sort()) {
    const found = firstFile(join(path, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Number of fields in the first row; undefined for a file that is not text. */
function widthOf(path: string): number | undefined {
  try {
    return readCsvFile(path, ({ header }) => header.length);
  } catch (error) {
    if (error instanceof TableError) return undefined;
    throw error;
  }
}
