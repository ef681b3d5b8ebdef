import { Token } from 'aws-cdk-lib';
import type { TrainingMetricDefinition } from '../tasks/training-job-definition';
import { LIMITS } from './limits';
import { instance, type Shape, struct, text } from './shape';

// Shapes of the values that properties accept: constructs, and value objects of this library.

export const ROLE = instance('an IAM role', 'roleArn');
export const KEY = instance('a KMS key', 'keyArn');
/** A KMS key that this library grants permissions for. */
export const GRANTED_KEY: Shape = (problems, prop, value) => {
  KEY(problems, prop, value);
  if (isImportedAlias(value))
    problems.add(
      prop,
      'must be a key, got an imported alias: the library cannot grant permissions for the key of an imported alias. Use kms.Key.fromKeyArn or kms.Key.fromLookup',
    );
};

/** Whether a value is an imported alias of a key. Reading the key of such an alias throws an error. */
function isImportedAlias(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('aliasTargetKey' in value)) return false;
  try {
    return value.aliasTargetKey === undefined;
  } catch {
    return true;
  }
}

export const VPC = instance('a VPC', 'vpcId', 'selectSubnets');
export const SUBNET = instance('a subnet', 'subnetId');
export const SUBNET_SELECTION = instance('a selection of subnets');
export const SECURITY_GROUP = instance('a security group', 'securityGroupId');
export const BUCKET = instance('an S3 bucket', 'bucketArn', 's3UrlForObject');
export const REPOSITORY = instance(
  'a repository of Amazon ECR',
  'repositoryArn',
  'repositoryUriForTagOrDigest',
);
export const STATE_MACHINE = instance('a state machine', 'stateMachineArn');
export const TASK_INPUT = instance('a TaskInput of aws-stepfunctions', 'value');

export const DATA_LOCATION = instance(
  'a DataLocation: use DataLocation.fromBucket or DataLocation.fromUri',
  'uri',
  '_bucketArn',
);
export const INPUT_DATA = instance(
  'an InputData, such as InputData.csv(location)',
  'contentType',
  '_options',
);
export const AUTOML_DATA = instance(
  'an AutoMlData: use AutoMlData.csv or AutoMlData.parquet',
  'contentType',
  'compressionType',
);
export const ALGORITHM = instance('an Algorithm, such as Algorithm.xgboost(…)', '_definition');
export const OBJECTIVE = instance(
  'an Objective: use Objective.minimize or Objective.maximize',
  'metric',
  'type',
  '_render',
);
export const PARAMETER_RANGE = instance('a ParameterRange, such as ParameterRange.integer(…)', '_kind');
export const STRATEGY = instance('a TuningStrategy, such as TuningStrategy.random()', 'name', '_options');
export const FINAL_TRAINING_DATA = instance(
  'a FinalTrainingData, such as FinalTrainingData.trainAndValidation()',
  '_source',
);
export const EVALUATION_PROBLEM = instance(
  'an EvaluationProblem, such as EvaluationProblem.regression()',
  'problemType',
  '_predictions',
);
export const QUALITY_GATE = instance("a QualityGate, such as QualityGate.atMost('rmse', 0.3)", '_condition');
export const MODEL_REGISTRY = instance('a ModelRegistry, such as ModelRegistry.group()', '_group');
export const WARM_START = instance('a WarmStart, such as WarmStart.transferLearning()', 'tuningJobNames');

export const FLEET_ITEMS = instance('a FleetItems, such as FleetItems.csv(location)', '_format', '_location');
export const TOLERATED_FAILURES = instance(
  'a ToleratedFailures, such as ToleratedFailures.percentage(10)',
  '_unit',
  '_value',
);

export const AUTOML_OBJECTIVE = instance(
  'an AutoMlObjective, such as AutoMlObjective.RMSE',
  'metric',
  'problemTypes',
);
export const CONTAINER_IMAGE = instance(
  'a ContainerImage, such as ContainerImage.fromAsset(folder)',
  '_title',
  '_bind',
);
export const SCRIPT_SOURCE = instance('a ScriptSource: use ScriptSource.fromFolder or fromArchive', '_bind');
export const FRAMEWORK = instance('a Framework, such as Framework.scikitLearn(version)', 'frameworkName');
export const DISTRIBUTION = instance('a Distribution, such as Distribution.mpi()', '_hyperparameters');

/** A metric to find in the log. */
export const METRIC = struct<TrainingMetricDefinition>({ name: text, regex: text });
export const XGBOOST_VERSION = instance('an XGBoostVersion, such as XGBoostVersion.V3_2_0', 'version');

/** Prefix of job names, with or without a trailing hyphen. Permissions are limited to jobs with this prefix. */
export const PREFIX_OF_JOBS: Shape = (problems, prop, value) => {
  text(problems, prop, value);
  if (typeof value !== 'string' || Token.isUnresolved(value)) return;
  if (LIMITS.jobNamePattern.test(value.replace(/-$/, '')) && value.length <= LIMITS.trainingJobNameLength)
    return;
  problems.add(prop, `must be letters, digits and inner hyphens, got ${JSON.stringify(value)}`);
};
