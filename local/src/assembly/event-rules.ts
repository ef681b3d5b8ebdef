import type { EventRuleResource, EventTarget, EventTargetInput, FunctionPermission } from './deployment';
import { checkPattern } from './event-pattern';
import type { StackContext } from './stack-context';
import { isRecord, TemplateError } from './template';

/** The sources of the events that local mode has: the ends of executions, and new objects. */
const SOURCES: readonly unknown[] = ['aws.states', 'aws.s3'];

/**
 * Collects the EventBridge rules that an event of local mode can match, with what they start.
 *
 * @throws TemplateError when such a rule has a comparison that local mode does not have
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
        `${path}: local mode has no schedules and no events but those of executions and of new objects in S3: nothing triggers this rule`,
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

/** Tells of schedules: local mode starts nothing by the clock. */
export function warnOfSchedules({ evaluator, onWarning }: StackContext): void {
  for (const logicalId of evaluator.resourcesOfType('AWS::Scheduler::Schedule')) {
    onWarning(`Resources/${logicalId}: local mode has no schedules: start an execution yourself`);
  }
}

/** A rule's pattern; undefined when no event of local mode can match it. */
function readPattern({ evaluator }: StackContext, logicalId: string): Record<string, unknown> | undefined {
  const given = evaluator.property(logicalId, 'EventPattern');
  const pattern: unknown = typeof given === 'string' ? JSON.parse(given) : given;
  if (!isRecord(pattern)) {
    return undefined;
  }
  const { source } = pattern;
  const isOther =
    Array.isArray(source) && source.every((each) => typeof each === 'string' && !SOURCES.includes(each));
  return isOther ? undefined : pattern;
}

function readTarget(
  target: Record<string, unknown>,
  path: string,
  onWarning: (message: string) => void,
): EventTarget[] {
  const arn = String(target['Arn']);
  const input = readInput(target);
  if (/^arn:[^:]*:lambda:/.test(arn)) return [{ functionArn: arn, ...input }];
  if (/^arn:[^:]*:states:/.test(arn)) {
    return [{ stateMachineArn: arn, roleArn: String(target['RoleArn']), ...input }];
  }
  onWarning(`${path}: local mode starts Lambda functions and state machines only: ${arn} gets no event`);
  return [];
}

function readInput({
  Input: input,
  InputPath: inputPath,
  InputTransformer: transformer,
}: Record<string, unknown>): EventTargetInput {
  if (!isRecord(transformer)) {
    return {
      ...(input !== undefined && { input: String(input) }),
      ...(inputPath !== undefined && { inputPath: String(inputPath) }),
    };
  }
  const paths = (transformer['InputPathsMap'] ?? {}) as Record<string, string>;
  return { inputTransformer: { paths, template: String(transformer['InputTemplate']) } };
}
