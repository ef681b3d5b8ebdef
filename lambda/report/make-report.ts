import { defined } from '../shared/defined';
import { buildAutoMlReport, buildTuningReport } from './build-report';
import type { ReportClients } from './clients';
import { textOf } from './error-text';
import type { ReportEvent } from './event';
import type { TrainingJobInput } from './input';
import type { FeatureImportance, Links, Report } from './report-data';
import { readAutoMlSearch } from './sources/automl-search';
import { definitionOf } from './sources/definition-of';
import { readLearningCurves } from './sources/learning-curves';
import { readModelImportance } from './sources/model-importance';
import {
  type ReadTrainingJob,
  readTrainingJob,
  readTuningSearch,
  type TuningSearch,
} from './sources/tuning-search';

/** Settings of a report. All other data is read with the clients. */
export type ReportOptions = Omit<ReportEvent, 'output' | 'encryptionKey'> & { readonly links?: Links };

/** Maximum time for reading logs and models. After this time, the report is created without them. */
const EXTRAS_MILLISECONDS = 30_000;

/** Reads a search and creates its report. The search can still be running, or have failed. */
export async function makeReport(clients: ReportClients, options: ReportOptions): Promise<Report> {
  const { tuningJobName, autoMlJobName = '', links } = options;
  const common = { createdAt: new Date(), ...(links && { links }) };
  if (tuningJobName === undefined) {
    return buildAutoMlReport({
      ...common,
      ...(await readAutoMlSearch(clients.sagemaker, autoMlJobName)),
      learningCurvesNotice:
        'There are no learning curves: SageMaker does not say which logs belong to a candidate.',
    });
  }
  const { finalTrainingJobName: finalName } = options;
  const readOptional = (name: string | undefined) =>
    name === undefined ? undefined : readTrainingJob(clients.sagemaker, name);
  const finalJob = readOptional(finalName);
  const crossValidationName = options.crossValidation?.name ?? options.crossValidationJobName;
  const crossValidationJob = readOptional(crossValidationName);
  // Reads and unpacks the final model at the same time as the search and the logs.
  const finalImportance = finalJob && readImportance(clients.s3, finalJob);
  const search = await readTuningSearch(clients.sagemaker, tuningJobName, {
    ...defined({ finalJob, crossValidationJob, earlier: options.earlierTuningJobNames }),
  });
  const { notices, ...input } = search;
  const [curves, importance] = await Promise.all([
    readLearningCurves(clients.logs, search, AbortSignal.timeout(EXTRAS_MILLISECONDS)),
    search.finalTrainingJob
      ? finalImportance
      : readImportance(clients.s3, bestOf(search, options)?.description),
  ]);
  const columnNames = namesFor(search, options);
  const { earlierTuningJobNames, crossValidation, evaluation, charts, gate, modelPackage } = options;
  return buildTuningReport({
    ...common,
    ...(crossValidationName !== undefined && {
      crossValidationJob: { TrainingJobName: crossValidationName },
    }),
    ...input,
    ...curves,
    ...(importance && typeof importance === 'object' && { featureImportance: importance, columnNames }),
    ...(options.bestTrainingJobName && { bestTrainingJobName: options.bestTrainingJobName }),
    ...(options.reusesBest && { reusesBest: true }),
    ...defined({ earlierTuningJobNames, crossValidation, evaluation, charts, gate, modelPackage }),
    notices: [
      ...(options.searchFailure ? [`The search is not complete. ${options.searchFailure}`] : []),
      ...notices,
      ...(typeof importance === 'string' ? [importance] : []),
    ],
  });
}

/** The best training job, if it was read. */
function bestOf(
  { trainingJobs }: TuningSearch,
  { bestTrainingJobName: name }: ReportOptions,
): TrainingJobInput | undefined {
  return trainingJobs.find(({ summary }) => summary?.TrainingJobName === name);
}

/**
 * Feature importance of a training job's model.
 *
 * @returns undefined if the model is not an XGBoost model; a notice if the model cannot be read
 */
async function readImportance(
  client: ReportClients['s3'],
  reading: Promise<ReadTrainingJob> | TrainingJobInput['description'],
): Promise<FeatureImportance | string | undefined> {
  try {
    const job = await reading;
    if (typeof job !== 'object') return undefined;
    const modelArtifacts = job.ModelArtifacts?.S3ModelArtifacts;
    const image = job.AlgorithmSpecification?.TrainingImage ?? '';
    if (!modelArtifacts || !/(^|\/)sagemaker-xgboost[:@]/.test(image)) return undefined;
    return await readModelImportance(client, modelArtifacts, AbortSignal.timeout(EXTRAS_MILLISECONDS));
  } catch (error) {
    return `The feature importance is missing: ${textOf(error)}.`;
  }
}

/** The feature names; undefined if the best training job used data other than the data that has these features. */
function namesFor(search: TuningSearch, options: ReportOptions): readonly string[] | undefined {
  const { features } = options;
  const definition = definitionOf(search.tuningJob, bestOf(search, options)?.summary);
  const channels = definition?.InputDataConfig ?? [];
  const isSame = channels.some(({ DataSource }) => DataSource?.S3DataSource?.S3Uri === features?.data);
  return isSame ? features?.names : undefined;
}
