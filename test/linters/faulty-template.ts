import type { NamedTemplate } from './templates';

const JOBS = 'arn:aws:sagemaker:us-east-1:123456789012:training-job/x*';
const OBJECTS = 'arn:aws:s3:::data/train/*';
const BUCKET = 'arn:aws:s3:::data';
const ROLE_ARN = 'arn:aws:iam::123456789012:role/any';

const allow = (Action: string, Resource: string | string[], Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});

/** A template with faults. Each fault must be found by one of the linters. */
export const FAULTY: NamedTemplate = {
  name: 'a template with faults',
  template: {
    Resources: {
      Bucket: { Type: 'AWS::S3::Bucket' },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Runtime: 'nodejs10.x',
          Handler: 'index.handler',
          Role: ROLE_ARN,
          Code: { ZipFile: 'exports.handler = async () => {};' },
        },
      },
      Machine: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: {
          RoleArn: ROLE_ARN,
          DefinitionString: {
            'Fn::Join': [
              '',
              [
                '{"StartAt":"Nowhere","States":{"End":{"Type":"Succeed","Comment":"',
                { Ref: 'Bucket' },
                '"}}}',
              ],
            ],
          },
        },
      },
      Policy: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'faulty',
          Roles: ['any'],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              allow('sagemaker:DescribeTraining', JOBS),
              allow('sagemaker:ListTrainingJobs', JOBS),
              allow('s3:GetObject', [OBJECTS, BUCKET]),
              allow('s3:GetBucketLocation', BUCKET, { StringLike: { 's3:prefix': 'train/*' } }),
            ],
          },
        },
      },
    },
  },
};
