import { once } from 'node:events';
import { Command, InvalidArgumentError, Option } from 'commander';
import { clientEnvironment } from '../library/client-config';
import type { LocalMode } from '../library/local-mode';
import { serveReports } from '../library/report-server';
import { showJobs } from '../report/live-table';
import { addDeployOptions, type DeployCommandOptions, deployFromCommand } from './app-options';
import { addExamples, hint } from './help';
import { onInterruption, tellOfInterrupted } from './interruption';
import { writeSageMakerSdkDefaults } from './sagemaker-sdk-defaults';

interface ServeOptions extends DeployCommandOptions {
  readonly port?: number;
  readonly role?: string;
  readonly requestRate?: number;
}

/** The `serve` command: an endpoint for AWS clients. */
export function serveCommand(): Command {
  const command = new Command('serve').description(
    'Deploys the app to this machine and answers the AWS CLI, boto3 and the AWS SDKs on a loopback port until Ctrl-C.',
  );
  addDeployOptions(command)
    .option('--port <number>', 'the port (default: any free one)', parsePort)
    .option('--role <name>', 'print access keys that act as a role of the template, with its policies')
    .addOption(
      new Option(
        '--admin',
        'print access keys of an administrator, limited only by bucket and key policies (default)',
      ).conflicts('role'),
    )
    .option(
      '--request-rate <number>',
      'maximum requests per second for each operation; more are throttled, as on AWS ' +
        '(default: no limit)',
      parseRate,
    )
    .addHelpText(
      'after',
      '\nPrints "export AWS_ENDPOINT_URL=..." and access keys to paste into another terminal. Serves SageMaker, Step ' +
        'Functions, S3, Lambda and STS, and the read operations of CloudFormation, CloudWatch, CloudWatch Logs and IAM that clients need. Reports have a separate URL with a token: anyone who has the URL can read them.',
    )
    .action(serve);
  return addExamples(command, [
    ['serve', 'on any free port'],
    ['serve --port 4599 --project examples/script', 'the app of another folder'],
  ]);
}

async function serve(options: ServeOptions): Promise<void> {
  const localMode = await deployFromCommand(options, {
    port: options.port,
    requestsPerSecond: options.requestRate,
  });
  tellOfInterrupted(localMode);
  const { lines, reports } = await orClose(localMode, async () => ({
    lines: exportLines(localMode, options.role),
    reports: localMode.reports && (await serveReports(localMode.reports)),
  }));
  const view = showJobs(localMode.jobs, localMode.executionStore.mapProgress, process.stderr);
  const interruption = onInterruption(() =>
    view.print(
      `\nStopping running executions and jobs. "${hint('resume')}" continues them. Press Ctrl-C again to quit at once.`,
    ),
  );
  console.log(lines);
  console.error(
    `\nServing stack ${localMode.deployment.stackName}: paste the lines above into another terminal. Press Ctrl-C to stop.`,
  );
  if (reports) console.error(`Reports of searches, even while they run: ${reports.url}`);
  try {
    if (!interruption.signal.aborted) await once(interruption.signal, 'abort');
  } finally {
    await reports?.close();
    await localMode.close().finally(() => view.close());
  }
  process.exitCode = interruption.exitStatus();
}

/** Closes local mode if a startup step fails. */
async function orClose<T>(localMode: LocalMode, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    await localMode.close();
    throw error;
  }
}

/** The environment variables that connect AWS clients to local mode, as a role or as the administrator. */
function exportLines(localMode: LocalMode, role: string | undefined): string {
  const variables = {
    ...clientEnvironment(localMode.clientConfig(role)),
    SAGEMAKER_USER_CONFIG_OVERRIDE: writeSageMakerSdkDefaults(localMode.deployment),
  };
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value}'`)
    .join('\n');
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('must be an integer from 0 (any free port) to 65535');
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (rate > 0 && Number.isFinite(rate)) return rate;
  throw new InvalidArgumentError('must be more than 0, such as 5 or 0.5');
}
