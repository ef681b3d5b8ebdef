/** Operations on training and tuning jobs. */
export const JOB_OPERATIONS = [
  'CreateHyperParameterTuningJob',
  'CreateTrainingJob',
  'DeleteHyperParameterTuningJob',
  'DeleteTrainingJob',
  'DescribeHyperParameterTuningJob',
  'DescribeTrainingJob',
  'ListHyperParameterTuningJobs',
  'ListTrainingJobs',
  'ListTrainingJobsForHyperParameterTuningJob',
  'StopHyperParameterTuningJob',
  'StopTrainingJob',
] as const;

/** Operations on AutoML jobs. */
export const AUTOML_OPERATIONS = [
  'CreateAutoMLJobV2',
  'DescribeAutoMLJobV2',
  'ListAutoMLJobs',
  'ListCandidatesForAutoMLJob',
  'StopAutoMLJob',
] as const;

/** Operations on the tags of jobs. */
export const TAG_OPERATIONS = ['AddTags', 'DeleteTags', 'ListTags'] as const;

/** All operations of SageMaker that local mode has: known before the service runs, for checks of definitions. */
export const SAGEMAKER_OPERATIONS: readonly string[] = [
  ...JOB_OPERATIONS,
  ...AUTOML_OPERATIONS,
  ...TAG_OPERATIONS,
];

/** Functions that run operations, one for each of the names. */
export type Operations<Names extends readonly string[], Operation> = Readonly<
  Record<Names[number], Operation>
>;
