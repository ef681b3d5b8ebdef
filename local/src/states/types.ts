import type { Json, JsonObject } from './json';

/** The query language of a state. */
export type QueryLanguage = 'JSONata' | 'JSONPath';

/** A validated definition. The interpreter supports everything in it. */
export interface StateMachine extends StateGraph {
  /** Timeout of an execution. */
  readonly timeoutSeconds?: number;
}

/** States that run one after the other: the whole machine, a branch, or a Map's item processor. */
export interface StateGraph {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

/** A state of any type. */
export type State =
  | TaskState
  | PassState
  | ChoiceState
  | WaitState
  | ParallelState
  | MapState
  | SucceedState
  | FailState;

interface StateBase {
  readonly name: string;
  readonly flow: DataFlow;
}

/** The transition to the next state. Without a next state, the graph ends. */
interface Transition {
  readonly next?: string;
}

interface ErrorHandling {
  readonly retry: readonly Retrier[];
  readonly catch: readonly Catcher[];
}

/** Input and output processing of a state, a choice rule or a catcher. */
export type DataFlow = JsonataFlow | JsonPathFlow;

/** The JSONata form of {@link DataFlow}. */
export interface JsonataFlow {
  readonly language: 'JSONata';
  readonly arguments?: Json;
  readonly output?: Json;
  readonly assign?: JsonObject;
  /** Prefix of field names in messages: empty, `Choices[0]/` or `Catch[0]/`. */
  readonly locationPrefix: string;
}

/** The JSONPath form of {@link DataFlow}. A null path means `{}`, or "discard" in `resultPath`. */
export interface JsonPathFlow {
  readonly language: 'JSONPath';
  readonly inputPath: string | null;
  readonly parameters?: Json;
  readonly resultSelector?: Json;
  readonly resultPath: string | null;
  readonly outputPath: string | null;
  readonly assign?: JsonObject;
}

/** A field whose value is either a literal or computed when the state runs. */
export type Computed =
  | { readonly kind: 'literal'; readonly field: string; readonly value: Json }
  | { readonly kind: 'expression'; readonly field: string; readonly expression: string }
  | { readonly kind: 'path'; readonly field: string; readonly path: string };

/** An entry of Retry. */
export interface Retrier {
  readonly errorEquals: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds?: number;
  readonly fullJitter: boolean;
}

/** An entry of Catch. */
export interface Catcher {
  readonly errorEquals: readonly string[];
  readonly next: string;
  readonly flow: DataFlow;
}

export interface TaskState extends StateBase, Transition, ErrorHandling {
  readonly type: 'Task';
  readonly resource: string;
  readonly timeoutSeconds?: Computed;
  readonly heartbeatSeconds?: Computed;
  readonly credentials?: Json;
}

export interface PassState extends StateBase, Transition {
  readonly type: 'Pass';
  /** JSONPath only: the output of a Pass state. */
  readonly result?: Json;
}

export interface ChoiceState extends StateBase {
  readonly type: 'Choice';
  readonly rules: readonly ChoiceRule[];
  readonly default?: string;
}

/** A rule of a Choice state. Its data flow applies if the rule matches. */
export interface ChoiceRule {
  readonly condition: Condition;
  readonly next: string;
  readonly flow: DataFlow;
}

/** The condition of a rule: a JSONata expression, or a JSONPath comparison, possibly nested. */
export type Condition =
  | { readonly kind: 'computed'; readonly value: Computed }
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition }
  | {
      readonly kind: 'comparison';
      readonly variable: string;
      readonly operator: string;
      readonly operand: { readonly value: Json } | { readonly path: string };
    };

export interface WaitState extends StateBase, Transition {
  readonly type: 'Wait';
  readonly until: { readonly kind: 'seconds' | 'timestamp'; readonly value: Computed };
}

export interface ParallelState extends StateBase, Transition, ErrorHandling {
  readonly type: 'Parallel';
  readonly branches: readonly StateGraph[];
}

export interface MapState extends StateBase, Transition, ErrorHandling {
  readonly type: 'Map';
  readonly mode: 'INLINE' | 'DISTRIBUTED';
  /** The type of the child executions of a distributed Map. */
  readonly childType?: 'STANDARD' | 'EXPRESS';
  readonly label?: string;
  readonly processor: StateGraph;
  /** The field Items (JSONata) or ItemsPath (JSONPath). Without this field, the items are the state's input. */
  readonly items?: Computed;
  readonly itemReader?: ItemReader;
  readonly itemSelector?: Json;
  readonly itemBatcher?: ItemBatcher;
  readonly resultWriter?: ResultWriter;
  readonly maxConcurrency?: Computed;
  readonly toleratedFailureCount?: Computed;
  readonly toleratedFailurePercentage?: Computed;
}

/** The source of a distributed Map's items. */
export interface ItemReader {
  readonly resource: string;
  readonly arguments: Json;
  /**
   * Format of the object, or of each listed object. Without a format, the items are the listed objects
   * themselves.
   */
  readonly format?: ItemFormat;
  /** Format of a manifest that lists the objects with the items. */
  readonly manifest?: 'S3_INVENTORY' | 'ATHENA_DATA';
  readonly maxItems?: Computed;
}

/** The format of an object with items. */
export interface ItemFormat {
  readonly inputType: 'CSV' | 'JSON' | 'JSONL';
  readonly csvDelimiter: string;
  /** Column names. Without them, the first row contains the names. */
  readonly csvHeaders?: readonly string[];
  /** JSON pointer to the items in a JSON document. */
  readonly itemsPointer?: Computed;
}

/** How the results of a distributed Map's child executions are returned. */
export interface ResultWriter {
  /** Where the results are written. Without a target, they become the state's result. */
  readonly target?: { readonly resource: string; readonly arguments: Json };
  readonly transformation: 'NONE' | 'COMPACT' | 'FLATTEN';
  readonly outputType: 'JSON' | 'JSONL';
}

/** How a distributed Map groups items into child executions. */
export interface ItemBatcher {
  readonly maxItemsPerBatch?: Computed;
  readonly maxInputBytesPerBatch?: Computed;
  readonly batchInput?: Json;
}

export interface SucceedState extends StateBase {
  readonly type: 'Succeed';
}

export interface FailState extends StateBase {
  readonly type: 'Fail';
  readonly error?: Computed;
  readonly cause?: Computed;
}
