import * as aws from '../../private/aws-shapes';
import {
  duration,
  flag,
  knownDuration,
  list,
  type Members,
  map,
  number,
  oneOf,
  optional,
  struct,
  text,
} from '../../private/shape';
import { WORKFLOW } from '../../private/workflow-shape';
import type { AutoMlFragmentProps } from '../automl-fragment';
import { AutoMlMode, AutoMlProblemType } from '../automl-objective';
import type { AutoMlOptions } from '../automl-options';
import type { AutoMlWorkflowProps } from '../automl-workflow';

const OPTIONS: Members<AutoMlOptions> = {
  target: text,
  validationFraction: optional(number),
  problemType: optional(oneOf(AutoMlProblemType)),
  objective: optional(aws.AUTOML_OBJECTIVE),
  mode: optional(oneOf(AutoMlMode)),
  maxCandidates: optional(number),
  maxRuntime: optional(duration),
  maxRuntimePerTrainingJob: optional(duration),
  maxQuotaWait: optional(knownDuration),
  sampleWeightColumn: optional(text),
  featureSpecification: optional(aws.DATA_LOCATION),
  allowedInputLocations: optional(list(aws.DATA_LOCATION)),
  report: optional(flag),
  trainingRole: optional(aws.ROLE),
  encryptionKey: optional(aws.GRANTED_KEY),
  vpc: optional(aws.VPC),
  vpcSubnets: optional(aws.SUBNET_SELECTION),
  securityGroups: optional(list(aws.SECURITY_GROUP)),
  interContainerTrafficEncryption: optional(flag),
  tags: optional(map(text)),
  jobNamePrefix: optional(text),
};

/** Types of the props of an `AutoMlFragment`. */
export const AUTOML_FRAGMENT = struct<AutoMlFragmentProps>({
  ...OPTIONS,
  train: aws.AUTOML_DATA,
  validation: optional(aws.AUTOML_DATA),
  output: aws.DATA_LOCATION,
  input: optional(text),
});

/** Types of the props of an `AutoMlWorkflow`. */
export const AUTOML_WORKFLOW = struct<AutoMlWorkflowProps>({
  ...OPTIONS,
  ...WORKFLOW,
  train: optional(aws.AUTOML_DATA),
  validation: optional(aws.AUTOML_DATA),
});
