import type { StateMachineResource } from '../../assembly/deployment';
import { AwsError, validationError } from '../aws-error';
import type { Input, Operation } from '../service';

/** Most tags of a state machine. */
const MAX_TAGS = 50;

/** The characters of keys and values; AWS keeps keys that begin with `aws:` to itself. */
const TAG_TEXT = /^[\p{L}\p{N}\s_.:/=+\-@]*$/u;
const RESERVED = /^aws:/i;

interface Tag {
  readonly key: string;
  readonly value: string;
}

/**
 * The operations on the tags of state machines. The template gives the tags; what is changed holds as long as local
 * mode runs, as a deployment would set them back, too.
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
          throw new AwsError('TooManyTags', `A state machine can have ${MAX_TAGS} tags at most.`);
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

/** Of what local mode has, state machines have tags: versions, aliases and executions have none. */
function checkTaggable(arn: string): void {
  if (/^arn:[^:]+:states:[^:]*:\d{12}:(stateMachine|activity):[^:]+$/.test(arn)) return;
  throw new AwsError('InvalidArn', `Invalid Arn: '${arn}'`);
}

function checkTag({ key, value }: Tag): void {
  if (key !== '' && TAG_TEXT.test(key) && TAG_TEXT.test(value) && !RESERVED.test(key)) return;
  throw validationError(
    `Invalid tag '${key}': keys and values have letters, digits, white space and _ . : / = + - @, and keys do not begin with "aws:"`,
  );
}
