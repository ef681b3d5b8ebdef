import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { App, Stack } from 'aws-cdk-lib';
import { parseTar } from 'nanotar';
import {
  Algorithm,
  DataLocation,
  Framework,
  InputData,
  ParameterRange,
  type ScriptOptions,
  ScriptSource,
  type TuningFragmentProps,
} from '../../lib';
import { definitionIn, fragment, type Json, problemsIn, stackOf } from '../fixtures';

export const TEMPORARY = mkdtempSync(join(tmpdir(), 'script-test-'));
afterAll(() => rmSync(TEMPORARY, { recursive: true }));

export const METRICS = [
  { name: 'validation:rmse', regex: 'rmse=([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)' },
];
export const CODE = folderOf({ 'train.py': 'print(1)' });
export const MORE = InputData.of(DataLocation.fromUri('s3://more/'));
export const GPU = { instanceType: 'ml.g5.xlarge' };

/** A new folder with the given files. */
export function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(TEMPORARY, 'code-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export function script(options: Partial<ScriptOptions> = {}): Algorithm {
  return Algorithm.script({
    source: ScriptSource.fromFolder(CODE),
    entryPoint: 'train.py',
    framework: Framework.pyTorch('2.8.0'),
    metrics: METRICS,
    ...options,
  });
}

/** A fragment that tunes a script with the script's own hyperparameters. */
export function props(options: Partial<ScriptOptions> = {}, more: Partial<TuningFragmentProps> = {}) {
  return {
    algorithm: script(options),
    hyperparameters: { layers: '3' },
    parameterRanges: [ParameterRange.continuous('lr', { min: 0.01, max: 0.1 })],
    ...more,
  };
}

export function problemsOf(
  options: Partial<ScriptOptions>,
  more: Partial<TuningFragmentProps> = {},
): string[] {
  return problemsIn(() => fragment(props(options, more)));
}

/** The requests of the trials and of the final training. */
export function requests(
  options: Partial<ScriptOptions> = {},
  more: Partial<TuningFragmentProps> = {},
  stack = stackOf(),
): { trials: Json; final: Json } {
  const { States } = definitionIn(fragment(props(options, more), stack), stack);
  return {
    trials: States.TuneHyperparameters.Arguments.TrainingJobDefinition,
    final: States.TrainFinalModel.Arguments,
  };
}

/** The literal values of a request's hyperparameters. */
export function fixed(expression: string): Json {
  const text = /\$parse\((".*?[^\\]")\)/.exec(expression)?.[1] ?? '"{}"';
  return JSON.parse(JSON.parse(text));
}

/** The archive that a stack uploads, and its object key. */
export function packed(source: ScriptSource, entryPoint = 'train.py') {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  fragment(props({ source, entryPoint }), stack);
  const assembly = app.synth();
  const manifest = JSON.parse(readFileSync(join(assembly.directory, 'Stack.assets.json'), 'utf8'));
  const [asset] = Object.values<Json>(manifest.files).filter(({ source: { path } }) =>
    path.endsWith('.tar.gz'),
  );
  const archive = readFileSync(resolve(assembly.directory, asset.source.path));
  const [destination] = Object.values<Json>(asset.destinations);
  // parseTar reads from the start of the underlying memory, which Node.js 24 shares between buffers. Therefore, the
  // bytes are copied.
  const tar = new Uint8Array(gunzipSync(archive));
  return { key: destination.objectKey as string, archive, files: parseTar(tar) };
}
