import { AwsError } from '../aws-error';

/** A request, as the service model names its members. */
export type Input = Readonly<Record<string, unknown>>;

/** What the service model says of a member. Lengths are of characters, unless `bytes`. */
interface Member {
  readonly type: 'string' | 'integer' | 'boolean';
  readonly required?: true;
  readonly min?: number;
  readonly max?: number;
  readonly bytes?: true;
  readonly values?: readonly string[];
}

const ARN: Member = { type: 'string', min: 1, max: 256 };
const REQUIRED_ARN: Member = { ...ARN, required: true };
const PAGE = {
  maxResults: { type: 'integer', min: 0, max: 1000 },
  nextToken: { type: 'string', min: 1, max: 3096 },
} as const;
const TASK_TOKEN: Member = { type: 'string', required: true, min: 1, max: 2048 };
const INCLUDED_DATA: Member = { type: 'string', values: ['ALL_DATA', 'METADATA_ONLY'] };

/** The requests of Step Functions' API: botocore 1.43.11, stepfunctions/2016-11-23/service-2.json. */
const REQUESTS: Readonly<Record<string, Readonly<Record<string, Member>>>> = {
  ListStateMachines: PAGE,
  DescribeStateMachine: { stateMachineArn: REQUIRED_ARN, includedData: INCLUDED_DATA },
  StartExecution: {
    stateMachineArn: REQUIRED_ARN,
    name: { type: 'string', min: 1, max: 80 },
    input: { type: 'string', max: 262_144, bytes: true },
    traceHeader: { type: 'string', min: 0, max: 256 },
  },
  DescribeExecution: { executionArn: REQUIRED_ARN, includedData: INCLUDED_DATA },
  ListExecutions: {
    stateMachineArn: ARN,
    statusFilter: {
      type: 'string',
      values: ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'],
    },
    mapRunArn: { type: 'string', min: 1, max: 2000 },
    redriveFilter: { type: 'string', values: ['REDRIVEN', 'NOT_REDRIVEN'] },
    ...PAGE,
  },
  GetExecutionHistory: {
    executionArn: REQUIRED_ARN,
    reverseOrder: { type: 'boolean' },
    includeExecutionData: { type: 'boolean' },
    ...PAGE,
  },
  StopExecution: {
    executionArn: REQUIRED_ARN,
    error: { type: 'string', min: 0, max: 256 },
    cause: { type: 'string', min: 0, max: 32_768 },
  },
  DescribeStateMachineForExecution: { executionArn: REQUIRED_ARN, includedData: INCLUDED_DATA },
  SendTaskSuccess: {
    taskToken: TASK_TOKEN,
    output: { type: 'string', required: true, max: 262_144, bytes: true },
  },
  SendTaskFailure: {
    taskToken: TASK_TOKEN,
    error: { type: 'string', min: 0, max: 256 },
    cause: { type: 'string', min: 0, max: 32_768 },
  },
  SendTaskHeartbeat: { taskToken: TASK_TOKEN },
  RedriveExecution: { executionArn: REQUIRED_ARN, clientToken: { type: 'string', min: 1, max: 64 } },
};

/** @throws AwsError `ValidationException` when a member is missing or not what the service model says */
export function checkRequest(operation: string, input: Input): void {
  const problems = Object.entries(REQUESTS[operation] ?? {}).flatMap(([name, member]) =>
    problemsOf(name, member, input[name]),
  );
  if (problems.length === 0) return;
  const errors = `${problems.length} validation error${problems.length > 1 ? 's' : ''} detected`;
  throw new AwsError('ValidationException', `${errors}: ${problems.join('; ')}`);
}

function problemsOf(name: string, member: Member, value: unknown): string[] {
  const given = `Value ${value === undefined || value === null ? 'null' : `'${value}'`} at '${name}'`;
  const mustBe = (what: string): string[] => [`${given} failed to satisfy constraint: Member must ${what}`];
  if (value === undefined || value === null) return member.required ? mustBe('not be null') : [];
  const type = member.type === 'integer' ? 'number' : member.type;
  if (typeof value !== type || (type === 'number' && !Number.isInteger(value))) {
    throw new AwsError(
      'SerializationException',
      `${name} must be of the type ${member.type}, not ${typeof value}`,
    );
  }
  if (member.values && !member.values.includes(String(value))) {
    return mustBe(`satisfy enum value set: [${member.values.join(', ')}]`);
  }
  const [what, size] =
    typeof value === 'number'
      ? ['value', value]
      : ['length', member.bytes ? Buffer.byteLength(String(value)) : String(value).length];
  if (size < (member.min ?? 0)) return mustBe(`have ${what} greater than or equal to ${member.min}`);
  if (member.max === undefined || size <= member.max) return [];
  // A long text would hide what is wrong with it.
  const [tooMuch = ''] = mustBe(`have ${what} less than or equal to ${member.max}`);
  return [size > 1000 && what === 'length' ? tooMuch.replace(String(value), '…') : tooMuch];
}

/**
 * White space, brackets, wildcards, and the other characters that StartExecution lists as not allowed; "surrogates"
 * are what UTF-16 needs for characters above U+FFFF.
 */
const FORBIDDEN_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}\p{Cs}\ufffe\uffff\u{10000}-\u{10ffff}]/u;

/** @throws AwsError `InvalidName` */
export function checkName(name: string): void {
  if (!FORBIDDEN_IN_NAMES.test(name)) return;
  throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
}

/** @throws AwsError `InvalidArn` when a text is no ARN of Step Functions, or that of something else */
export function checkArn(arn: string, type: 'stateMachine' | 'execution'): void {
  const [, service, given = ''] = /^arn:[^:]+:([^:]+):[^:]*:\d{12}:([^:]+):.+$/.exec(arn) ?? [];
  if (service !== 'states') throw new AwsError('InvalidArn', `Invalid Arn: '${arn}'`);
  if (given === type) return;
  throw new AwsError('InvalidArn', `Invalid Arn: 'Resource type not valid in this context: ${given}'`);
}

/** What a list goes back in: some of it, and the token for the next page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

/** Items in a page, unless the request says so. */
const PAGE_SIZE = 100;

/**
 * The page of a list that a request asks for. A token names the last item of the page before: so items that are
 * added at either end meanwhile shift nothing.
 *
 * @throws AwsError `InvalidToken`
 */
export function page<T>(items: readonly T[], input: Input, keyOf: (item: T) => string): Page<T> {
  const start = firstAfter(items, input['nextToken'], keyOf);
  const end = start + (Number(input['maxResults'] ?? 0) || PAGE_SIZE);
  const shown = items.slice(start, end);
  const last = shown.at(-1);
  return {
    items: shown,
    ...(end < items.length && last && { nextToken: Buffer.from(keyOf(last)).toString('base64url') }),
  };
}

function firstAfter<T>(items: readonly T[], token: unknown, keyOf: (item: T) => string): number {
  if (token === undefined || token === null) return 0;
  const key = Buffer.from(String(token), 'base64url').toString();
  const index = items.findIndex((item) => keyOf(item) === key);
  if (index < 0) throw new AwsError('InvalidToken', `Invalid Token: '${token}'`);
  return index + 1;
}
