import { AwsError } from '../aws-error';
import * as siblings from '../model/sagemaker-rest-model.json';
import type { RequestHead } from './request-head';
import { claimedService } from './signature-claims';

/** The name in signatures that SageMaker's other services (SageMaker Runtime, …) share with SageMaker. */
const SHARED_NAME = 'sagemaker';

/**
 * The error for a request to a service that local mode does not have. Its signature says which one. The path
 * says it of those that sign as SageMaker does: `POST /endpoints/x/invocations` is InvokeEndpoint of SageMaker Runtime.
 *
 * @param served names in signatures of the services that local mode has
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
    `local mode does not have ${what}: it has ${served.join(', ')}. ${adviceFor(service)}`,
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

/** @param template a path with `{…}` in place of members */
function fits(path: string, template: string): boolean {
  const [given, expected] = [path.split('/'), template.split('/')];
  return (
    given.length === expected.length &&
    expected.every((part, i) => (part.startsWith('{') ? given[i] !== '' : part === given[i]))
  );
}

/** What a request says of its operation, as protocols name them. */
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
      ? 'It serves no models: load model.tar.gz, which DescribeTrainingJob names as S3ModelArtifacts. '
      : '';
  return `${model}To call the service on AWS, give its client an endpoint URL${variable} and credentials of its own.`;
}
