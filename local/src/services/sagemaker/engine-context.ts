import type { Environment } from '../../assembly/deployment';
import type { Trainer } from '../../training/trainer';
import type { TaskIdentity } from '../principal';
import type { JobOrigin } from './jobs/job-store';
import type { Jobs } from './jobs/job-types';
import type { DataAccess } from './training/data-access';
import type { SpotInterruptions } from './training/spot-interruptions';
import type { JobRoleAccess } from './training/training-role';

/** What both engines work with. */
export interface EngineContext {
  readonly root: string;
  readonly environment: Environment;
  readonly jobs: Jobs;
  readonly data: DataAccess;
  readonly access: JobRoleAccess;
  readonly trainer: Trainer;
  /** Interrupts spot jobs; without it they run as others do. */
  readonly spot?: SpotInterruptions;
  /** Epoch seconds. */
  readonly now: () => number;
  /** The deployment, where it is kept. */
  readonly deploymentId?: string;
  /** Whether local mode is about to end: a job that is stopped then is interrupted, and can be resumed. */
  readonly isEnding: () => boolean;
}

/** Where a new job comes from. */
export function originOf(
  { deploymentId }: Pick<EngineContext, 'deploymentId'>,
  createdBy: TaskIdentity | undefined,
): JobOrigin {
  return {
    processId: process.pid,
    ...(deploymentId !== undefined && { deploymentId }),
    ...(createdBy !== undefined && { createdBy }),
  };
}
