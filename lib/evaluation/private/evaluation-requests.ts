import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { DEFAULTS } from '../../private/defaults';
import { outputPrefix } from '../../private/fleet-item';
import { hasInstanceStorage } from '../../private/instance-storage';
import { nameAfterSearch } from '../../private/job-names';
import { jsonata } from '../../private/jsonata';
import { outputKey } from '../../private/output-key';
import { renderTags } from '../../private/render-tuning-job';
import { ofWinner } from '../../private/tuning-definitions';
import type { EvaluationStatesProps } from './evaluation-states';
import { evaluationLocation, finalJob } from './final-model';
import { groupField } from './model-package-group';
import { type Scoring, scoringOf } from './scoring';

/** JSONata for the folder of this evaluation. */
function folderOf(props: EvaluationStatesProps): string {
  return `${outputPrefix(props, evaluationLocation(props))} & $states.input.result.tuningJob.name`;
}

/** The SageMaker model, with the container of the definition that won. */
export function modelRequest(props: EvaluationStatesProps): Record<string, unknown> {
  const { definitions, networkIsolation = true, subnets, securityGroups = [] } = props;
  return {
    ModelName: jsonata(nameAfterSearch('model')),
    ExecutionRoleArn: props.modelRole?.roleArn,
    PrimaryContainer: {
      ...containerOf(definitions),
      ModelDataUrl: jsonata(`${finalJob(props)}.modelArtifacts`),
    },
    ...(networkIsolation && { EnableNetworkIsolation: true }),
    ...(subnets && {
      VpcConfig: {
        Subnets: subnets.map(({ subnetId }) => subnetId),
        SecurityGroupIds: securityGroups.map(({ securityGroupId }) => securityGroupId),
      },
    }),
    Tags: renderTags(props.jobTags.with()),
  };
}

/** The image and the environment of the definition that won. */
export function containerOf(definitions: EvaluationStatesProps['definitions']): Record<string, unknown> {
  const isSet = definitions.some(({ serving: { environment = {} } }) => Object.keys(environment).length > 0);
  return {
    Image: ofWinner(definitions, ({ serving }) => serving.image.uri),
    ...(isSet && { Environment: ofWinner(definitions, ({ serving }) => serving.environment ?? {}) }),
  };
}

/** The transform job: the model gets the features, and each output row has the label and the predictions. */
export function transformRequest(props: EvaluationStatesProps): Record<string, unknown> {
  const { evaluation, test, output, encryptionKey } = props;
  const { instanceType = DEFAULTS.instanceType, instanceCount = 1 } = evaluation?.resources ?? {};
  const key = outputKey(output, encryptionKey);
  return {
    TransformJobName: jsonata(nameAfterSearch('test')),
    ModelName: jsonata('$states.input.model.name'),
    TransformInput: {
      DataSource: {
        S3DataSource: { S3DataType: 'S3Prefix', S3Uri: jsonata('$states.input.settings.test') },
      },
      ContentType: test?.contentType,
      SplitType: 'Line',
    },
    TransformOutput: {
      S3OutputPath: jsonata(`${folderOf(props)} & '/predictions/'`),
      Accept: 'text/csv',
      AssembleWith: 'Line',
      ...(key && { KmsKeyId: key.keyArn }),
    },
    TransformResources: {
      InstanceType: instanceType,
      InstanceCount: instanceCount,
      ...(encryptionKey && !hasInstanceStorage(instanceType) && { VolumeKmsKeyId: encryptionKey.keyArn }),
    },
    DataProcessing: {
      InputFilter: scored(props, ({ inputFilter }) => inputFilter),
      JoinSource: 'Input',
      OutputFilter: scored(props, ({ outputFilter }) => outputFilter),
    },
    Tags: renderTags(props.jobTags.with()),
  };
}

/**
 * A value that depends on the `Scoring` of the definition that won. Synth has already failed if a definition has no
 * `Scoring`.
 */
function scored(props: EvaluationStatesProps, read: (scoring: Scoring) => unknown): unknown {
  return ofWinner(props.definitions, (definition) => read(scoringOf(props, definition) as Scoring));
}

/** Event of the function that computes the metrics. */
export function evaluationEvent(props: EvaluationStatesProps): sfn.TaskInput {
  const { output, encryptionKey, qualityGate } = props;
  const folder = folderOf(props);
  return sfn.TaskInput.fromObject({
    predictions: jsonata(`${folder} & '/predictions/'`),
    columns: scored(props, ({ columns }) => columns),
    problem: scored(props, ({ problem }) => ({ type: problem.problemType, ...problem._options })),
    statistics: jsonata(statisticsOf(props)),
    encryptionKey: outputKey(output, encryptionKey)?.keyArn,
    details: {
      test: jsonata('$states.input.settings.test'),
      finalTrainingJob: jsonata(`${finalJob(props)}.name`),
      model: jsonata(`${finalJob(props)}.modelArtifacts`),
    },
    gate: qualityGate?._condition,
    modelPackageGroup: qualityGate && groupField(props),
  });
}

/** JSONata for the URI of the metrics. */
function statisticsOf(props: EvaluationStatesProps): string {
  return `${folderOf(props)} & '/evaluation.json'`;
}
