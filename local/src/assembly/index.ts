export { bucketsFolder } from './buckets';
export { type FileAsset, readAssembly, type StackAssembly } from './cloud-assembly';
export { type DeployOptions, deploy } from './deploy';
export type {
  BucketResource,
  Deployment,
  Environment,
  EventRuleResource,
  FunctionPermission,
  FunctionResource,
  ImageBuild,
  KeyResource,
  PolicyDocument,
  RoleResource,
  StateMachineResource,
} from './deployment';
export { TemplateError } from './template';
