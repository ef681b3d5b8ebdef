import type { Json, JsonObject } from './json';

/** The language of a state's expressions. */
export type QueryLanguage = 'JSONata' | 'JSONPath';

/** A definition that was checked: everything in it is known to the interpreter. */
export interface StateMachine extends StateGraph {
  /** The longest an execution may take. */
  readonly timeoutSeconds?: number;
}

/** States that run one after the other: the machine itself, a branch, or what a Map runs for each item. */
export interface StateGraph {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

/** One state. */
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

/** What follows a state; without it the graph ends there. */
interface Transition {
  readonly next?: string;
}

interface ErrorHandling {
  readonly retry: readonly Retrier[];
  readonly catch: readonly Catcher[];
}

/** How data goes in and out of a state, a choice rule or a catcher. */
export type DataFlow = JsonataFlow | JsonPathFlow;

/** The JSONata form of {@link DataFlow}. */
export interface JsonataFlow {
  readonly language: 'JSONata';
  readonly arguments?: Json;
  readonly output?: Json;
  readonly assign?: JsonObject;
  /** Put before field names in messages: empty, `Choices[0]/` or `Catch[0]/`. */
  readonly locationPrefix: string;
}

/** The JSONPath form of {@link DataFlow}; a null path stands for `{}`, or for "discard" in `resultPath`. */
export interface JsonPathFlow {
  readonly language: 'JSONPath';
  readonly inputPath: string | null;
  readonly parameters?: Json;
  readonly resultSelector?: Json;
  readonly resultPath: string | null;
  readonly outputPath: string | null;
  readonly assign?: JsonObject;
}

/** A field that is given in the definition, or computed when the state runs. */
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
  /** JSONPath only: stands for a result. */
  readonly result?: Json;
}

export interface ChoiceState extends StateBase {
  readonly type: 'Choice';
  readonly rules: readonly ChoiceRule[];
  readonly default?: string;
}

/** A rule of a Choice state; its flow is used when it matches. */
export interface ChoiceRule {
  readonly condition: Condition;
  readonly next: string;
  readonly flow: DataFlow;
}

/** What a rule asks: a JSONata condition, or a JSONPath comparison, possibly nested. */
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
  /** JSONata: Items; JSONPath: ItemsPath. Without it the state's input is the items. */
  readonly items?: Computed;
  readonly itemReader?: ItemReader;
  readonly itemSelector?: Json;
  readonly itemBatcher?: ItemBatcher;
  readonly resultWriter?: ResultWriter;
  readonly maxConcurrency?: Computed;
  readonly toleratedFailureCount?: Computed;
  readonly toleratedFailurePercentage?: Computed;
}

/** Where a distributed Map reads its items from. */
export interface ItemReader {
  readonly resource: string;
  readonly arguments: Json;
  /** What the object, or each of several objects, is read as; without it the list of objects is the items. */
  readonly format?: ItemFormat;
  /** How the object names others whose content is the items. */
  readonly manifest?: 'S3_INVENTORY' | 'ATHENA_DATA';
  readonly maxItems?: Computed;
}

/** What the content of an object is read as. */
export interface ItemFormat {
  readonly inputType: 'CSV' | 'JSON' | 'JSONL';
  readonly csvDelimiter: string;
  /** Column names; without them the first row has them. */
  readonly csvHeaders?: readonly string[];
  /** A JSON pointer to the items within a JSON document. */
  readonly itemsPointer?: Computed;
}

/** What becomes of the results of a distributed Map's child executions. */
export interface ResultWriter {
  /** Where they are written; without it they are the state's result. */
  readonly target?: { readonly resource: string; readonly arguments: Json };
  readonly transformation: 'NONE' | 'COMPACT' | 'FLATTEN';
  readonly outputType: 'JSON' | 'JSONL';
}

/** How a distributed Map groups items for its child executions. */
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
