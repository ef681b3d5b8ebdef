import { InvalidDefinitionError, type JsonObject, parseStateMachine } from '../../src/states';

type Language = 'JSONata' | 'JSONPath';

/**
 * The problems in a state machine with one state. Each problem has its location in the state, and a message.
 */
export function problems(
  state: JsonObject,
  language: Language = 'JSONata',
  machine: JsonObject = {},
): string[] {
  const isLast = 'Next' in state || ['Choice', 'Succeed', 'Fail'].includes(String(state['Type']));
  const states = {
    A: { ...(!isLast && { End: true }), ...state },
    ...('Default' in state && { Done: { Type: 'Succeed' } }),
  };
  try {
    parseStateMachine({ QueryLanguage: language, StartAt: 'A', States: states, ...machine });
    return [];
  } catch (error) {
    if (!(error instanceof InvalidDefinitionError)) throw error;
    return error.problems.map(({ location, message }) => `${location.replace('/States/A', '')}: ${message}`);
  }
}

export const INNER = { StartAt: 'I', States: { I: { Type: 'Succeed' } } };
export const PASS = { Type: 'Pass' };
export const TASK = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke' };
export const MAP = { Type: 'Map', ItemProcessor: INNER };
export const distributed = (more: JsonObject): JsonObject => ({
  Type: 'Map',
  ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...INNER },
  ...more,
});
export const reading = (config: JsonObject, more: JsonObject = {}): JsonObject =>
  distributed({
    ItemReader: { Resource: 'arn:aws:states:::s3:getObject', Arguments: {}, ReaderConfig: config, ...more },
  });
export const listing = (config: JsonObject): JsonObject =>
  reading(config, { Resource: 'arn:aws:states:::s3:listObjectsV2' });
export const writing = (writer: JsonObject): JsonObject => distributed({ ResultWriter: writer });
export const choice = (rule: JsonObject): JsonObject => ({
  Type: 'Choice',
  Choices: [{ Next: 'A', ...rule }],
  Default: 'Done',
});
export const retrying = (retrier: JsonObject): JsonObject => ({
  ...TASK,
  Retry: [{ ErrorEquals: ['E'], ...retrier }],
});
