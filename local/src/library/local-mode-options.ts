import type { Deployment } from '../assembly';
import type { Stubs } from '../executions/stub-types';
import type { SpotInterruptionOptions } from '../services';
import type { ImageCommand, StubTraining } from '../training';

/** Options of local mode for an app that has been deployed to this machine. */
export interface LocalModeOptions {
  readonly deployment: Deployment;
  /** Folder for new Python environments. */
  readonly pythonFolder: string;
  /** Commands that replace training containers, by full URI, `repository:tag` or repository. */
  readonly imageCommands?: ReadonlyMap<string, ImageCommand>;
  /** Folders that replace file systems, by file system ID. */
  readonly fileSystems?: ReadonlyMap<string, string>;
  /**
   * Interrupts training jobs that have `EnableManagedSpotTraining`, to test how they handle interruptions.
   *
   * @default - spot jobs are not interrupted
   */
  readonly spotInterruptions?: SpotInterruptionOptions;
  /** Port of the endpoint. @default - any free port */
  readonly port?: number;
  /**
   * Maximum requests per second that clients may send for each operation. Further requests fail with
   * `ThrottlingException`, as on AWS. Requests of state machines and training jobs are not limited.
   *
   * @default - no limit
   */
  readonly requestsPerSecond?: number;
  /** Whether the deployment's root folder is deleted when local mode closes. @default false */
  readonly isTemporary?: boolean;
  /** Returns results of training jobs without training. @default - real training */
  readonly stubTraining?: StubTraining;
  /** Stubs for tasks. @default - none */
  readonly stubTasks?: Stubs;
  /** Factor for the duration of Wait states and of waits between retries. @default 1 */
  readonly waitTimeScale?: number;
  /** Receives notices for the user, such as installations. */
  readonly onNotice: (text: string) => void;
}
