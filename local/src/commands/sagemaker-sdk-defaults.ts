import { join } from 'node:path';
import type { Deployment } from '../assembly';
import { replaceFile } from '../local-folder/replace-file';

/**
 * Writes defaults for the SageMaker Python SDK, which takes them from the file in SAGEMAKER_USER_CONFIG_OVERRIDE. Without
 * them it leaves this machine in spite of AWS_ENDPOINT_URL: `Session.default_bucket()` asks STS for the account at an
 * address of its own, and what is trained, with what failure, is sent to AWS as telemetry (SDK 2.257.7:
 * session.py, telemetry/telemetry_logging.py).
 *
 * @returns the file's path
 */
export function writeSageMakerSdkDefaults({
  root,
  environment: { region, accountId },
}: Pick<Deployment, 'root' | 'environment'>): string {
  const file = join(root, 'sagemaker', 'python-sdk.yaml');
  const lines = [
    '# Made by local mode for the SageMaker Python SDK.',
    "SchemaVersion: '1.0'",
    'SageMaker:',
    '  PythonSDK:',
    '    Modules:',
    '      TelemetryOptOut: true',
    '      Session:',
    '        # The name that it would choose by itself.',
    `        DefaultS3Bucket: sagemaker-${region}-${accountId}`,
  ];
  replaceFile(file, `${lines.join('\n')}\n`);
  return file;
}
