import type { StackAssembly } from './cloud-assembly';
import type { Environment } from './deployment';
import type { TemplateEvaluator } from './intrinsics';

/** Data shared by all parts of a deployment. */
export interface StackContext {
  readonly assembly: StackAssembly;
  /** Absolute path of the folder that the stack is deployed to. */
  readonly root: string;
  readonly environment: Environment;
  readonly evaluator: TemplateEvaluator;
  /** Folder that is deleted after the deployment. */
  readonly temporaryFolder?: string;
  /** Receives a warning for each part of the template that local mode leaves out. */
  readonly onWarning: (message: string) => void;
}
