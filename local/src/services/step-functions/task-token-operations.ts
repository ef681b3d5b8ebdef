import type { Json } from '../../states';
import { AwsError } from '../aws-error';
import { parseData } from '../json-text';
import type { TaskTokens } from '../task-integrations/task-tokens';
import type { Input } from './requests';

/** The operations by which workers answer the tasks that wait for them. */
export function taskTokenOperations(tokens: TaskTokens): Record<string, (input: Input) => unknown> {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return {
    SendTaskSuccess: ({ taskToken, output }) => {
      tokens.succeed(String(taskToken), parseOutput(String(output)));
      return {};
    },
    SendTaskFailure: ({ taskToken, error, cause }) => {
      tokens.fail(String(taskToken), text(error), text(cause));
      return {};
    },
    SendTaskHeartbeat: ({ taskToken }) => {
      tokens.heartbeat(String(taskToken));
      return {};
    },
  };
}

function parseOutput(text: string): Json {
  try {
    return parseData(text);
  } catch (error) {
    throw new AwsError('InvalidOutput', `Invalid Output: '${(error as Error).message}'`);
  }
}
