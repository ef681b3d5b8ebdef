import { once } from 'node:events';
import { Command, InvalidArgumentError, Option } from 'commander';
import { clientEnvironment } from '../library/client-config';
import type { LocalMode } from '../library/local-mode';
import { serveReports } from '../library/report-server';
import { showJobs } from '../report/live-table';
import { addDeployOptions, type DeployCommandOptions, deployFromCommand } from './app-options';
import { addExamples, PROGRAM } from './help';
import { onInterruption, tellOfInterrupted } from './interruption';
import { writeSageMakerSdkDefaults } from './sagemaker-sdk-defaults';

interface ServeOptions extends DeployCommandOptions {
  readonly port?: number;
  readonly role?: string;
  readonly requestRate?: number;
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
    .option(
      '--request-rate <number>',
      'requests that clients may send in a second for each operation: what is beyond is throttled, as on AWS ' +
        '(default: any number)',
      parseRate,
    )
    .addHelpText(
      'after',
      '\nPrints "export AWS_ENDPOINT_URL=..." and keys, to be pasted into another terminal. Serves SageMaker, Step ' +
        'Functions, S3, Lambda and STS, and what their clients read of CloudFormation, CloudWatch, CloudWatch Logs and IAM. Reports have an address of their own, with a token: whoever has it can read them.',
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
  const view = showJobs(localMode.jobs, process.stderr);
  const interruption = onInterruption(() =>
    view.print(
      `\nStopping running executions and jobs. "${PROGRAM} resume" goes on. Ctrl-C again ends it at once.`,
    ),
  );
  console.log(lines);
  console.error(
    `\nServing stack ${localMode.deployment.stackName}: paste the lines above in another terminal. Ctrl-C ends it.`,
  );
  if (reports) console.error(`Reports of searches, while they run, too: ${reports.url}`);
  try {
    if (!interruption.signal.aborted) await once(interruption.signal, 'abort');
  } finally {
    await reports?.close();
    await localMode.close().finally(() => view.close());
  }
  process.exitCode = interruption.exitStatus();
}

/** Ends local mode where a step of its start fails. */
async function orClose<T>(localMode: LocalMode, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    await localMode.close();
    throw error;
  }
}

/** What makes AWS clients talk to local mode, as a role or as the person who may do everything. */
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
  throw new InvalidArgumentError('must be a number from 0 (any free port) to 65535');
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (rate > 0 && Number.isFinite(rate)) return rate;
  throw new InvalidArgumentError('must be a number above 0, such as 5 or 0.5');
}
