import { AwsError } from '../../aws-error';
import type { Input, Operation } from '../../service';
import type { Tag } from '../api-types';
import { recordName } from '../registry/registry-names';
import { listTags } from './job-lists';
import type { JobRecord, JobStore } from './job-store';
import type { Jobs } from './job-types';

/** A record with tags. */
type Tagged = JobRecord & { readonly tags: readonly Tag[] };

/** The operations on tags. */
export function tagOperations(jobs: Jobs) {
  return {
    ListTags: { run: (input) => listTags(findTagged(jobs, input).record.tags, input) },
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
  const { store, record } = findTagged(jobs, input);
  return store.update(record.name, (current) => ({ ...current, tags: change(current.tags) })).tags;
}

/** The tagged record whose ARN is in the request, and its store. */
function findTagged(jobs: Jobs, { ResourceArn: arn }: Input): { store: JobStore<Tagged>; record: Tagged } {
  const [, kind = '', name = ''] = /:([a-z-]+)\/(.+)$/.exec(String(arn)) ?? [];
  // The cast is safe, because each store gets back only its own records, with changed tags.
  const stores = storesByKind(jobs) as unknown as Readonly<Record<string, JobStore<Tagged>>>;
  const store = Object.hasOwn(stores, kind) ? stores[kind] : undefined;
  const record = store?.get(recordName(name));
  if (store !== undefined && record !== undefined) return { store, record };
  throw new AwsError(
    'ResourceNotFound',
    `no tagged resource has the ARN ${String(arn)}. Local mode supports tags on these resources: ${Object.keys(stores).join(', ')}`,
  );
}

/** The stores of tagged records, indexed by the resource type in ARNs. */
function storesByKind(jobs: Jobs) {
  return {
    'training-job': jobs.training,
    'hyper-parameter-tuning-job': jobs.tuning,
    'automl-job': jobs.automl,
    'transform-job': jobs.transform,
    model: jobs.models,
    'model-package-group': jobs.modelPackageGroups,
    'model-package': jobs.modelPackages,
  };
}
