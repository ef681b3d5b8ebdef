import { startServices } from '../services';
import { createStubSampler, type Trainer } from '../training';
import { UserError } from '../user-error';
import { deploymentIds, readDeployment } from './deployment-records';
import { ReportMaker } from './report-maker';

/** A trainer that never trains: writing reports needs no training. */
const NO_TRAINER: Trainer = {
  images: 'none',
  accepts: () => false,
  metricDefinitions: () => [],
  train: () => Promise.reject(new UserError('Reports cannot start jobs.')),
  close: () => Promise.resolve(),
};

/** Writes reports of the searches in a root folder of local mode. A search can be running or have ended. */
export interface OpenReports {
  /**
   * Writes the report of a job. If possible, the function of the deployment in which the job ran writes the report.
   * Otherwise, the most recent deployment with a function for this kind of job is used.
   *
   * @returns path of the page
   * @throws UserError when no deployment writes reports for this kind of job, or the report could not be written
   */
  make(job: ReportedJob): Promise<string>;
  /** Ends the processes of the functions. */
  close(): Promise<void>;
}

/** A tuning job or AutoML job to report. */
export interface ReportedJob {
  readonly kind: 'tuning job' | 'AutoML job';
  readonly name: string;
  /** ID of the deployment in which the job ran. */
  readonly deploymentId?: string | undefined;
}

interface OpenDeployment {
  readonly maker: ReportMaker;
  readonly close: () => Promise<void>;
}

/** Prepares the deployments in a root folder for writing reports. Starts no process before the first report. */
export function openReports(root: string, onNotice: (text: string) => void): OpenReports {
  const opened = new Map<string, OpenDeployment | undefined>();
  return {
    make: async ({ deploymentId, ...job }) => {
      const own = deploymentId === undefined ? [] : [deploymentId];
      for (const id of new Set([...own, ...deploymentIds(root)])) {
        if (!opened.has(id)) opened.set(id, await tryOpen(root, id, onNotice));
        const page = await opened.get(id)?.maker.make(job);
        if (page !== undefined) return page;
      }
      throw new UserError(
        `No app that ran here can report the ${job.kind} ${job.name}: the workflow has "report: false" or was synthesized ` +
          'by a version without reports. Run an app with reports once, then retry.',
      );
    },
    close: async () => {
      for (const each of opened.values()) await each?.close();
    },
  };
}

/**
 * Opens a deployment. If it is unreadable, sends a notice and returns undefined, so that another deployment can
 * write the report.
 */
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
      isReadOnly: true,
      onFault: (error) => onNotice((error as Error).message),
    });
    return { maker: new ReportMaker(deployment, services), close: () => services.close() };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    onNotice(error.message);
    return undefined;
  }
}
