/** What a synthesized stack becomes on this machine: everything a run needs, as plain data. */
export interface Deployment {
  /** Name of the CloudFormation stack. */
  readonly stackName: string;
  /** Where it is deployed, usually `<project>/.local`. All other paths are absolute and below it. */
  readonly root: string;
  readonly environment: Environment;
  readonly buckets: readonly BucketResource[];
  readonly keys: readonly KeyResource[];
  readonly roles: readonly RoleResource[];
  readonly functions: readonly FunctionResource[];
  readonly stateMachines: readonly StateMachineResource[];
  /** EventBridge rules that the end of an execution can match. */
  readonly eventRules: readonly EventRuleResource[];
  /** What the resource policies of the functions allow to others. */
  readonly functionPermissions: readonly FunctionPermission[];
  /** How the container images of the app are built, by `repository:tag`. */
  readonly imageBuilds: ReadonlyMap<string, ImageBuild>;
  /** Resolved stack outputs by name. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** What the pseudo parameters of CloudFormation resolve to. */
export interface Environment {
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
  readonly urlSuffix: string;
}

/** An S3 bucket: a folder of plain files, where a key is a relative path. */
export interface BucketResource {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly folder: string;
  /** What `AWS::S3::BucketPolicy` says; empty without one. */
  readonly policies?: readonly PolicyDocument[];
  /** How objects are encrypted that do not say it themselves; absent without a KMS key of the account's own. */
  readonly encryption?: BucketEncryption;
  /** Whether EventBridge hears of new objects. @default false */
  readonly sendsEvents?: boolean;
  /** Whether versions of its objects are kept on AWS: `Enabled` or `Suspended`. Here none are. @default - never were */
  readonly versioning?: string;
}

/** Default encryption of a bucket with a KMS key (SSE-KMS). */
export interface BucketEncryption {
  /** ARN, ID, alias or ARN of an alias. */
  readonly keyId: string;
  /** Whether S3 keeps a key for the bucket: the encryption context is the bucket then, not the object. */
  readonly bucketKey: boolean;
}

/** A KMS key with its key policy. */
export interface KeyResource {
  readonly logicalId: string;
  readonly arn: string;
  readonly policy: PolicyDocument;
  /** Names of the aliases that stand for it, `alias/…`. */
  readonly aliases: readonly string[];
}

/** An IAM role with every policy the template gives it, inline, managed and separate. */
export interface RoleResource {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly trustPolicy: PolicyDocument;
  readonly policies: readonly PolicyDocument[];
  /** What the policies can allow at the most; absent without a permissions boundary. */
  readonly permissionsBoundary?: PolicyDocument;
}

/** An IAM policy document as the template has it, with its intrinsics resolved. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
}

/** A Lambda function whose code asset is unpacked in `folder`. */
export interface FunctionResource {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly folder: string;
  /** `<file>.<export>`, as in the template. */
  readonly handler: string;
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
}

/** A container image that `cdk deploy` would build. */
export interface ImageBuild {
  readonly directory: string;
  /** Arguments of `docker build`, but for the folder and the name. */
  readonly buildArguments: readonly string[];
}

/** An EventBridge rule with the Lambda functions and state machines that it starts. */
export interface EventRuleResource {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly targets: readonly EventTarget[];
}

/** A Lambda function, or a state machine with the role that starts it. */
export type EventTarget = EventTargetInput & ({ readonly functionArn: string } | StateMachineTarget);

/** A state machine, or an alias or version of one, and the role that starts it. */
export interface StateMachineTarget {
  readonly stateMachineArn: string;
  readonly roleArn: string;
}

/** What a target gets in place of the event, one of these; without any, it gets the event. */
export interface EventTargetInput {
  /** JSON text. */
  readonly input?: string;
  /** Path of what the target gets of the event. */
  readonly inputPath?: string;
  readonly inputTransformer?: {
    /** Paths of values in the event, by the names that the template has for them. */
    readonly paths: Readonly<Record<string, string>>;
    /** JSON text with `<name>` in the places of values. */
    readonly template: string;
  };
}

/** A statement of a Lambda function's resource policy (`AWS::Lambda::Permission`). */
export interface FunctionPermission {
  /** Name or ARN of the function. */
  readonly function: string;
  readonly action: string;
  readonly principal: string;
  readonly sourceArn?: string;
}

/** A Step Functions state machine with its parsed definition. */
export interface StateMachineResource {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly definition: Readonly<Record<string, unknown>>;
  /** The definition as the template has it. @default - made of the definition */
  readonly definitionText?: string;
  /** Whether it writes a log to CloudWatch Logs. @default false */
  readonly isLogged?: boolean;
  /** KMS key that its definition and executions are encrypted with. @default - one that AWS owns */
  readonly kmsKeyId?: string;
  /** ARNs of its versions, by what qualifies its ARN: their numbers, and the names of aliases. */
  readonly qualifiers?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly tags?: Readonly<Record<string, string>>;
}
