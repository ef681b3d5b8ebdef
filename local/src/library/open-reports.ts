import { startServices } from '../services';
import { createStubSampler, type Trainer } from '../training';
import { UserError } from '../user-error';
import { deploymentIds, readDeployment } from './deployment-records';
import { ReportMaker } from './report-maker';

/** Trains nothing: reports only read. */
const NO_TRAINER: Trainer = {
  images: 'none',
  accepts: () => false,
  metricDefinitions: () => [],
  train: () => Promise.reject(new UserError('No job can be started to write a report.')),
  close: () => Promise.resolve(),
};

/** Makes reports of what has run, or runs, in a root. */
export interface OpenReports {
  /**
   * Writes the report of a job with the deployment that it ran in, or else with the most recent one that can.
   *
   * @returns path of the page
   * @throws UserError when no deployment writes such reports, or it could not be written
   */
  make(job: ReportedJob): Promise<string>;
  /** Ends the processes of functions. */
  close(): Promise<void>;
}

/** A job that a report is written of. */
export interface ReportedJob {
  readonly kind: 'tuning job' | 'AutoML job';
  readonly name: string;
  /** The deployment that it ran in. */
  readonly deploymentId?: string | undefined;
  readonly stateMachineArn?: string | undefined;
}

/** Opens what was deployed in a root to write reports. Nothing is started before a report is asked for. */
export function openReports(root: string, onNotice: (text: string) => void): OpenReports {
  const opened = new Map<string, Promise<{ maker: ReportMaker; close: () => Promise<void> }>>();
  const open = async (id: string) => {
    const { deployment } = readDeployment(root, id);
    const services = await startServices(deployment, {
      trainer: NO_TRAINER,
      sampler: createStubSampler(),
      onFault: (error) => onNotice((error as Error).message),
    });
    return { maker: new ReportMaker(deployment, services), close: () => services.close() };
  };
  return {
    make: async ({ deploymentId, stateMachineArn, ...job }) => {
      for (const id of new Set([
        ...(deploymentId === undefined ? [] : [deploymentId]),
        ...deploymentIds(root),
      ])) {
        const known = opened.get(id) ?? open(id);
        opened.set(id, known);
        const page = await (await known).maker.make(job, stateMachineArn);
        if (page !== undefined) return page;
      }
      throw new UserError(
        `No app that ran here writes reports of a ${job.kind} such as ${job.name}: its workflow has "report: false", or is ` +
          'older than reports. Run an app with reports once, then make this report again.',
      );
    },
    close: async () => {
      for (const each of opened.values()) await (await each).close();
    },
  };
}
