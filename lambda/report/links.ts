import type { Links } from './report-data';

const CONSOLES: readonly (readonly [region: RegExp, domain: string])[] = [
  [/^cn-/, 'console.amazonaws.cn'],
  [/^us-gov-/, 'console.amazonaws-us-gov.com'],
];

/**
 * URLs for details about a job, with `{name}` in place of the job's name. They lead to pages of the AWS console or, in
 * local mode, to the job's log file.
 *
 * @param environment the function's environment variables; local mode sets `SAGEMAKER_LOCAL_LOGS` to its folder of logs
 */
export function linksIn(environment: Readonly<Record<string, string | undefined>>, isAutoMl: boolean): Links {
  const { AWS_REGION: region = '', SAGEMAKER_LOCAL_LOGS: logs } = environment;
  if (logs) return { log: `${logs}/{name}.log` };
  const domain = CONSOLES.find(([regions]) => regions.test(region))?.[1] ?? 'console.aws.amazon.com';
  const console = (service: string, page: string) =>
    `https://${region}.${domain}/${service}/home?region=${region}#${page}`;
  if (isAutoMl) return {};
  return {
    search: console('sagemaker', '/hyper-tuning-jobs/{name}'),
    job: console('sagemaker', '/jobs/{name}'),
    // Console URLs are encoded twice, with $ in place of %.
    log: console(
      'cloudwatch',
      'logsV2:log-groups/log-group/$252Faws$252Fsagemaker$252FTrainingJobs$3FlogStreamNameFilter$3D{name}',
    ),
  };
}
