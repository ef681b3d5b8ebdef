import type { Deployment, StateMachineResource } from '../../assembly/deployment';
import { isRecord } from '../../assembly/template';
import type { ExecutionRunner, StartOptions } from '../../executions/execution-runner';
import { type ExecutedStateMachine, type ExecutionRecord, executionArn } from '../../executions/executions';
import type { Json, MapPlace } from '../../states';
import { UserError } from '../../user-error';
import { AwsError, validationError } from '../aws-error';
import { tagContext } from '../iam/request-context';
import { parseData } from '../json-text';
import type { Input, Operation, OperationsOf, Service } from '../service';
import type { TaskTokens } from '../task-integrations/task-tokens';
import {
  describeExecution,
  epochSeconds,
  type RedriveState,
  summarizeExecution,
  whyNotRedrivable,
} from './execution-views';
import { historyEvent } from './history-events';
import {
  checkArn,
  checkName,
  checkRequest,
  executionAlreadyExists,
  page,
  readStateMachineArn,
  STATES_MODEL,
  type StatesModel,
} from './requests';
import { tagOperations } from './tag-operations';
import { taskTokenOperations } from './task-token-operations';

type StartedAs = NonNullable<StartOptions['startedAs']>;

/** Number of redrive client tokens to remember, as on AWS. */
const REDRIVE_TOKENS = 10;

/** AWS Step Functions: the state machines of the template, and their executions. */
export class StatesService implements Service {
  readonly name = 'states';
  readonly model = STATES_MODEL;
  readonly validate = checkRequest;
  readonly operations: OperationsOf<StatesModel>;

  private readonly deployed = Date.now() / 1000;
  /** Responses to redrives, indexed by execution and client token, most recent last. */
  private readonly redrives = new Map<string, { redriveDate: number }>();

  constructor(
    private readonly deployment: Pick<Deployment, 'stateMachines' | 'environment'>,
    private readonly runner: ExecutionRunner,
    tokens: TaskTokens,
  ) {
    this.operations = {
      ListStateMachines: operation((input) => this.listStateMachines(input)),
      DescribeStateMachine: operation((input) => this.describeStateMachine(input)),
      StartExecution: operation((input, { task }) => this.startExecution(input, task?.place)),
      DescribeExecution: operation((input) => {
        const record = this.execution(input);
        return describeExecution(record, this.redriveState(record), includesData(input));
      }),
      ListExecutions: operation((input) => this.listExecutions(input)),
      GetExecutionHistory: operation((input) => this.getExecutionHistory(input)),
      StopExecution: operation((input) => this.stopExecution(input)),
      DescribeStateMachineForExecution: operation((input) => this.describeStateMachineForExecution(input)),
      RedriveExecution: operation((input) => this.redriveExecution(input)),
      ...taskTokenOperations(tokens),
      ...tagOperations(deployment.stateMachines),
    };
  }

  /** The execution or state machine that a request names, if any. */
  subject(input: Input) {
    const { executionArn: execution, stateMachineArn: machine, mapRunArn, resourceArn } = input;
    // Permissions for versions and aliases are checked on their state machine:
    // https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html
    const { stateMachineArn, qualifier } = readStateMachineArn(
      String(execution ?? machine ?? mapRunArn ?? resourceArn ?? '*'),
    );
    const tags = [input['tags'] ?? []].flat().filter(isRecord);
    return {
      resource: stateMachineArn,
      context: {
        ...(qualifier !== undefined && { 'states:StateMachineQualifier': [qualifier] }),
        ...tagContext(tags.map(({ key, value }) => [String(key), String(value)])),
        ...(Array.isArray(input['tagKeys']) && { 'aws:TagKeys': input['tagKeys'].map(String) }),
      },
    };
  }

  private listStateMachines(input: Input): unknown {
    const { items, ...token } = page(this.deployment.stateMachines, input, ({ arn }) => arn);
    return {
      stateMachines: items.map(({ arn, name }) => ({
        stateMachineArn: arn,
        name,
        type: 'STANDARD',
        creationDate: this.deployed,
      })),
      ...token,
    };
  }

