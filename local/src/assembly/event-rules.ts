import type { EventRuleResource, EventTarget, EventTargetInput, FunctionPermission } from './deployment';
import { checkPattern } from './event-pattern';
import type { StackContext } from './stack-context';
import { isRecord, TemplateError } from './template';

/** Sources and types of the events that local mode sends: about executions, new objects and model packages. */
const EVENTS = [
  { source: 'aws.states', type: 'Step Functions Execution Status Change' },
  { source: 'aws.s3', type: 'Object Created' },
  { source: 'aws.sagemaker', type: 'SageMaker Model Package State Change' },
];

/**
 * Collects the EventBridge rules that can match an event of local mode, with their targets.
 *
 * @throws TemplateError when a rule for an event of local mode uses an unsupported comparison
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
        `${path}: nothing triggers this rule. Local mode does not run schedules, and it only sends events about executions, new objects in S3 and model packages`,
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

/** Collects the resource policies of the template's functions. */
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
      onWarning(`ignoring the permission "${logicalId}": ${error.message}`);
      return [];
    }
  });
}

/** Warns about schedules, which local mode does not run. */
export function warnOfSchedules({ evaluator, onWarning }: StackContext): void {
  for (const logicalId of evaluator.resourcesOfType('AWS::Scheduler::Schedule')) {
    onWarning(`Resources/${logicalId}: local mode does not run schedules: start an execution yourself`);
  }
}

/** A rule's pattern; undefined if it cannot match any event of local mode. */
function readPattern({ evaluator }: StackContext, logicalId: string): Record<string, unknown> | undefined {
  const given = evaluator.property(logicalId, 'EventPattern');
  const pattern: unknown = typeof given === 'string' ? JSON.parse(given) : given;
  if (!isRecord(pattern)) {
    return undefined;
  }
  const { source, 'detail-type': types } = pattern;
  const canMatch = EVENTS.some((event) => mayHave(source, event.source) && mayHave(types, event.type));
  return canMatch ? pattern : undefined;
}

/**
 * Whether a pattern's list of allowed values contains the given value, or a comparison that could match it. A pattern
 * without such a list allows every value.
 */
function mayHave(values: unknown, value: string): boolean {
  return !Array.isArray(values) || values.some((each) => typeof each !== 'string' || each === value);
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
  onWarning(
    `${path}: local mode only supports Lambda functions and state machines as targets: ${arn} receives no events`,
  );
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
