import { Lazy, TagManager, TagType } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Problems } from './problems';
import { checkTags } from './validate-common-props';

/** Sources of the tags for a construct's jobs. */
export interface JobTagsOptions {
  /** Resource type for `includeResourceTypes` and `excludeResourceTypes` of `Tags`. */
  readonly resourceType: string;
  /** The property `tags`, which overrides `Tags.of()`. */
  readonly tags?: Record<string, string>;
  /** Maximum number of tags, not counting the construct's own tags. */
  readonly max: number;
  /** Tags that the construct itself adds to all of its jobs. They do not count toward `max`. */
  readonly own?: Record<string, string>;
}

/** Tags of the jobs that a construct starts, from its property `tags` and from `Tags.of()`. */
export class JobTags {
  /** Collects the tags of `Tags.of()`, which the CDK adds at synth. */
  readonly manager: TagManager;

  constructor(
    scope: Construct,
    private readonly options: JobTagsOptions,
  ) {
    this.manager = new TagManager(TagType.KEY_VALUE, options.resourceType);
    scope.node.addValidation({
      validate: () => {
        const problems = new Problems();
        checkTags(problems, this.all(), options.max);
        return problems.list();
      },
    });
  }

  /** All tags of the jobs together with `own`, as a token for a map of strings. */
  with(own: Record<string, string> = {}): Record<string, string> {
    return Lazy.any({ produce: () => ({ ...this.all(), ...this.options.own, ...own }) }) as unknown as Record<
      string,
      string
    >;
  }

  private all(): Record<string, string> {
    return { ...this.manager.tagValues(), ...this.options.tags };
  }
}
