import * as logs from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import type { WorkflowLogOptions } from '../workflow-options';

/** Applies the given retention and removal policy to every log group below a construct. Options that are not given change nothing. */
export function keepLogs(scope: IConstruct, { logRetention, logRemovalPolicy }: WorkflowLogOptions): void {
  for (const group of scope.node.findAll()) {
    if (!(group instanceof logs.CfnLogGroup)) continue;
    if (logRetention !== undefined) {
      group.retentionInDays = logRetention === logs.RetentionDays.INFINITE ? undefined : logRetention;
    }
    if (logRemovalPolicy !== undefined) group.applyRemovalPolicy(logRemovalPolicy);
  }
}
