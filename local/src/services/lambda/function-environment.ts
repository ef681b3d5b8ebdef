import * as os from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FunctionResource } from '../../assembly/deployment';
import type { TemporaryCredentials } from '../credentials';

/**
 * The environment variables of a function, as on AWS. Inherits from the user's environment only the variables
 * that a process needs to start, and no AWS profile, access key or region.
 */
export function functionEnvironment(
  definition: FunctionResource,
  region: string,
  credentials: TemporaryCredentials,
  endpointUrl: string,
  logsFolder: string,
): Record<string, string> {
  const inherited = Object.fromEntries(
    // Node.js does not start on Windows without SystemRoot.
    ['PATH', 'SystemRoot'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return {
    ...inherited,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    TMPDIR: os.tmpdir(),
    ...definition.environment,
    LAMBDA_TASK_ROOT: definition.folder,
    _HANDLER: definition.handler,
    AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}`,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMegabytes),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${definition.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    // URL of the folder with job logs, so that the function can link to them. Not set on AWS.
    SAGEMAKER_LOCAL_LOGS: pathToFileURL(path.resolve(logsFolder)).href,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_CONFIG_FILE: os.devNull,
    AWS_SHARED_CREDENTIALS_FILE: os.devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
