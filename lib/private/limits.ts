// Sources:
// - Constraints of the API: botocore's service model of SageMaker (shapes of CreateHyperParameterTuningJob).
// - Bucket names: the rules of S3.
// - Quotas: "automatic-model-tuning-limits" of the SageMaker developer guide.

/** Limits of tuning jobs. They are checked at synth and in the first state of an execution. */
export const LIMITS = {
  tuningJobNameLength: 32,
  trainingJobNameLength: 63,
  jobNamePattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/,
  /** Default quota for one tuning job. For a random search, the quota can be raised to `trainingJobsRandom`. */
  trainingJobs: 750,
  trainingJobsRandom: 10_000,
  /**
   * Maximum number of training jobs of a tuning job and its parents together. AWS's page about warm start says 500, and
   * its page about quotas says 750.
   */
  warmStartTrainingJobs: 500,
  /** Our own limit for a search that runs several tuning jobs one after the other. */
  chainedTrainingJobs: 10_000,
  parallelTrainingJobs: 100,
  /** Maximum number of concurrent tuning jobs in an account and region. The quota cannot be raised. */
  concurrentTuningJobs: 100,
  /** Maximum number of concurrent child executions of a Distributed Map in Step Functions. */
  childExecutions: 10_000,
  ranges: 30,
  categoricalValues: 30,
  categoricalValueLength: 256,
  hyperparameters: 100,
  hyperparameterNameLength: 256,
  hyperparameterValueLength: 2500,
  metricNameLength: 255,
  metricDefinitions: 40,
  metricRegexLength: 500,
  definitions: 10,
  definitionNameLength: 64,
  channels: 20,
  channelNamePattern: /^[A-Za-z0-9._-]{1,64}$/,
  instanceGroups: 5,
  instanceGroupNameLength: 64,
  keepAliveSeconds: { min: 1, max: 21_600 },
  /** Maximum number of environment variables of all definitions of a tuning job together. */
  environmentVariables: 48,
  /** Maximum number of environment variables of a training job (shape TrainingEnvironmentMap). */
  trainingJobEnvironmentVariables: 100,
  environmentLength: 512,
  /** Maximum number of environment variables of a model (shape EnvironmentMap). */
  modelEnvironmentVariables: 100,
  /** Maximum length of the name or the value of a model's environment variable. */
  modelEnvironmentLength: 1024,
  modelPackageGroupNameLength: 63,
  modelPackageDescriptionLength: 1024,
  customerMetadata: 50,
  customerMetadataKeyLength: 128,
  customerMetadataValueLength: 256,
  containerCommand: 100,
  containerCommandLength: 256,
  tuningRuntimeSeconds: { min: 120, max: 15_768_000 },
  trainingRuntimeSeconds: { min: 1, max: 28 * 24 * 3600 },
  /**
   * Our own limit on the wait for a quota. A wait of a day takes about 50 attempts. Their events are far below the
   * 25,000 events that an execution can have.
   */
  quotaWaitSeconds: { min: 0, max: 24 * 3600 },
  hyperbandResource: 20_000,
  /** Our own limit on the total length of all feature names. */
  featureNameCharacters: 50_000,
  parentTuningJobs: 5,
  tags: 50,
  tagKeyLength: 128,
  tagValueLength: 256,
  /** Pattern for the keys and values of tags (shape Tag). */
  tagPattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u,
  imageLength: 255,
  s3UriLength: 1024,
  /** Pattern for bucket names. It also matches the names of buckets that were created before 2018. */
  bucketNamePattern: /^[A-Za-z0-9][A-Za-z0-9._-]{2,254}$/,
  stateMachineNamePattern: /^[a-zA-Z0-9+!@.()=_'-]{1,80}$/,
  securityGroups: 5,
  subnets: 16,
} as const;

/** Hyperparameters that only containers and SageMaker set. */
export const RESERVED_HYPERPARAMETERS = /^(sagemaker_|_tuning_)/;

export const RESERVED_HYPERPARAMETER = 'is reserved: the algorithm or SageMaker sets it';

/** Maximum length of the job name prefix. The name of a tuning job is `<prefix>-<15 characters>`. */
export const JOB_NAME_PREFIX_LENGTH = 16;

/** Maximum length of a fleet's job name prefix. The name of a tuning job is `<prefix>-<part of the item's ID>-<hash>`. */
export const FLEET_JOB_NAME_PREFIX_LENGTH = 13;
