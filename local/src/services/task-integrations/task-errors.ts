import { randomUUID } from 'node:crypto';
import { StatesError } from '../../states';
import { AwsError } from '../aws-error';

/** How an integration names its errors. */
export interface ErrorNaming {
  /** The part of error names before the dot, such as `SageMaker`. */
  readonly prefix: string;
  /** Name of errors that are not in the service model. */
  readonly generic: string;
  /** Error codes in the service model, as sent to clients. */
  readonly modeled: readonly string[];
  /** The cause, with the wording of the SDK that Step Functions uses for the integration. */
  readonly cause: (error: AwsError) => string;
}

const SAGEMAKER_CODES = ['ResourceInUse', 'ResourceLimitExceeded', 'ResourceNotFound', 'ConflictException'];

/** Errors of `sagemaker:<action>`, as seen in deployed state machines. */
export const SAGEMAKER_ERRORS: ErrorNaming = {
  prefix: 'SageMaker',
  generic: 'AmazonSageMakerException',
  modeled: SAGEMAKER_CODES,
  cause: (error) => olderCause('AmazonSageMaker', error),
};

/** Errors of `lambda:invoke` and of function ARNs. */
export const LAMBDA_ERRORS: ErrorNaming = {
  prefix: 'Lambda',
  generic: 'AWSLambdaException',
  modeled: ['ResourceNotFoundException', 'InvalidParameterValueException', 'InvalidRuntimeException'],
  cause: (error) => olderCause('AWSLambda', error),
};

/** Errors of `states:startExecution`. */
export const STATES_ERRORS: ErrorNaming = {
  prefix: 'StepFunctions',
  generic: 'AWSStepFunctionsException',
  modeled: [
    'ExecutionAlreadyExists',
    'ExecutionDoesNotExist',
    'ExecutionLimitExceeded',
    'InvalidArn',
    'InvalidExecutionInput',
    'InvalidName',
    'StateMachineDeleting',
    'StateMachineDoesNotExist',
  ],
  cause: (error) => olderCause('AWSStepFunctions', error),
};

/** Errors of `aws-sdk:<service>:<action>`, by service. */
export const SDK_ERRORS: Readonly<Record<string, ErrorNaming>> = {
  sagemaker: sdkErrors('SageMaker', SAGEMAKER_CODES),
  servicequotas: sdkErrors('ServiceQuotas', ['TooManyRequestsException', 'AccessDeniedException']),
};

function sdkErrors(prefix: string, modeled: readonly string[]): ErrorNaming {
  return {
    prefix,
    generic: `${prefix}Exception`,
    modeled,
    cause: ({ message, statusCode }) =>
      `${message} (Service: ${prefix}, Status Code: ${statusCode}, Request ID: ${randomUUID()})`,
  };
}

/** Converts a service's error to the error that a state machine receives. Returns other errors unchanged. */
export function asStatesError(error: unknown, naming: ErrorNaming): unknown {
  if (!(error instanceof AwsError)) {
    return error;
  }
  const code = error.code.endsWith('Exception') ? error.code : `${error.code}Exception`;
  const name = naming.modeled.includes(error.code) ? code : naming.generic;
  return new StatesError(`${naming.prefix}.${name}`, naming.cause(error));
}

function olderCause(service: string, { message, statusCode, code }: AwsError): string {
  return `${message} (Service: ${service}; Status Code: ${statusCode}; Error Code: ${code}; Request ID: ${randomUUID()}; Proxy: null)`;
}
