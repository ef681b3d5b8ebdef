import { validationError } from '../../aws-error';
import type { RequestContext } from '../../iam/request-context';
import type { TaskIdentity } from '../../principal';
import type { Input, Operation } from '../../service';
import { type EngineContext, originOf } from '../engine-context';
import { modelPackageArn } from '../jobs/job-arns';
import { creation } from '../jobs/job-creation';
import { isEqual, isNamed, isWithin, pick, sortedPage } from '../jobs/job-lists';
import { findGroup } from './group-operations';
import { nameInArn, packageArnOf, recordName } from './registry-names';
import type {
  CreateModelPackageRequest,
  ModelPackageDescription,
  ModelPackageRecord,
} from './registry-types';

/** The operations on model packages. Each new package and each update sends an event, as on AWS. */
export function packageOperations(context: EngineContext) {
  const { modelPackages: packages, modelPackageGroups: groups } = context.jobs;
  const approval = ({ ModelApprovalStatus: status }: Input): RequestContext =>
    status === undefined ? {} : { 'sagemaker:ModelApprovalStatus': String(status) };
  const created = creation({
    name: 'ModelPackageName',
    arn: 'ModelPackageArn',
    jobs: packages,
    start: () => undefined,
    context: approval,
  });
  return {
    CreateModelPackage: {
      access: (input, given) => {
        const group = input['ModelPackageGroupName'];
        if (typeof group !== 'string') return created.access?.(input, given) ?? [given];
        const name = nameInArn(group);
        const version = (groups.get(name)?.latestVersion ?? 0) + 1;
        const resource = modelPackageArn(context.environment, `${name}/${version}`);
        return created.access?.(input, { ...given, resource }) ?? [given];
      },
      run: (input, { task }) => {
        const request = input as unknown as CreateModelPackageRequest;
        const record = findRepeated(context, request, task) ?? createPackage(context, request, task);
        return { ModelPackageArn: record.description.ModelPackageArn };
      },
    },
    DescribeModelPackage: {
      run: (input) => {
        const { description } = findPackage(context, input['ModelPackageName']);
        const details = { ValidationStatuses: [], ImageScanStatuses: [] };
        return { CertifyForMarketplace: false, ModelPackageStatusDetails: details, ...description };
      },
    },
    ListModelPackages: {
      // AWS documents cross-account policies that allow ListModelPackages for packages. But IAM's tables list no
      // resource types for this action, so only a statement for all resources is certain to allow it.
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
      access: (_input, given) => [{ ...given, resource: '*' }],
      run: (input) => {
        packages.refresh();
        const group = input['ModelPackageGroupName'];
        if (group !== undefined) findGroup(context, input);
        return listPackages(packages.list(), input);
      },
    },
    UpdateModelPackage: {
      access: (input, given) => [
        {
          ...given,
          resource: packageArnOf(context.environment, input['ModelPackageArn']),
          context: approval(input),
        },
      ],
      run: (input) => {
        const { name } = findPackage(context, input['ModelPackageArn']);
        const record = packages.update(name, (current) => ({
          ...current,
          description: updated(current.description, input, context.now()),
        }));
        context.onModelPackage?.(record.description);
        return { ModelPackageArn: record.description.ModelPackageArn };
      },
    },
    DeleteModelPackage: {
      run: (input) => {
        packages.delete(findPackage(context, input['ModelPackageName']).name);
        return {};
      },
    },
  } satisfies Record<string, Operation>;
}

/**
 * Finds a package by its name (`group/3` for a version) or its ARN.
 *
 * @throws AwsError ValidationException if there is no such package
 */
export function findPackage(
  { jobs, environment }: Pick<EngineContext, 'jobs' | 'environment'>,
  arnOrName: unknown,
): ModelPackageRecord {
  const record = jobs.modelPackages.get(recordName(nameInArn(arnOrName)));
  if (record !== undefined) return record;
  throw validationError(`ModelPackage ${packageArnOf(environment, arnOrName)} does not exist.`);
}

/** The package that an identical earlier request or the same attempt of a task has already created. */
function findRepeated(
  { jobs: { modelPackages: packages } }: Pick<EngineContext, 'jobs'>,
  { ClientToken: token }: CreateModelPackageRequest,
  task: TaskIdentity | undefined,
): ModelPackageRecord | undefined {
  packages.refresh();
  return packages
    .list()
    .find(
      ({ clientToken, createdBy }) =>
        (token !== undefined && clientToken === token) ||
        (task !== undefined && createdBy?.token === task.token),
    );
}

