import type { StateMachineResource } from '../../assembly/deployment';
import { AwsError, validationError } from '../aws-error';
import type { Input, Operation } from '../service';

/** Maximum number of tags of a state machine. */
const MAX_TAGS = 50;

/** Allowed characters of keys and values. Keys that begin with `aws:` are reserved. */
const TAG_TEXT = /^[\p{L}\p{N}\s_.:/=+\-@]*$/u;
const RESERVED = /^aws:/i;

interface Tag {
  readonly key: string;
  readonly value: string;
}

/**
 * The operations on tags of state machines. Initial tags come from the template. Changes are lost when local mode
 * exits: each start of local mode is a deployment, and a deployment sets the tags of the template.
 */
export function tagOperations(stateMachines: readonly StateMachineResource[]) {
  const tags = new Map(
    stateMachines.map(({ arn, tags: given = {} }) => [arn, new Map(Object.entries(given))]),
  );
  const tagsOf = ({ resourceArn: arn }: Input): Map<string, string> => {
    checkTaggable(String(arn));
    const found = tags.get(String(arn));
    if (found === undefined) throw new AwsError('ResourceNotFound', `Resource not found: '${String(arn)}'`);
    return found;
  };
  return {
    ListTagsForResource: {
      run: (input) => ({ tags: [...tagsOf(input)].map(([key, value]) => ({ key, value })) }),
    },
    TagResource: {
      run: (input) => {
        const known = tagsOf(input);
        const given = input['tags'] as readonly Partial<Tag>[];
        const added = given.map(({ key = '', value = '' }) => ({ key, value }));
        added.forEach(checkTag);
        if (new Set([...known.keys(), ...added.map(({ key }) => key)]).size > MAX_TAGS) {
          throw new AwsError('TooManyTags', `A state machine can have at most ${MAX_TAGS} tags.`);
        }
        for (const { key, value } of added) known.set(key, value);
        return {};
      },
    },
    UntagResource: {
      run: (input) => {
        const known = tagsOf(input);
        for (const key of input['tagKeys'] as readonly string[]) known.delete(key);
        return {};
      },
    },
  } satisfies Record<string, Operation>;
}

/** Only state machines can be tagged, not versions, aliases or executions. */
function checkTaggable(arn: string): void {
  if (/^arn:[^:]+:states:[^:]*:\d{12}:(stateMachine|activity):[^:]+$/.test(arn)) return;
  throw new AwsError('InvalidArn', `Invalid Arn: '${arn}'`);
}

function checkTag({ key, value }: Tag): void {
  if (key !== '' && TAG_TEXT.test(key) && TAG_TEXT.test(value) && !RESERVED.test(key)) return;
  throw validationError(
    `Invalid tag '${key}': keys and values may contain letters, digits, white space and _ . : / = + - @, and keys must not begin with "aws:"`,
  );
}
