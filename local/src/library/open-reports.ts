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

interface OpenDeployment {
  readonly maker: ReportMaker;
  readonly close: () => Promise<void>;
}

/** Opens what was deployed in a root to write reports. Nothing is started before a report is asked for. */
export function openReports(root: string, onNotice: (text: string) => void): OpenReports {
  const opened = new Map<string, OpenDeployment | undefined>();
  return {
    make: async ({ deploymentId, stateMachineArn, ...job }) => {
      const own = deploymentId === undefined ? [] : [deploymentId];
      for (const id of new Set([...own, ...deploymentIds(root)])) {
        if (!opened.has(id)) opened.set(id, await tryOpen(root, id, onNotice));
        const page = await opened.get(id)?.maker.make(job, stateMachineArn);
        if (page !== undefined) return page;
      }
      throw new UserError(
        `No app that ran here writes reports of a ${job.kind} such as ${job.name}: its workflow has "report: false", or is ` +
          'older than reports. Run an app with reports once, then make this report again.',
      );
    },
    close: async () => {
      for (const each of opened.values()) await each?.close();
    },
  };
}

/** A deployment that cannot be read any more does not keep others from writing the report. */
async function tryOpen(
  root: string,
  id: string,
  onNotice: (text: string) => void,
): Promise<OpenDeployment | undefined> {
  try {
    const { deployment } = readDeployment(root, id);
    const services = await startServices(deployment, {
      trainer: NO_TRAINER,
      sampler: createStubSampler(),
      onFault: (error) => onNotice((error as Error).message),
    });
    return { maker: new ReportMaker(deployment, services), close: () => services.close() };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    onNotice(error.message);
    return undefined;
  }
}
