import type {
  AutoMLCandidate,
  DescribeAutoMLJobV2Response,
  DescribeHyperParameterTuningJobResponse,
  DescribeTrainingJobResponse,
  HyperParameterTrainingJobSummary,
  TrainingJob,
} from '@aws-sdk/client-sagemaker';
import type { FeatureImportance, LearningCurve, Links } from './report-data';

/** What a report of a hyperparameter tuning job is made of: SageMaker's responses, as they are. */
export interface TuningReportInput extends ReportExtras {
  readonly tuningJob: DescribeHyperParameterTuningJobResponse;
  readonly trainingJobs: readonly TrainingJobInput[];
  /** Earlier tuning jobs that the search started from. */
  readonly parents?: readonly Pick<TuningReportInput, 'tuningJob' | 'trainingJobs'>[];
  readonly finalTrainingJob?: DescribeTrainingJobResponse;
  /** The job that the final model was trained like. Default: the best completed one, else the best stopped one. */
  readonly bestTrainingJobName?: string;
}

/** One of the two is enough; the description has metrics, instances and billable seconds as well. */
export interface TrainingJobInput {
  /** Out of ListTrainingJobsForHyperParameterTuningJob. */
  readonly summary?: HyperParameterTrainingJobSummary;
  /** Out of DescribeTrainingJob or Search. */
  readonly description?: DescribeTrainingJobResponse | TrainingJob;
}

/** What a report of an AutoML job is made of. */
export interface AutoMlReportInput extends ReportExtras {
  readonly autoMlJob: DescribeAutoMLJobV2Response;
  readonly candidates: readonly AutoMLCandidate[];
}

interface ReportExtras {
  /** When the report is made. */
  readonly createdAt: Date;
  readonly learningCurves?: readonly LearningCurve[];
  /** Why there are no learning curves, in a sentence. */
  readonly learningCurvesNotice?: string;
  /** By feature as the model names it: `f0`, `f1`, … or names of columns. */
  readonly featureImportance?: FeatureImportance;
  /** Names of the columns, without the label: `f0` is the first. */
  readonly columnNames?: readonly string[];
  readonly links?: Links;
  /** What could not be read, in sentences. */
  readonly notices?: readonly string[];
}
