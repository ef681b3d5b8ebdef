import * as fs from 'node:fs';
import * as path from 'node:path';
import { replaceFile } from '../local-folder/replace-file';
import { makeBucket } from './buckets';
import type { Environment, ImageBuild } from './deployment';
import { joinInside } from './safe-path';
import type { StackContext } from './stack-context';

/**
 * Copies what container images are built from: the assembly may be gone when an image is needed.
 *
 * @returns what to build, by `repository:tag`
 */
export function stageImages({ assembly, environment, root }: StackContext): ReadonlyMap<string, ImageBuild> {
  return new Map(
    assembly.imageAssets.flatMap(({ directory, buildArguments, destinations }) =>
      destinations.map(({ repositoryName, imageTag }) => {
        const copy = joinInside(path.join(root, 'images'), imageTag);
        // Verbatim: links inside of the folder are to lead to where they lead in the image.
        fs.cpSync(directory, copy, { recursive: true, verbatimSymlinks: true });
        const args = buildArguments.map((text) => text.replace(directory, () => copy));
        return [
          `${fillIn(repositoryName, environment)}:${imageTag}`,
          { directory: copy, buildArguments: args },
        ];
      }),
    ),
  );
}

/** Names of the places that assets go to have placeholders for what depends on the environment. */
function fillIn(name: string, environment: Environment): string {
  return name
    .replaceAll('${AWS::AccountId}', environment.accountId)
    .replaceAll('${AWS::Region}', environment.region)
    .replaceAll('${AWS::Partition}', environment.partition);
}

/**
 * Puts the assets that are single files where `cdk deploy` uploads them: into the staging bucket, from which training
 * jobs read scripts. Templates, and folders that are zipped, are read from the assembly.
 */
export function stageFiles({ assembly, environment, root }: StackContext): void {
  for (const { source, packaging, destinations } of assembly.fileAssets) {
    if (packaging !== 'file' || source.endsWith('.template.json')) continue;
    for (const { bucketName, objectKey } of destinations) {
      const name = fillIn(bucketName, environment);
      const file = joinInside(makeBucket(root, name, `assets/${objectKey}`), objectKey);
      // A key has the hash of its content: what is there already is the same.
      if (fs.existsSync(file)) continue;
      fs.mkdirSync(path.dirname(file), { recursive: true });
      replaceFile(file, { copyOf: source });
    }
  }
}
