import type {
  AutoMLCandidate,
  DescribeAutoMLJobV2Response,
  DescribeHyperParameterTuningJobResponse,
  DescribeTrainingJobResponse,
  HyperParameterTrainingJobSummary,
  TrainingJob,
} from '@aws-sdk/client-sagemaker';
import type { CrossValidation } from '../shared/cross-validation';
import type { Charts, Evaluation, GateResult, ModelPackage } from '../shared/evaluation';
import type { FeatureImportance, LearningCurve, Links } from './report-data';

/** Input for the report of a hyperparameter tuning job: SageMaker's unchanged responses. */
export interface TuningReportInput extends ReportExtras, ModelResults {
  readonly tuningJob: DescribeHyperParameterTuningJobResponse;
  readonly trainingJobs: readonly TrainingJobInput[];
  /** Minimum number of training jobs of the search that were not read. Default: 0. */
  readonly unreadJobs?: number;
  /** Names of the tuning jobs that the search ran before this one, oldest first. Their training jobs are in `trainingJobs`. */
  readonly earlierTuningJobNames?: readonly string[];
  /** Earlier tuning jobs that the search started from. */
  readonly parents?: readonly Pick<TuningReportInput, 'tuningJob' | 'trainingJobs'>[];
  readonly finalTrainingJob?: DescribeTrainingJobResponse;
  /** The training job of the cross-validation. If SageMaker cannot describe it, only its name. */
  readonly crossValidationJob?: Partial<DescribeTrainingJobResponse>;
  /** The best training job, whose hyperparameters the final training used. Default: the best job of the search. */
  readonly bestTrainingJobName?: string;
  /** Whether the model of the best training job is the final model, so that there is no final training job. */
  readonly reusesBest?: boolean;
}

/** Results of the states after the search, unchanged. */
export interface ModelResults {
  /** The cross-validation of the best hyperparameters. */
  readonly crossValidation?: CrossValidation;
  /** The evaluation of the final model on test data, as the function `evaluate-model` returns it. */
  readonly evaluation?: Evaluation;
  readonly charts?: Charts;
  readonly gate?: GateResult;
  readonly modelPackage?: ModelPackage;
}

/** A training job: its summary or its description. The description also has metrics, instances and billable seconds. */
export interface TrainingJobInput {
  /** From ListTrainingJobsForHyperParameterTuningJob. */
  readonly summary?: HyperParameterTrainingJobSummary;
  /** From DescribeTrainingJob or Search. */
  readonly description?: DescribeTrainingJobResponse | TrainingJob;
}

/** Input for the report of an AutoML job. */
export interface AutoMlReportInput extends ReportExtras {
  readonly autoMlJob: DescribeAutoMLJobV2Response;
  readonly candidates: readonly AutoMLCandidate[];
}

interface ReportExtras {
  /** Creation time of the report. */
  readonly createdAt: Date;
  readonly learningCurves?: readonly LearningCurve[];
  /** A sentence that explains why there are no learning curves. */
  readonly learningCurvesNotice?: string;
  /** Importance by the model's feature names: `f0`, `f1`, … or column names. */
  readonly featureImportance?: FeatureImportance;
  /** Names of the columns, without the label column. `f0` is the first column. */
  readonly columnNames?: readonly string[];
  readonly links?: Links;
  /** Sentences about data that could not be read. */
  readonly notices?: readonly string[];
}