  private describeStateMachine(input: Input): unknown {
    const stateMachine = this.stateMachine(input);
    const { stateMachineVersionArn } = startedAs(stateMachine, String(input['stateMachineArn']));
    return {
      ...configuration(stateMachine, includesData(input)),
      ...(stateMachineVersionArn !== undefined && { stateMachineArn: stateMachineVersionArn }),
      status: 'ACTIVE',
      type: 'STANDARD',
      creationDate: this.deployed,
    };
  }

  private describeStateMachineForExecution(input: Input): unknown {
    const record = this.execution(input);
    return { ...configuration(this.executed(record), includesData(input)), updateDate: this.deployed };
  }

  private startExecution(input: Input, place: MapPlace | undefined): unknown {
    const stateMachine = this.stateMachine(input);
    const name = input['name'] === undefined ? undefined : String(input['name']);
    if (name !== undefined) checkName(name);
    const inputText = input['input'] === undefined ? '{}' : String(input['input']);
    const data = parseInput(inputText);
    const arn = name && executionArn(stateMachine.arn, name);
    const known = arn ? this.runner.store.get(arn) : undefined;
    if (known?.status === 'RUNNING' && JSON.stringify(known.input) === JSON.stringify(data)) {
      return { executionArn: known.arn, startDate: epochSeconds(known.startDate) };
    }
    const started = this.runner.start(stateMachine, data, {
      inputText,
      ...(name !== undefined && { name }),
      startedAs: startedAs(stateMachine, String(input['stateMachineArn'])),
      ...(place && { place }),
    });
    if (!started) throw executionAlreadyExists(stateMachine.arn, name);
    const { startDate } = this.execution({ executionArn: started.arn });
    return { executionArn: started.arn, startDate: epochSeconds(startDate) };
  }

  private listExecutions(input: Input): unknown {
    if (input['mapRunArn'] !== undefined) {
      throw validationError(
        'local mode does not support ListExecutions with a mapRunArn: use a stateMachineArn',
      );
    }
    if (input['stateMachineArn'] === undefined) {
      throw validationError('Must provide a stateMachineArn or a mapRunArn');
    }
    const { statusFilter: status, redriveFilter } = input;
    if (status === 'PENDING_REDRIVE')
      throw validationError('The statusFilter PENDING_REDRIVE needs a mapRunArn');
    this.stateMachine(input);
    const wanted = this.runner.store
      .list()
      .filter(
        (record) =>
          wasStartedAs(record, String(input['stateMachineArn'])) &&
          (status === undefined || record.status === status) &&
          (redriveFilter === undefined || (redriveFilter === 'REDRIVEN') === (record.redriveCount ?? 0) > 0),
      );
    const { items, ...token } = page(wanted, input, ({ arn }) => arn);
    return { executions: items.map(summarizeExecution), ...token };
  }

  private getExecutionHistory(input: Input): unknown {
    const { arn } = this.execution(input);
    const events = this.runner.store.history(arn);
    if (input['reverseOrder'] === true) events.reverse();
    const { items, ...token } = page(events, input, ({ id }) => String(id));
    const view = {
      region: this.deployment.environment.region,
      includeData: input['includeExecutionData'] !== false,
    };
    return { events: items.map((event) => historyEvent(event, view)), ...token };
  }

  private async stopExecution(input: Input): Promise<unknown> {
    const record = this.execution(input);
    if (record.status !== 'RUNNING') return { stopDate: epochSeconds(record.stopDate ?? record.startDate) };
    const text = (name: string) => (typeof input[name] === 'string' ? String(input[name]) : undefined);
    const stopped = await this.runner.stop(record.arn, text('error'), text('cause'));
    if (stopped === undefined) {
      const where = `another local mode (process ${record.processId})`;
      throw validationError(`${where} is running the execution ${record.arn}: stop it there`);
    }
    return { stopDate: epochSeconds(stopped.stopDate ?? stopped.startDate) };
  }

