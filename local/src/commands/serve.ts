import { once } from 'node:events';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Deployment } from '../assembly';
import { LocalMode } from '../local-mode';
import { showJobs } from '../report/live-table';
import { addDeployOptions, type DeployCommandOptions, deployApp, localModeOptions } from './deploy-options';
import { addExamples } from './help';
import { onInterruption } from './interruption';
import { writeSageMakerSdkDefaults } from './sagemaker-sdk-defaults';

interface ServeOptions extends DeployCommandOptions {
  readonly port?: number;
  readonly role?: string;
}

/** `serve`: an endpoint for AWS clients. */
export function serveCommand(): Command {
  const command = new Command('serve').description(
    'Deploys the app to this machine and answers the AWS CLI, boto3 and the AWS SDKs on a loopback port until Ctrl-C.',
  );
  addDeployOptions(command)
    .option('--port <number>', 'the port (default: any free one)', parsePort)
    .option('--role <name>', 'print the keys of a role of the template, which may do what its policies say')
    .addOption(
      new Option(
        '--admin',
        'print keys of a person who may do everything that no policy of a bucket or key denies (default)',
      ).conflicts('role'),
    )
    .addHelpText(
      'after',
      '\nPrints "export AWS_ENDPOINT_URL=..." and keys, to be pasted into another terminal. Serves SageMaker, Step ' +
        'Functions, S3, Lambda and STS, and what their clients read of CloudFormation, CloudWatch Logs and IAM.',
    )
    .action(serve);
  return addExamples(command, [
    ['serve', 'on any free port'],
    ['serve --port 4599 --project examples/script', 'the app of another folder'],
  ]);
}

async function serve(options: ServeOptions): Promise<void> {
  const deployment = await deployApp(options);
  const localMode = await LocalMode.start({
    ...localModeOptions(deployment, options),
    ...(options.port !== undefined && { port: options.port }),
  });
  const lines = await exportLines(localMode, deployment, options.role);
  const view = showJobs(localMode.jobs, process.stderr);
  const interruption = onInterruption(() =>
    view.print('\nStopping: running executions and jobs are stopped, what has finished is kept.'),
  );
  console.log(lines);
  console.error(
    `\nServing stack ${deployment.stackName}: paste the lines above in another terminal. Ctrl-C ends it.`,
  );
  try {
    if (!interruption.signal.aborted) await once(interruption.signal, 'abort');
  } finally {
    await localMode.close().finally(() => view.close());
  }
  process.exitCode = interruption.exitStatus();
}

/** What makes AWS clients talk to local mode, as a role or as the person who may do everything. */
async function exportLines(
  localMode: LocalMode,
  deployment: Deployment,
  role: string | undefined,
): Promise<string> {
  const { url, region, credentials } = await endpointFor(localMode, role);
  const variables = {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_REGION: region,
    // What boto3 reads.
    AWS_DEFAULT_REGION: region,
    SAGEMAKER_USER_CONFIG_OVERRIDE: writeSageMakerSdkDefaults(deployment),
  };
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value}'`)
    .join('\n');
}

async function endpointFor(localMode: LocalMode, role: string | undefined): Promise<LocalMode['endpoint']> {
  try {
    return role === undefined ? localMode.endpoint : localMode.endpointFor(role);
  } catch (error) {
    await localMode.close();
    throw error;
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('must be a number from 0 (any free port) to 65535');
}
