import { resolveEnvironment } from '../../local/src/assembly/environment';
import { TemplateEvaluator } from '../../local/src/assembly/intrinsics';
import type { Json } from '../fixtures';
import type { NamedTemplate } from './templates';

/** Values for the template parameters that have no default. */
const PARAMETERS = {
  Folder: 's3://lake/bikes/',
  Image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/mine:1',
};

/** A policy as AWS receives it, with intrinsic functions resolved. */
export interface DeployedPolicy {
  readonly logicalId: string;
  readonly document: Json;
}

/** All identity-based and resource-based policies of a template. */
export function deployedPolicies(named: NamedTemplate): DeployedPolicy[] {
  const evaluator = evaluatorOf(named);
  return Object.entries<Json>(named.template.Resources).flatMap(([logicalId, { Properties }]) =>
    policiesIn(Properties).map((document) => ({
      logicalId,
      document: evaluator.resolve(document, logicalId),
    })),
  );
}

function policiesIn(value: Json): Json[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value['Statement'])) return [value];
  return Object.values(value).flatMap(policiesIn);
}

/**
 * A template with only the state machines, whose definitions are plain strings. cfn-lint does not validate definitions
 * that contain intrinsic functions, and knows only ARNs of AWS's commercial partition.
 */
export function deployedStateMachines({ name, template }: NamedTemplate): Json {
  const evaluator = evaluatorOf({ name, template });
  const machines = evaluator.resourcesOfType('AWS::StepFunctions::StateMachine').map((logicalId) => [
    logicalId,
    {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        RoleArn: evaluator.property(logicalId, 'RoleArn'),
        DefinitionString: evaluator.property(logicalId, 'DefinitionString'),
      },
    },
  ]);
  return { Resources: Object.fromEntries(machines) };
}

function evaluatorOf({ template, region }: NamedTemplate): TemplateEvaluator {
  return new TemplateEvaluator({
    stackName: 'Stack',
    template,
    environment: resolveEnvironment({ region }),
    parameters: PARAMETERS,
  });
}
