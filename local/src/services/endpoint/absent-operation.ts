import { AwsError } from '../aws-error';
import * as siblings from '../model/sagemaker-rest-model.json';
import type { RequestHead } from './request-head';
import { claimedService } from './signature-claims';

/** The signing name that SageMaker and related services (SageMaker Runtime, …) share. */
const SHARED_NAME = 'sagemaker';

/**
 * The error for a request to an unsupported service. The signature names the service. Among services that share
 * SageMaker's signing name, the path identifies the service: `POST /endpoints/x/invocations` is InvokeEndpoint of
 * SageMaker Runtime.
 *
 * @param served signing names of the supported services
 */
export function absentOperation(head: RequestHead, served: readonly string[]): AwsError {
  const claimed = claimedService(head) ?? '';
  const { service, operation } = siblingOperation(head, claimed) ?? {
    service: claimed,
    operation: operationIn(head),
  };
  const what = served.includes(service)
    ? `the operation ${operation} of ${service}`
    : `the service ${service} (${operation})`;
  return new AwsError(
    'UnknownOperationException',
    `local mode does not support ${what}. It supports ${served.join(', ')}. ${adviceFor(service)}`,
  );
}

function siblingOperation(
  { method, path }: RequestHead,
  claimed: string,
): { readonly service: string; readonly operation: string } | undefined {
  if (claimed !== SHARED_NAME) return undefined;
  for (const [service, operations] of Object.entries(siblings.services)) {
    const found = operations.find((each) => each.method === method && fits(path, each.path));
    if (found !== undefined) return { service, operation: found.name };
  }
  return undefined;
}

/** @param template a path with `{…}` for members */
function fits(path: string, template: string): boolean {
  const [given, expected] = [path.split('/'), template.split('/')];
  return (
    given.length === expected.length &&
    expected.every((part, i) => (part.startsWith('{') ? given[i] !== '' : part === given[i]))
  );
}

/** The name of the requested operation, or the method and the path if the request does not name the operation. */
function operationIn({ method, path, query, headers }: RequestHead): string {
  const target = String(headers['x-amz-target'] ?? '')
    .split('.')
    .at(-1);
  const [, inPath] = /^\/service\/\w+\/operation\/(\w+)$/.exec(path) ?? [];
  return target || inPath || query.get('Action') || `${method} ${path}`;
}

/** @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
function adviceFor(service: string): string {
  const variable = service.includes(' ')
    ? ` (AWS_ENDPOINT_URL_${service.toUpperCase().replaceAll(' ', '_')})`
    : '';
  const model =
    service === 'SageMaker Runtime'
      ? 'Local mode does not serve models: load model.tar.gz from the S3ModelArtifacts of DescribeTrainingJob. '
      : '';
  return `${model}To call the service on AWS, set an endpoint URL${variable} and AWS credentials for its client.`;
}
