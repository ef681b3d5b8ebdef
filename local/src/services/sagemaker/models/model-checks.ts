import { AwsError, validationError } from '../../aws-error';
import type { EngineContext } from '../engine-context';
import type { ContainerDefinition, CreateModelRequest } from './model-types';
import { resolveContainer } from './resolve-container';

/**
 * Applies the checks of SageMaker's CreateModel. CreateTransformJob checks whether local mode can run the image,
 * because a model alone runs nothing.
 *
 * @returns the model's role
 * @throws AwsError ValidationException
 */
export function checkModel(
  request: CreateModelRequest,
  context: Pick<EngineContext, 'data' | 'environment' | 'jobs'>,
): string {
  const { PrimaryContainer: primary, Containers: several = [], ExecutionRoleArn: role } = request;
  if ((primary === undefined) === (several.length === 0)) {
    throw validationError('CreateModel: give either PrimaryContainer or Containers, and not both');
  }
  if (role === undefined) {
    throw validationError(
      'CreateModel: ExecutionRoleArn is missing. SageMaker needs this role to read the model data',
    );
  }
  for (const container of primary === undefined ? several : [primary]) {
    checkContainer(container);
    checkModelData(resolveContainer(container, context), role, context);
  }
  return role;
}

function checkContainer({
  Image: image,
  ModelPackageName: modelPackage,
  ...data
}: ContainerDefinition): void {
  if ((image === undefined) === (modelPackage === undefined)) {
    throw validationError('CreateModel: a container takes either Image or ModelPackageName, and not both');
  }
  if (data.InferenceSpecificationName !== undefined) {
    throw validationError(
      'CreateModel: local mode has only the main inference specification of a model package',
    );
  }
  if (data.ModelDataUrl !== undefined && data.ModelDataSource !== undefined) {
    throw validationError(
      'CreateModel: a container takes either ModelDataUrl or ModelDataSource, and not both',
    );
  }
}

/** Checks that the role can read the model data, as SageMaker does when it creates a model. */
function checkModelData(
  container: ContainerDefinition,
  role: string,
  { data, environment }: Pick<EngineContext, 'data' | 'environment'>,
): void {
  const source = container.ModelDataSource?.S3DataSource;
  const uri = container.ModelDataUrl ?? (source?.S3DataType === 'S3Object' ? source.S3Uri : undefined);
  if (uri === undefined || container.Mode === 'MultiModel') return;
  try {
    data.checkTrust(role);
    if (data.findObject(uri, role) !== undefined) return;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw validationError(
      `Could not access model data at ${uri}. Please ensure that the role "${role}" exists and that its trust relationship policy allows the action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com". Also ensure that the role has "s3:GetObject" permissions and that the object is located in ${environment.region}. (${error.message})`,
    );
  }
  throw validationError(`Could not find model data at ${uri}.`);
}
