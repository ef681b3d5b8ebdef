import type {
  AutoMLCandidate,
  DescribeAutoMLJobV2Response,
  DescribeHyperParameterTuningJobResponse,
  DescribeTrainingJobResponse,
  HyperParameterTrainingJobSummary,
  TrainingJob,
} from '@aws-sdk/client-sagemaker';
import type { FeatureImportance, LearningCurve, Links } from './report-data';

/** Input of a report about a hyperparameter tuning job: SageMaker's responses, unchanged. */
export interface TuningReportInput extends ReportExtras {
  readonly tuningJob: DescribeHyperParameterTuningJobResponse;
  readonly trainingJobs: readonly TrainingJobInput[];
  /** Earlier tuning jobs that the search started from. */
  readonly parents?: readonly Pick<TuningReportInput, 'tuningJob' | 'trainingJobs'>[];
  readonly finalTrainingJob?: DescribeTrainingJobResponse;
  /** The best training job, whose hyperparameters the final training used. Default: the best completed one, else the best stopped. */
  readonly bestTrainingJobName?: string;
  /** Whether its model is the final one, so that there is no final training job. */
  readonly reusesBest?: boolean;
}

/** A training job. One of the two is enough. The description also has metrics, instances and billable seconds. */
export interface TrainingJobInput {
  /** From ListTrainingJobsForHyperParameterTuningJob. */
  readonly summary?: HyperParameterTrainingJobSummary;
  /** From DescribeTrainingJob or Search. */
  readonly description?: DescribeTrainingJobResponse | TrainingJob;
}

/** Input of a report about an AutoML job. */
export interface AutoMlReportInput extends ReportExtras {
  readonly autoMlJob: DescribeAutoMLJobV2Response;
  readonly candidates: readonly AutoMLCandidate[];
}

interface ReportExtras {
  /** When the report is created. */
  readonly createdAt: Date;
  readonly learningCurves?: readonly LearningCurve[];
  /** Why there are no learning curves, as a sentence. */
  readonly learningCurvesNotice?: string;
  /** Importance by the model's feature names: `f0`, `f1`, … or names of columns. */
  readonly featureImportance?: FeatureImportance;
  /** Names of the columns, without the label: `f0` is the first. */
  readonly columnNames?: readonly string[];
  readonly links?: Links;
  /** What could not be read, as sentences. */
  readonly notices?: readonly string[];
}
