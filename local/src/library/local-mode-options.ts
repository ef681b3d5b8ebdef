import type { Deployment } from '../assembly';
import type { Stubs } from '../executions/stub-types';
import type { SpotInterruptionOptions } from '../services';
import type { ImageCommand, StubTraining } from '../training';

/** What local mode runs with. */
export interface LocalModeOptions {
  readonly deployment: Deployment;
  /** Folder for the Python environments that have to be made. */
  readonly pythonFolder: string;
  /** Commands that stand for images of training containers: by whole URI, `repository:tag`, or repository. */
  readonly imageCommands?: ReadonlyMap<string, ImageCommand>;
  /** Folders that stand for file systems, by their IDs. */
  readonly fileSystems?: ReadonlyMap<string, string>;
  /**
   * Interrupts training jobs with `EnableManagedSpotTraining`, to see what they make of it.
   *
   * @default - spot jobs run as others do
   */
  readonly spotInterruptions?: SpotInterruptionOptions;
  /** Port of the endpoint. @default - any free one */
  readonly port?: number;
  /**
   * Requests that clients may send in a second for each operation. What is beyond is answered as AWS does, with
   * `ThrottlingException`. State machines and training jobs are not clients.
   *
   * @default - any number
   */
  readonly requestsPerSecond?: number;
  /** Whether the deployment's root is removed at the end. @default false */
  readonly isTemporary?: boolean;
  /** Answers training jobs, in place of training. @default - real training */
  readonly stubTraining?: StubTraining;
  /** Stand for tasks. @default - none */
  readonly stubTasks?: Stubs;
  /** How much of their time Wait states and retries wait. @default 1 */
  readonly waitTimeScale?: number;
  /** Takes what a person should know, such as an installation. */
  readonly onNotice: (text: string) => void;
}
