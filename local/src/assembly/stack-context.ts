import type { StackAssembly } from './cloud-assembly';
import type { Environment } from './deployment';
import type { TemplateEvaluator } from './intrinsics';

/** What each part of a deployment works with. */
export interface StackContext {
  readonly assembly: StackAssembly;
  /** Absolute folder that the stack is deployed to. */
  readonly root: string;
  readonly environment: Environment;
  readonly evaluator: TemplateEvaluator;
  /** Takes notes on what of the template local mode leaves out. */
  readonly onWarning: (message: string) => void;
}
