import type { DescribeHyperParameterTuningJobResponse } from '@aws-sdk/client-sagemaker';
import { buildAutoMlReport, buildTuningReport } from './build-report';
import type { ReportClients } from './clients';
import { textOf } from './error-text';
import type { FeatureNames, ReportEvent } from './event';
import type { FeatureImportance, Links, Report } from './report-data';
import { readAutoMlSearch } from './sources/automl-search';
import { readLearningCurves } from './sources/learning-curves';
import { readModelImportance } from './sources/model-importance';
import { readTuningSearch, type TuningSearch } from './sources/tuning-search';

/** Settings of a report, in addition to what the clients read. */
export type ReportOptions = Omit<ReportEvent, 'output' | 'encryptionKey'> & { readonly links?: Links };

/** Maximum time for reading logs and model. A report without them is better than none. */
const EXTRAS_MILLISECONDS = 30_000;

/** Reads a search and creates its report. The search may still be running, or have failed. */
export async function makeReport(clients: ReportClients, options: ReportOptions): Promise<Report> {
  const { tuningJobName, autoMlJobName = '', links } = options;
  const common = { createdAt: new Date(), ...(links && { links }) };
  if (tuningJobName === undefined) {
    return buildAutoMlReport({
      ...common,
      ...(await readAutoMlSearch(clients.sagemaker, autoMlJobName)),
      learningCurvesNotice: 'There are no learning curves: SageMaker does not tell the logs of candidates.',
    });
  }
  const search = await readTuningSearch(clients.sagemaker, tuningJobName, options.finalTrainingJobName);
  const { notices, ...input } = search;
  const signal = AbortSignal.timeout(EXTRAS_MILLISECONDS);
  const [curves, importance] = await Promise.all([
    readLearningCurves(clients.logs, search, signal),
    readImportance(clients.s3, search, options, signal),
  ]);
  return buildTuningReport({
    ...common,
    ...input,
    ...curves,
    ...importance,
    ...(options.bestTrainingJobName && { bestTrainingJobName: options.bestTrainingJobName }),
    notices: [...notices, ...importance.notices],
  });
}

interface Importance {
  readonly featureImportance?: FeatureImportance;
  readonly columnNames?: readonly string[];
  readonly notices: readonly string[];
}

/** Feature importance of the final model or, without a final model, of the best training job's model. */
async function readImportance(
  client: ReportClients['s3'],
  search: TuningSearch,
  { bestTrainingJobName, features }: ReportOptions,
  signal: AbortSignal,
): Promise<Importance> {
  const best = search.trainingJobs.find(({ summary }) => summary?.TrainingJobName === bestTrainingJobName);
  const job = search.finalTrainingJob ?? best?.description;
  const modelArtifacts = job?.ModelArtifacts?.S3ModelArtifacts;
  const image = job?.AlgorithmSpecification?.TrainingImage ?? '';
  if (!modelArtifacts || !/(^|\/)sagemaker-xgboost[:@]/.test(image)) return { notices: [] };
  try {
    const columnNames = namesFor(search.tuningJob, features);
    return {
      featureImportance: await readModelImportance(client, modelArtifacts, signal),
      ...(columnNames && { columnNames }),
      notices: [],
    };
  } catch (error) {
    return { notices: [`The importance of the features is left out: ${textOf(error)}.`] };
  }
}

/** The feature names, if the search trained with the data that they belong to. */
function namesFor(
  tuningJob: DescribeHyperParameterTuningJobResponse,
  features: FeatureNames | undefined,
): readonly string[] | undefined {
  const channels = tuningJob.TrainingJobDefinition?.InputDataConfig ?? [];
  const isSame = channels.some(({ DataSource }) => DataSource?.S3DataSource?.S3Uri === features?.data);
  return isSame ? features?.names : undefined;
}
