import { join } from 'node:path';
import type { Deployment } from '../assembly';
import { replaceFile } from '../local-folder/replace-file';

/**
 * Writes a configuration file for the SageMaker Python SDK. The environment variable SAGEMAKER_USER_CONFIG_OVERRIDE
 * must contain the path of the file. Without this file, the SDK calls AWS in two cases, even with AWS_ENDPOINT_URL:
 * `Session.default_bucket()` gets the account ID from a hard-coded STS endpoint, and the SDK sends telemetry about jobs
 * and failures. (SDK 2.257.7: session.py, telemetry/telemetry_logging.py)
 *
 * @returns the file's path
 */
export function writeSageMakerSdkDefaults({
  root,
  environment: { region, accountId },
}: Pick<Deployment, 'root' | 'environment'>): string {
  const file = join(root, 'sagemaker', 'python-sdk.yaml');
  const lines = [
    '# Written by local mode for the SageMaker Python SDK.',
    "SchemaVersion: '1.0'",
    'SageMaker:',
    '  PythonSDK:',
    '    Modules:',
    '      TelemetryOptOut: true',
    '      Session:',
    "        # The SDK's own default name.",
    `        DefaultS3Bucket: sagemaker-${region}-${accountId}`,
  ];
  replaceFile(file, `${lines.join('\n')}\n`);
  return file;
}
