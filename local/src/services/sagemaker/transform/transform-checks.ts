import type { BatchSettings, ServedModel } from '../../../training/model-server';
import { validationError } from '../../aws-error';
import type { TrainingDefinition } from '../api-types';
import type { ModelDescription } from '../models/model-types';
import { parseJsonPath } from './json-path';
import type { CreateTransformJobRequest, TransformModel } from './transform-types';

const MIB = 1 << 20;

/** Default of MaxPayloadInMB (API reference, CreateTransformJob). */
const DEFAULT_PAYLOAD_MB = 6;

/** Maximum total payload of concurrent requests (API reference, CreateTransformJob, MaxPayloadInMB). */
const MOST_PAYLOAD_MB = 100;

/**
 * The container that a transform job runs.
 *
 * @throws AwsError ValidationException for a model that batch transform or local mode does not support
 */
export function transformedModel({
  ModelName: name,
  PrimaryContainer: primary,
  Containers: several = [],
  ExecutionRoleArn: roleArn = '',
  EnableNetworkIsolation: networkIsolation = false,
}: ModelDescription): TransformModel {
  const [container, ...more] = primary === undefined ? several : [primary];
  if (container === undefined || more.length > 0) {
    throw validationError(
      `local mode does not support inference pipelines: the model "${name}" has ${several.length} containers. Create it with one container`,
    );
  }
  if (container.Mode === 'MultiModel') {
    throw validationError(
      `the model "${name}" is a multi-model container, which batch transform does not support: set Mode to SingleModel`,
    );
  }
  if (container.ModelDataSource !== undefined) {
    throw validationError(
      `the model "${name}" has ModelDataSource, which batch transform does not support: give ModelDataUrl`,
    );
  }
  return { container, roleArn, networkIsolation };
}

/** Describes the model server for a job: the container's image, and the environments of the container and the job. */
export function servedModel(
  { container, networkIsolation = false }: TransformModel,
  request: CreateTransformJobRequest,
): ServedModel {
  const { Environment: environment } = request;
  return {
    image: container.Image ?? '',
    environment: { ...container.Environment, ...environment, ...batchVariables(request) },
    networkIsolation,
  };
}

/**
 * The environment variables that SageMaker adds. SageMaker omits a variable if the request has no value for it.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-batch-code.html
 */
function batchVariables(request: CreateTransformJobRequest): Record<string, string> {
  const { MaxPayloadInMB: payload, MaxConcurrentTransforms: atOnce, BatchStrategy: strategy } = request;
  return {
    SAGEMAKER_BATCH: 'true',
    ...(payload !== undefined && { SAGEMAKER_MAX_PAYLOAD_IN_MB: String(payload) }),
    ...(strategy !== undefined && {
      SAGEMAKER_BATCH_STRATEGY: strategy === 'SingleRecord' ? 'SINGLE_RECORD' : 'MULTI_RECORD',
    }),
    ...(atOnce !== undefined && { SAGEMAKER_MAX_CONCURRENT_TRANSFORMS: String(atOnce) }),
  };
}

/**
 * The settings for a job's requests and output.
 *
 * @throws AwsError ValidationException for settings that conflict or that local mode does not support
 */
export function batchSettings(request: CreateTransformJobRequest): BatchSettings {
  const { TransformInput: input, TransformOutput: output, DataProcessing: processing = {} } = request;
  const { SplitType: split = 'None' } = input;
  const timeout = request.ModelClientConfig?.InvocationsTimeoutInSeconds;
  const payload = request.MaxPayloadInMB ?? DEFAULT_PAYLOAD_MB;
  const atOnce = request.MaxConcurrentTransforms ?? 0;
  if (payload * Math.max(1, atOnce) > MOST_PAYLOAD_MB) {
    throw validationError(
      `MaxConcurrentTransforms * MaxPayloadInMB is ${payload * Math.max(1, atOnce)} and must not exceed ${MOST_PAYLOAD_MB} MB`,
    );
  }
  if (split === 'RecordIO' || split === 'TFRecord') {
    throw validationError(
      `TransformInput.SplitType: local mode splits files by Line or not at all (None), got ${split}`,
    );
  }
  if (request.BatchStrategy === 'SingleRecord' && split === 'None') {
    throw validationError(
      'BatchStrategy SingleRecord needs records: set TransformInput.SplitType to Line, or leave BatchStrategy out',
    );
  }
  return {
    ...(input.ContentType !== undefined && { contentType: input.ContentType }),
    ...(output.Accept !== undefined && { accept: output.Accept }),
    isGzip: input.CompressionType === 'Gzip',
    splitsLines: split === 'Line',
    isSingleRecord: request.BatchStrategy === 'SingleRecord',
    maxPayloadBytes: payload * MIB,
    endsLines: output.AssembleWith === 'Line',
    joinsInput: processing.JoinSource === 'Input',
    inputFilter: parseJsonPath(processing.InputFilter || '$', 'InputFilter'),
    outputFilter: parseJsonPath(processing.OutputFilter || '$', 'OutputFilter'),
    leftToModel: [
      ...(request.MaxPayloadInMB === undefined ? (['maxPayloadBytes'] as const) : []),
      ...(request.BatchStrategy === undefined && split === 'Line' ? (['isSingleRecord'] as const) : []),
    ],
    ...(timeout !== undefined && { invocationSeconds: timeout }),
  };
}

/**
 * A job's input and output in the form of a training definition: transform jobs use S3 in the same way as training
 * jobs.
 */
export function transformData(
  { TransformInput: input, TransformOutput: output }: CreateTransformJobRequest,
  { roleArn }: TransformModel,
): TrainingDefinition {
  return {
    AlgorithmSpecification: { TrainingInputMode: 'File' },
    RoleArn: roleArn,
    InputDataConfig: [{ ChannelName: 'TransformInput', DataSource: input.DataSource }],
    OutputDataConfig: { S3OutputPath: output.S3OutputPath },
  };
}
