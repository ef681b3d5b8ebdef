import * as fs from 'node:fs';
import * as path from 'node:path';
import { deployBucketContents } from './bucket-deployments';
import { deployBuckets } from './buckets';
import type { StackAssembly } from './cloud-assembly';
import type { Deployment } from './deployment';
import { resolveEnvironment } from './environment';
import { deployEventRules, deployFunctionPermissions, warnOfSchedules } from './event-rules';
import { deployFunctions } from './functions';
import { TemplateEvaluator } from './intrinsics';
import { deployKeys } from './keys';
import { deployModelPackageGroups } from './model-package-groups';
import { deployRoles } from './roles';
import type { StackContext } from './stack-context';
import { stageFiles, stageImages } from './staged-files';
import { deployStateMachines } from './state-machines';
import { TemplateError } from './template';

/** Options for deploying a stack to a folder. */
export interface DeployOptions {
  /** Values for the template's parameters. A parameter without a value here takes its default. */
  readonly parameters?: Readonly<Record<string, string>>;
  /**
   * A folder that will be deleted after the deployment. Buckets get hard links to the folder's files instead of copies.
   *
   * @default - all files are copied
   */
  readonly temporaryFolder?: string;
  /** Receives a warning for each part of the template that local mode leaves out. */
  readonly onWarning?: (message: string) => void;
}

/** Macros that can be ignored, because local mode's evaluator supports their functions without the macro. */
const HARMLESS_TRANSFORMS: readonly unknown[] = ['AWS::LanguageExtensions'];

/**
 * Deploys a synthesized stack to a folder of this machine. Existing data stays: objects in buckets, jobs and
 * logs of earlier runs.
 */
export function deploy(assembly: StackAssembly, root: string, options: DeployOptions = {}): Deployment {
  refuseTransforms(assembly);
  const environment = resolveEnvironment(assembly);
  const context: StackContext = {
    assembly,
    root: path.resolve(root),
    environment,
    evaluator: new TemplateEvaluator({
      stackName: assembly.stackName,
      template: assembly.template,
      environment,
      ...(options.parameters !== undefined && { parameters: options.parameters }),
    }),
    ...(options.temporaryFolder !== undefined && { temporaryFolder: options.temporaryFolder }),
    onWarning: options.onWarning ?? (() => undefined),
  };
  fs.mkdirSync(context.root, { recursive: true });

  warnOfNestedStacks(context);
  warnOfSchedules(context);
  const buckets = deployBuckets(context);
  deployBucketContents(context);
  stageFiles(context);
  return {
    stackName: assembly.stackName,
    root: context.root,
    environment,
    buckets,
    keys: deployKeys(context),
    roles: deployRoles(context),
    functions: deployFunctions(context),
    stateMachines: deployStateMachines(context),
    eventRules: deployEventRules(context),
    functionPermissions: deployFunctionPermissions(context),
    modelPackageGroups: deployModelPackageGroups(context),
    imageBuilds: stageImages(context),
    outputs: resolveOutputs(context),
  };
}

function refuseTransforms({ template }: StackAssembly): void {
  const transforms = [template.Transform ?? []].flat();
  const unknown = transforms.filter((transform) => !HARMLESS_TRANSFORMS.includes(transform));
  if (unknown.length > 0) {
    throw new TemplateError('Transform', `local mode does not support the macros ${JSON.stringify(unknown)}`);
  }
}

function warnOfNestedStacks({ evaluator, onWarning }: StackContext): void {
  for (const logicalId of evaluator.resourcesOfType('AWS::CloudFormation::Stack')) {
    onWarning(
      `Resources/${logicalId}: local mode does not deploy nested stacks: the resources of this nested stack are missing`,
    );
  }
}

/** Resolves the stack's outputs, except outputs that exist only on AWS. */
function resolveOutputs({ assembly, evaluator, onWarning }: StackContext): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const [name, output] of Object.entries(assembly.template.Outputs ?? {})) {
    try {
      if (output.Condition === undefined || evaluator.condition(output.Condition, `Outputs/${name}`)) {
        outputs[name] = String(evaluator.resolve(output.Value, `Outputs/${name}`));
      }
    } catch (error) {
      if (!(error instanceof TemplateError)) {
        throw error;
      }
      onWarning(error.message);
    }
  }
  return outputs;
}
