import type { Json } from '../../states';
import { AwsError } from '../aws-error';
import { parseData } from '../json-text';
import type { Operation } from '../service';
import type { TaskTokens } from '../task-integrations/task-tokens';

/** The operations with which workers complete waiting tasks. */
export function taskTokenOperations(tokens: TaskTokens) {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return {
    SendTaskSuccess: {
      run: ({ taskToken, output }) => {
        tokens.succeed(String(taskToken), parseOutput(String(output)));
        return {};
      },
    },
    SendTaskFailure: {
      run: ({ taskToken, error, cause }) => {
        tokens.fail(String(taskToken), text(error), text(cause));
        return {};
      },
    },
    SendTaskHeartbeat: {
      run: ({ taskToken }) => {
        tokens.heartbeat(String(taskToken));
        return {};
      },
    },
  } satisfies Record<string, Operation>;
}

function parseOutput(text: string): Json {
  try {
    return parseData(text);
  } catch (error) {
    throw new AwsError('InvalidOutput', `Invalid Output: '${(error as Error).message}'`);
  }
}
