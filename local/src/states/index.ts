/** The Amazon States Language: parses definitions and runs executions. */
export { type Clock, systemClock } from './clock';
export { statesIn } from './definition/definition-states';
export { parseStateMachine } from './definition/parse-state-machine';
export { InvalidDefinitionError, type ProblemCode, StatesError } from './errors';
export type { EventDetails, HistoryEvent } from './execution/history';
export type { FailureWait, MapItemName, MapItemState, MapPlace } from './execution/map-place';
export { applyChange, type PositionChange, type ResumePoint, redrivePoint } from './execution/position';
export { changesTo, withKeptData } from './execution/position-changes';
export type {
  ItemReaderCall,
  KeepString,
  ReadItems,
  ResultWriterCall,
  RunTask,
  TaskCall,
  WriteResults,
} from './execution/service-calls';
export {
  type Execution,
  type ExecutionIdentity,
  type ExecutionOptions,
  type ExecutionResult,
  startExecution,
} from './execution/start-execution';
export {
  copyJson,
  isObject,
  type Json,
  type JsonObject,
  jsonSize,
  jsonText,
  PAYLOAD_LIMIT,
  parseExact,
  withPlainNumbers,
} from './json';
export { evaluateTemplate } from './jsonata/template';
export type { StateMachine } from './types';
