import type { Environment } from '../../assembly/deployment';
import type { Trainer } from '../../training/trainer';
import type { DataAccess } from './data-access';
import type { Jobs } from './job-records';
import type { SpotInterruptions } from './spot-interruptions';
import type { JobRoleAccess } from './training-role';

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
}
