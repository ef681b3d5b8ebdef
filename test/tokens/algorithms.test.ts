import {
  Algorithm,
  ContainerImage,
  Distribution,
  Framework,
  Objective,
  ScriptSource,
  XGBoostVersion,
} from '../../lib';
import { inFragment, testTokens, uri } from './fixtures';

const CONTAINER = { objective: Objective.minimize('loss'), hyperparameters: {} };
const METRICS = [{ name: 'loss', regex: 'loss=(.*)' }];
const image = ContainerImage.fromRegistry('123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1');
testTokens([
  [
    'Algorithm.xgboost, version',
    inFragment(({ text }) => ({ algorithm: Algorithm.xgboost({ version: XGBoostVersion.of(text) }) })),
  ],
  [
    'Algorithm.xgboost, registryAccount',
    inFragment(({ text }) => ({
      algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0, registryAccount: text }),
    })),
  ],
  [
    'Algorithm.container, environment',
    inFragment(({ text }) => ({
      ...CONTAINER,
      algorithm: Algorithm.container({ image, metrics: METRICS, environment: { A: text } }),
    })),
  ],
  [
    'Algorithm.container, regex',
    inFragment(({ text }) => ({
      ...CONTAINER,
      algorithm: Algorithm.container({ image, metrics: [{ name: 'loss', regex: text }] }),
    })),
  ],
  [
    'ContainerImage.fromRegistry',
    inFragment(({ text }) => ({
      ...CONTAINER,
      algorithm: Algorithm.container({ image: ContainerImage.fromRegistry(text), metrics: METRICS }),
    })),
  ],
  [
    'Algorithm.script, entryPoint',
    inFragment(({ text }) => ({
      ...CONTAINER,
      algorithm: Algorithm.script({
        source: ScriptSource.fromArchive(uri('s3://code/a.tar.gz')),
        entryPoint: text,
        framework: Framework.scikitLearn('1.4-2'),
        metrics: METRICS,
      }),
    })),
  ],
  [
    'Distribution.mpi, processesPerHost',
    inFragment(({ number }) => ({
      ...CONTAINER,
      algorithm: Algorithm.script({
        source: ScriptSource.fromArchive(uri('s3://code/a.tar.gz')),
        entryPoint: 'a.py',
        framework: Framework.pyTorch('2.8.0'),
        metrics: METRICS,
        distribution: Distribution.mpi({ processesPerHost: number }),
      }),
    })),
  ],
  [
    'Distribution.mpi, customOptions',
    inFragment(({ text }) => ({
      ...CONTAINER,
      algorithm: Algorithm.script({
        source: ScriptSource.fromArchive(uri('s3://code/a.tar.gz')),
        entryPoint: 'a.py',
        framework: Framework.pyTorch('2.8.0'),
        metrics: METRICS,
        distribution: Distribution.mpi({ customOptions: text }),
      }),
    })),
  ],
]);
