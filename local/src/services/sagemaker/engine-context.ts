import type { Environment } from '../../assembly/deployment';
import { thisProcess } from '../../local-folder/local-modes';
import type { Trainer } from '../../training/trainer';
import type { TaskIdentity } from '../principal';
import type { JobOrigin } from './jobs/job-store';
import type { Jobs } from './jobs/job-types';
import type { ModelPackageDescription } from './registry/registry-types';
import type { DataAccess } from './training/data-access';
import type { SpotInterruptions } from './training/spot-interruptions';
import type { JobRoleAccess } from './training/training-role';

/** Dependencies shared by the engines that run jobs. */
export interface EngineContext {
  readonly root: string;
  readonly environment: Environment;
  readonly jobs: Jobs;
  readonly data: DataAccess;
  readonly access: JobRoleAccess;
  readonly trainer: Trainer;
  /** Interrupts spot jobs. If undefined, spot jobs run like other jobs. */
  readonly spot?: SpotInterruptions;
  /** Receives each new or changed model package. */
  readonly onModelPackage?: (description: ModelPackageDescription) => void;
  /** Current time in epoch seconds. */
  readonly now: () => number;
  /** ID of the deployment, if the deployment is stored. */
  readonly deploymentId?: string;
  /** Whether local mode is closing. If so, a job that is stopped counts as interrupted and can be resumed. */
  readonly isEnding: () => boolean;
}

/** The origin of a new job. */
export function originOf(
  { deploymentId }: Pick<EngineContext, 'deploymentId'>,
  createdBy: TaskIdentity | undefined,
): JobOrigin {
  return {
    ...thisProcess(),
    ...(deploymentId !== undefined && { deploymentId }),
    ...(createdBy !== undefined && { createdBy }),
  };
}