function createPackage(
  context: EngineContext,
  { Tags: tags = [], ClientToken: clientToken, ...request }: CreateModelPackageRequest,
  task: TaskIdentity | undefined,
): ModelPackageRecord {
  const { ModelPackageName: name, ModelPackageGroupName: group } = request;
  // AWS's wording, according to https://github.com/getmoto/moto/pull/7165.
  if (name !== undefined && group !== undefined) {
    throw validationError(
      'Both ModelPackageName and ModelPackageGroupName are provided in the input. Cannot determine which one to use.',
    );
  }
  if (name === undefined && group === undefined) {
    throw validationError('Missing ARN. Give ModelPackageGroupName for a version, or ModelPackageName.');
  }
  if (group !== undefined && tags.length > 0) {
    throw validationError('CreateModelPackage: omit Tags, because a version has the tags of its group');
  }
  if (request.InferenceSpecification === undefined) {
    throw validationError('CreateModelPackage: local mode needs an InferenceSpecification');
  }
  const common = {
    ...originOf(context, task),
    tags,
    ...(clientToken !== undefined && { clientToken }),
  };
  const describe = (version: Partial<ModelPackageDescription>, of: string): ModelPackageDescription => ({
    ...request,
    ...version,
    ModelPackageArn: modelPackageArn(context.environment, of),
    ModelPackageStatus: 'Completed',
    CreationTime: context.now(),
  });
  const record =
    group === undefined
      ? createUnversioned(context, { name: name ?? '', ...common, description: describe({}, name ?? '') })
      : createVersion(context, group, (version, groupName) => ({
          name: recordName(`${groupName}/${version}`),
          ...common,
          description: describe(
            {
              ModelPackageGroupName: groupName,
              ModelPackageVersion: version,
              ModelApprovalStatus: request.ModelApprovalStatus ?? 'PendingManualApproval',
            },
            `${groupName}/${version}`,
          ),
        }));
  context.onModelPackage?.(record.description);
  return record;
}

function createUnversioned({ jobs }: EngineContext, record: ModelPackageRecord): ModelPackageRecord {
  if (jobs.modelPackages.create(record)) return record;
  throw validationError(`Model Package already exists: ${record.description.ModelPackageArn}`);
}

/** Creates the next version of a model package group. Skips numbers that another process has taken. */
function createVersion(
  context: EngineContext,
  group: string,
  recordOf: (version: number, groupName: string) => ModelPackageRecord,
): ModelPackageRecord {
  const { name, latestVersion } = findGroup(context, { ModelPackageGroupName: group });
  const { modelPackages: packages, modelPackageGroups: groups } = context.jobs;
  for (let version = latestVersion + 1; ; version += 1) {
    const record = recordOf(version, name);
    if (!packages.create(record)) continue;
    groups.update(name, (current) => ({ ...current, latestVersion: version }));
    return record;
  }
}

/** A package after UpdateModelPackage. */
function updated(
  {
    CustomerMetadataProperties: metadata = {},
    AdditionalInferenceSpecifications: more = [],
    ...rest
  }: ModelPackageDescription,
  input: Input,
  now: number,
): ModelPackageDescription {
  const {
    ModelPackageArn: _arn,
    ClientToken: _token,
    CustomerMetadataProperties: added = {},
    CustomerMetadataPropertiesToRemove: removed = [],
    AdditionalInferenceSpecificationsToAdd: specifications = [],
    ...changes
  } = input as Input & {
    readonly CustomerMetadataProperties?: Readonly<Record<string, string>>;
    readonly CustomerMetadataPropertiesToRemove?: readonly string[];
    readonly AdditionalInferenceSpecificationsToAdd?: readonly object[];
  };
  if (changes['ModelApprovalStatus'] !== undefined && rest.ModelPackageVersion === undefined) {
    throw validationError('UpdateModelPackage: only versions of a group have a ModelApprovalStatus');
  }
  const kept = Object.entries({ ...metadata, ...added }).filter(([key]) => !removed.includes(key));
  const all = [...more, ...specifications];
  return {
    ...rest,
    ...changes,
    ...(kept.length > 0 && { CustomerMetadataProperties: Object.fromEntries(kept) }),
    ...(all.length > 0 && { AdditionalInferenceSpecifications: all }),
    LastModifiedTime: now,
  };
}

function listPackages(packages: readonly ModelPackageRecord[], input: Input): unknown {
  const { ModelPackageGroupName: group, ModelApprovalStatus: status } = input;
  // Without a group or a type, ListModelPackages lists only unversioned packages (API reference).
  const { ModelPackageType: type = group === undefined ? 'Unversioned' : 'Versioned' } = input;
  const kept = packages.filter(
    ({ name, description: { ModelPackageGroupName: own, ModelApprovalStatus, CreationTime } }) =>
      (type === 'Both' || type === (own === undefined ? 'Unversioned' : 'Versioned')) &&
      (group === undefined || own?.toLowerCase() === nameInArn(group).toLowerCase()) &&
      isEqual(status, String(ModelApprovalStatus)) &&
      isNamed(input, name) &&
      isWithin(input, { CreationTime, LastModifiedTime: CreationTime }),
  );
  const { items, ...token } = sortedPage(kept, input, {
    CreationTime: ({ description }) => description.CreationTime,
    Name: ({ name }) => name,
  });
  const members = [
    ...['Name', 'GroupName', 'Version', 'Arn', 'Description', 'Status', 'RegistrationType'].map(
      (part) => `ModelPackage${part}`,
    ),
    ...['CreationTime', 'ModelApprovalStatus', 'ModelLifeCycle'],
  ];
  return { ModelPackageSummaryList: items.map(({ description }) => pick(description, members)), ...token };
}
