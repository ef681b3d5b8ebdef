import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import type { ExecutionScheduleOptions } from '../workflow-options';
import { type Startable, starterRole } from './execution-starter';

/**
 * Creates a schedule that starts executions, and a role for the schedule. Only schedules in the default group can
 * assume this role.
 */
export function executionSchedule(
  scope: Construct,
  id: string,
  startable: Startable,
  options: ExecutionScheduleOptions,
): scheduler.Schedule {
  const stack = Stack.of(scope);
  // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
  const service = new iam.ServicePrincipal('scheduler.amazonaws.com', {
    conditions: {
      StringEquals: {
        'aws:SourceAccount': stack.account,
        'aws:SourceArn': stack.formatArn({
          service: 'scheduler',
          resource: 'schedule-group',
          resourceName: 'default',
        }),
      },
    },
  });
  const role = starterRole(scope, `${id}Role`, startable, service);
  const input = options.input ?? scheduler.ScheduleTargetInput.fromObject({});
  return new scheduler.Schedule(scope, id, {
    schedule: options.schedule,
    description: options.description ?? `Starts executions of ${scope.node.path}`,
    enabled: options.enabled,
    target: { bind: () => ({ arn: startable.arn, role, input }) },
  });
}
