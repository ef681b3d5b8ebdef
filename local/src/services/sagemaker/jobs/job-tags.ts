import { AwsError } from '../../aws-error';
import type { Input, Operation } from '../../service';
import type { Tag } from '../api-types';
import type { AutoMLJobRecord } from '../automl/automl-types';
import { listTags } from './job-lists';
import type { Jobs, TrainingJobRecord, TuningJobRecord } from './job-types';

/** The operations on tags of training, tuning and AutoML jobs. */
export function tagOperations(jobs: Jobs) {
  return {
    ListTags: { run: (input) => listTags(findTagged(jobs, input).tags, input) },
    AddTags: {
      run: (input) => {
        const added = input['Tags'] as readonly Tag[];
        const keys = added.map(({ Key }) => Key);
        return { Tags: changeTags(jobs, input, (tags) => [...without(tags, keys), ...added]) };
      },
    },
    DeleteTags: {
      run: (input) => {
        changeTags(jobs, input, (tags) => without(tags, input['TagKeys'] as readonly string[]));
        return {};
      },
    },
  } satisfies Record<string, Operation>;
}

function without(tags: readonly Tag[], keys: readonly string[]): Tag[] {
  return tags.filter(({ Key }) => !keys.includes(Key));
}

function changeTags(
  jobs: Jobs,
  input: Input,
  change: (tags: readonly Tag[]) => readonly Tag[],
): readonly Tag[] {
  const { name } = findTagged(jobs, input);
  const update = <R extends { readonly tags: readonly Tag[] }>(record: R): R => ({
    ...record,
    tags: change(record.tags),
  });
  switch (kindOf(input)) {
    case 'training-job':
      return jobs.training.update(name, update).tags;
    case 'automl-job':
      return jobs.automl.update(name, update).tags;
    default:
      return jobs.tuning.update(name, update).tags;
  }
}

function findTagged(jobs: Jobs, input: Input): TrainingJobRecord | TuningJobRecord | AutoMLJobRecord {
  const name = /\/(.+)$/.exec(String(input['ResourceArn']))?.[1] ?? '';
  const stores = {
    'training-job': jobs.training,
    'hyper-parameter-tuning-job': jobs.tuning,
    'automl-job': jobs.automl,
  };
  const kind = kindOf(input);
  const record = kind === undefined ? undefined : stores[kind].get(name);
  if (record === undefined) {
    throw new AwsError(
      'ResourceNotFound',
      `no training, tuning or AutoML job ${String(input['ResourceArn'])}`,
    );
  }
  return record;
}

function kindOf({
  ResourceArn: arn,
}: Input): 'training-job' | 'hyper-parameter-tuning-job' | 'automl-job' | undefined {
  const [, kind] = /:(training-job|hyper-parameter-tuning-job|automl-job)\//.exec(String(arn)) ?? [];
  return kind as ReturnType<typeof kindOf>;
}
