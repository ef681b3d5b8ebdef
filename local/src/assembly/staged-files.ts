import * as fs from 'node:fs';
import * as path from 'node:path';
import { replaceFile } from '../replace-file';
import { makeBucket } from './buckets';
import { joinInside } from './safe-path';
import type { StackContext } from './stack-context';

/**
 * Puts the assets that are single files where `cdk deploy` uploads them: into the staging bucket, from which training
 * jobs read scripts. Templates, and folders that are zipped, are read from the assembly.
 */
export function stageFiles({ assembly, environment, root }: StackContext): void {
  for (const { source, packaging, destinations } of assembly.fileAssets) {
    if (packaging !== 'file' || source.endsWith('.template.json')) continue;
    for (const { bucketName, objectKey } of destinations) {
      const name = bucketName
        .replaceAll('${AWS::AccountId}', environment.accountId)
        .replaceAll('${AWS::Region}', environment.region)
        .replaceAll('${AWS::Partition}', environment.partition);
      const file = joinInside(makeBucket(root, name, `assets/${objectKey}`), objectKey);
      // A key has the hash of its content: what is there already is the same.
      if (fs.existsSync(file)) continue;
      fs.mkdirSync(path.dirname(file), { recursive: true });
      replaceFile(file, fs.readFileSync(source));
    }
  }
}