  private redriveExecution(input: Input): unknown {
    const record = this.execution(input);
    const token = input['clientToken'] === undefined ? undefined : `${record.arn} ${input['clientToken']}`;
    const answered = token && this.redrives.get(token);
    if (answered) return answered;
    const reason = whyNotRedrivable(record, this.redriveState(record));
    if (reason !== undefined) throw new AwsError('ExecutionNotRedrivable', reason);
    this.runner.redrive(record, this.executed(record));
    const answer = { redriveDate: epochSeconds(this.execution(input).redriveDate ?? record.startDate) };
    if (token !== undefined) this.rememberRedrive(token, answer);
    return answer;
  }

  private rememberRedrive(token: string, answer: { redriveDate: number }): void {
    this.redrives.set(token, answer);
    const [oldest] = this.redrives.keys();
    if (this.redrives.size > REDRIVE_TOKENS && oldest !== undefined) this.redrives.delete(oldest);
  }

  private redriveState({ arn, status }: ExecutionRecord): RedriveState {
    const { store } = this.runner;
    if (status === 'RUNNING' || status === 'SUCCEEDED') return { events: 0, hasPosition: true };
    return { events: store.history(arn).length, hasPosition: store.hasPosition(arn) };
  }

  private stateMachine(input: Input): StateMachineResource {
    const arn = String(input['stateMachineArn']);
    checkArn(arn, 'stateMachine');
    const { stateMachineArn, qualifier } = readStateMachineArn(arn);
    const found = this.deployment.stateMachines.find(
      (each) =>
        each.arn === stateMachineArn &&
        (qualifier === undefined || Object.hasOwn(each.qualifiers ?? {}, qualifier)),
    );
    if (!found) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return found;
  }

  private execution(input: Input): ExecutionRecord {
    const arn = String(input['executionArn']);
    checkArn(arn, 'execution');
    const found = this.runner.store.get(arn);
    if (!found) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return found;
  }

  /** The definition of an execution, as it was when the execution started. */
  private executed({ arn, stateMachineArn }: ExecutionRecord): ExecutedStateMachine {
    return this.runner.store.stateMachine(arn) ?? this.stateMachine({ stateMachineArn });
  }
}

/**
 * Creates an operation that reports a `UserError`, such as an unsupported definition or an unreadable record, as a
 * `ValidationException`.
 */
function operation(run: Operation['run']): Operation {
  return {
    run: async (...call) => {
      try {
        return await run(...call);
      } catch (error) {
        throw error instanceof UserError ? validationError(error.message) : error;
      }
    },
  };
}

/** The version and the alias of a qualified ARN; empty for the state machine itself. */
function startedAs({ qualifiers }: StateMachineResource, arn: string): StartedAs {
  const { qualifier = '' } = readStateMachineArn(arn);
  const stateMachineVersionArn = qualifiers?.[qualifier];
  if (stateMachineVersionArn === undefined) return {};
  // Digits are a version, because the name of an alias cannot consist of digits only.
  return { stateMachineVersionArn, ...(!/^\d+$/.test(qualifier) && { stateMachineAliasArn: arn }) };
}

/** Whether an execution belongs to the state machine, version or alias that an ARN identifies. */
function wasStartedAs(record: ExecutionRecord, arn: string): boolean {
  const { stateMachineArn, stateMachineVersionArn, stateMachineAliasArn } = record;
  return [stateMachineArn, stateMachineVersionArn, stateMachineAliasArn].includes(arn);
}

/** Local mode writes neither logs nor traces of state machines: everything is in the execution's history. */
function configuration(stateMachine: ExecutedStateMachine, hasData: boolean): Input {
  const { arn, name, definition, definitionText = JSON.stringify(definition), roleArn } = stateMachine;
  return {
    stateMachineArn: arn,
    name,
    definition: hasData ? definitionText : '{}',
    roleArn,
    loggingConfiguration: { level: 'OFF', includeExecutionData: false },
    tracingConfiguration: { enabled: false },
    encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
  };
}

function parseInput(text: string): Json {
  try {
    return parseData(text);
  } catch (error) {
    const reason = (error as Error).message;
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${reason}'`);
  }
}

function includesData({ includedData }: Input): boolean {
  return includedData !== 'METADATA_ONLY';
}
