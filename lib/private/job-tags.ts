import { Lazy, TagManager, TagType } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Problems } from './problems';
import { checkTags } from './validate-common-props';

/** What the tags of a construct's jobs are made of. */
export interface JobTagsOptions {
  /** What `includeResourceTypes` and `excludeResourceTypes` of `Tags` compare with. */
  readonly resourceType: string;
  /** The prop `tags`, which wins over `Tags.of()`. */
  readonly tags?: Record<string, string>;
  /** How many tags there may be, without those of the construct's own. */
  readonly max: number;
}

/** Tags of the jobs that a construct starts: those of its prop, and those that `Tags.of()` gives it. */
export class JobTags {
  /** Takes the tags of `Tags.of()`, which arrive when the app is synthesized. */
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

  /** The tags with those of the construct's own, as a token: a map of strings. */
  with(own: Record<string, string> = {}): Record<string, string> {
    return Lazy.any({ produce: () => ({ ...this.all(), ...own }) }) as unknown as Record<string, string>;
  }

  private all(): Record<string, string> {
    return { ...this.manager.tagValues(), ...this.options.tags };
  }
}
