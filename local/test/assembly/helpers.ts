import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as cdk from 'aws-cdk-lib';
import { type Deployment, deploy, readAssembly } from '../../src/assembly';

const temporary: string[] = [];

/** Creates a temporary folder, which `removeTemporaryFolders` removes. */
export function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'local-assembly-'));
  temporary.push(folder);
  return folder;
}

/** Creates a folder with the given files (path → content). */
export function folderWith(files: Record<string, string>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

export function removeTemporaryFolders(): void {
  for (const folder of temporary.splice(0)) {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Synthesizes an app and returns the folder of its cloud assembly. */
export function synthesize(build: (app: cdk.App) => void): string {
  const app = new cdk.App({ outdir: temporaryFolder(), analyticsReporting: false });
  build(app);
  return app.synth().directory;
}

/** Synthesizes a stack named `Test` and deploys it. */
export function deployStack(
  build: (stack: cdk.Stack) => void,
  options: { root?: string; env?: cdk.Environment; onWarning?: (message: string) => void } = {},
): Deployment {
  const folder = synthesize((app) => {
    build(new cdk.Stack(app, 'Test', options.env === undefined ? {} : { env: options.env }));
  });
  return deploy(readAssembly(folder), options.root ?? temporaryFolder(), options);
}
