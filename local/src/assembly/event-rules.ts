import type { EventRuleResource, FunctionPermission } from './deployment';
import { checkPattern } from './event-pattern';
import type { StackContext } from './stack-context';
import { isRecord, TemplateError } from './template';

/** The source of the only events that there are here: the ends of executions. */
const STEP_FUNCTIONS = 'aws.states';

/**
 * Collects the EventBridge rules that the end of an execution can match, with the functions that they invoke.
 *
 * @throws TemplateError when such a rule has a comparison or an input that local mode does not have
 */
export function deployEventRules(context: StackContext): EventRuleResource[] {
  const { evaluator, onWarning } = context;
  return evaluator.resourcesOfType('AWS::Events::Rule').flatMap((logicalId) => {
    const path = `Resources/${logicalId}/Properties`;
    if (evaluator.property(logicalId, 'State') === 'DISABLED') {
      return [];
    }
    const pattern = readPattern(context, logicalId);
    if (pattern === undefined) {
      onWarning(
        `${path}: local mode has no schedules and no events but those of executions: nothing triggers this rule`,
      );
      return [];
    }
    checkPattern(pattern, `${path}/EventPattern`);
    const targets = evaluator.property(logicalId, 'Targets');
    const { ref: name, attributes } = evaluator.identity(logicalId);
    return [
      {
        logicalId,
        name,
        arn: attributes['Arn'] ?? '',
        pattern,
        targets: (Array.isArray(targets) ? targets.filter(isRecord) : []).flatMap((target, i) =>
          readTarget(target, `${path}/Targets/${i}`, onWarning),
        ),
      },
    ];
  });
}

/** Collects what the template's resource policies let others do with its functions. */
export function deployFunctionPermissions({ evaluator, onWarning }: StackContext): FunctionPermission[] {
  return evaluator.resourcesOfType('AWS::Lambda::Permission').flatMap((logicalId) => {
    const text = (name: string): string | undefined => {
      const value = evaluator.property(logicalId, name);
      return value === undefined ? undefined : String(value);
    };
    try {
      const sourceArn = text('SourceArn');
      return [
        {
          function: evaluator.stringProperty(logicalId, 'FunctionName'),
          action: evaluator.stringProperty(logicalId, 'Action'),
          principal: evaluator.stringProperty(logicalId, 'Principal'),
          ...(sourceArn !== undefined && { sourceArn }),
        },
      ];
    } catch (error) {
      if (!(error instanceof TemplateError)) {
        throw error;
      }
      onWarning(`the permission "${logicalId}" is left out: ${error.message}`);
      return [];
    }
  });
}

/** A rule's pattern; undefined when no event of an execution can match it. */
function readPattern({ evaluator }: StackContext, logicalId: string): Record<string, unknown> | undefined {
  const given = evaluator.property(logicalId, 'EventPattern');
  const pattern: unknown = typeof given === 'string' ? JSON.parse(given) : given;
  if (!isRecord(pattern)) {
    return undefined;
  }
  const { source } = pattern;
  const isOther =
    Array.isArray(source) && source.every((each) => typeof each === 'string' && each !== STEP_FUNCTIONS);
  return isOther ? undefined : pattern;
}

function readTarget(
  target: Record<string, unknown>,
  path: string,
  onWarning: (message: string) => void,
): EventRuleResource['targets'] {
  for (const member of ['InputPath', 'InputTransformer']) {
    if (target[member] !== undefined) {
      throw new TemplateError(
        `${path}/${member}`,
        'local mode hands the whole event, or a fixed Input, to the target',
      );
    }
  }
  const arn = String(target['Arn']);
  if (!/^arn:[^:]*:lambda:/.test(arn)) {
    onWarning(`${path}: local mode invokes Lambda functions only: ${arn} gets no event`);
    return [];
  }
  const { Input: input } = target;
  return [{ functionArn: arn, ...(input !== undefined && { input: String(input) }) }];
}
