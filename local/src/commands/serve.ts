import { once } from 'node:events';
import { Command, InvalidArgumentError } from 'commander';
import { LocalMode } from '../local-mode';
import { LiveTable } from '../report/live-table';
import { addDeployOptions, type DeployCommandOptions, deployApp, localModeOptions } from './deploy-options';
import { onInterruption } from './interruption';

interface ServeOptions extends DeployCommandOptions {
  readonly port?: number;
}

/** `serve`: an endpoint for AWS clients. */
export function serveCommand(): Command {
  const command = new Command('serve').description(
    'Deploys the app to this machine and serves the AWS APIs of SageMaker, Step Functions, S3, Lambda and STS on a ' +
      'loopback port until Ctrl-C, for the AWS CLI, boto3 and the AWS SDKs.',
  );
  return addDeployOptions(command)
    .option('--port <number>', 'the port (default: any free one)', parsePort)
    .action(serve);
}

async function serve(options: ServeOptions): Promise<void> {
  const deployment = await deployApp(options);
  const localMode = await LocalMode.start({
    ...localModeOptions(deployment, options),
    ...(options.port !== undefined && { port: options.port }),
  });
  const interruption = onInterruption(
    'Stopping: running executions and jobs are stopped, what has finished is kept.',
  );
  const table = new LiveTable(localMode.jobs, process.stderr);
  console.log(exportLines(localMode));
  console.error(
    `\nServing stack ${deployment.stackName}: paste the lines above in another terminal. Ctrl-C ends it.`,
  );
  try {
    if (!interruption.signal.aborted) await once(interruption.signal, 'abort');
  } finally {
    await localMode.close().finally(() => table.close());
  }
  process.exitCode = interruption.exitStatus();
}

/** What makes AWS clients talk to local mode, as the person who may do everything. */
function exportLines({ endpoint: { url, region, credentials } }: LocalMode): string {
  const variables = {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_REGION: region,
    // What boto3 reads.
    AWS_DEFAULT_REGION: region,
  };
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value}'`)
    .join('\n');
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('must be a number from 0 (any free port) to 65535');
}
