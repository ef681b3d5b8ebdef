import { parseImage } from '../image-uri';
import {
  type PinnedRelease,
  releaseChoices,
  requirementsFiles,
  type WantedPackages,
  XGBOOST_RELEASES,
} from '../python-requirements';
import { xgboostVersionOf } from '../xgboost-images';
import type { ContainerModules } from './container-modules';

/** A framework whose SageMaker image runs user scripts. */
export interface Framework {
  /** Module that the container starts, for `SM_FRAMEWORK_MODULE`. */
  readonly module: string;
  /** Whether the container adds the script's error output to the failure reason. */
  readonly capturesErrors: boolean;
  /** SageMaker's own modules that scripts can import in the container. */
  readonly containerModules: readonly ContainerModules[];
  /** Packages of the image, and alternatives if the Python version does not support these packages, nearest first. */
  readonly packages: (trainingImage: string) => [WantedPackages, ...WantedPackages[]];
}

/** Data packages that every framework container has. Any version works. */
const DATA_TOOLS = { numpy: undefined, pandas: undefined, joblib: undefined };

/** scikit-learn release in each older image. The keys are the versions in the image tags. */
const SCIKIT_LEARN_RELEASES: Readonly<Record<string, string>> = {
  '0.20.0': '0.20.0',
  '0.23-1': '0.23.2',
  '1.0-1': '1.0.2',
};

/** Frameworks by the repository of their image. The account of the image does not matter. */
const FRAMEWORKS: Readonly<Record<string, Framework>> = {
  'sagemaker-xgboost': {
    module: 'sagemaker_xgboost_container.training:main',
    capturesErrors: false,
    containerModules: ['toolkit', 'inference', 'xgboost'],
    packages: (image) =>
      releaseChoices(xgboostVersionOf(image), XGBOOST_RELEASES, (release, isPinned) => ({
        name: `xgboost-script-${release}`,
        title: `XGBoost ${release} for scripts`,
        requirements: isPinned ? requirementsFiles(`xgboost-${release}`, 'xgboost-script') : [],
        packages: {
          'xgboost|xgboost-cpu': release,
          ...DATA_TOOLS,
          scipy: undefined,
          'scikit-learn': undefined,
        },
      })),
  },
  'sagemaker-scikit-learn': framework({
    module: 'sagemaker_sklearn_container.training:main',
    title: 'scikit-learn',
    distribution: 'scikit-learn',
    releaseOf: (tag) => {
      const version = /^[\d.]+(-\d+)?/.exec(tag)?.[0];
      return version && (SCIKIT_LEARN_RELEASES[version] ?? version.replace('-', '.'));
    },
    releases: [
      { version: '1.2.1', python: { max: '3.11' } },
      { version: '1.4.2', python: { max: '3.12' } },
      { version: '1.7.2', python: { min: '3.10' } },
      { version: '1.9.0', python: { min: '3.11' } },
    ],
    newest: '1.4.2',
    capturesErrors: false,
    containerModules: ['toolkit', 'inference'],
  }),
  'pytorch-training': framework({
    module: 'sagemaker_pytorch_container.training:main',
    title: 'PyTorch',
    distribution: 'torch',
    list: 'pytorch',
    releases: [
      { version: '2.5.1', python: { max: '3.12' } },
      { version: '2.8.0', python: { max: '3.13' } },
    ],
  }),
  'tensorflow-training': framework({
    module: 'sagemaker_tensorflow_container.training:main',
    title: 'TensorFlow',
    distribution: 'tensorflow|tensorflow-cpu',
    list: 'tensorflow',
    releases: [
      { version: '2.19.0', python: { max: '3.12' } },
      { version: '2.20.0', python: { max: '3.13' } },
    ],
  }),
  'huggingface-pytorch-training': framework({
    module: 'sagemaker_pytorch_container.training:main',
    title: 'Transformers',
    distribution: 'transformers',
    list: 'huggingface',
    releaseOf: (tag) => /transformers(\d+\.\d+\.\d+)/.exec(tag)?.[1],
    releases: [{ version: '4.49.0', python: { max: '3.12' } }],
    alsoNeeds: { torch: undefined, accelerate: undefined, datasets: undefined },
  }),
};

/** Repositories of the framework images. Messages list them. */
export const FRAMEWORK_REPOSITORIES = Object.keys(FRAMEWORKS);

/** The framework of an image; undefined for any other image. */
export function frameworkOf(trainingImage: string): Framework | undefined {
  const { repository } = parseImage(trainingImage);
  return Object.hasOwn(FRAMEWORKS, repository) ? FRAMEWORKS[repository] : undefined;
}

interface FrameworkFacts {
  readonly module: string;
  /** @default true */
  readonly capturesErrors?: boolean;
  /** @default none */
  readonly containerModules?: readonly ContainerModules[];
  readonly title: string;
  readonly distribution: string;
  /** Beginning of the names of the lists of pinned packages. @default the distribution */
  readonly list?: string;
  /** Finds the framework's release from the tag of an image. @default the beginning of the tag */
  readonly releaseOf?: (tag: string) => string | undefined;
  /** Oldest first. */
  readonly releases: readonly PinnedRelease[];
  /** The release for an image whose tag does not contain one. @default the last of the releases */
  readonly newest?: string;
  readonly alsoNeeds?: WantedPackages['packages'];
}

function framework(facts: FrameworkFacts): Framework {
  const { title, distribution, releases, list = distribution } = facts;
  const releaseOf = facts.releaseOf ?? ((tag: string) => /^\d+\.\d+\.\d+/.exec(tag)?.[0]);
  return {
    module: facts.module,
    capturesErrors: facts.capturesErrors ?? true,
    containerModules: facts.containerModules ?? [],
    packages: (image) => {
      const wanted = releaseOf(parseImage(image).tag) ?? facts.newest ?? releases.at(-1)?.version ?? '';
      return releaseChoices(wanted, releases, (release, isPinned) => ({
        name: `${list}-${release}`,
        title: `${title} ${release}`,
        requirements: isPinned ? requirementsFiles(`${list}-${release}`) : [],
        packages: { [distribution]: release, ...DATA_TOOLS, ...facts.alsoNeeds },
      }));
    },
  };
}
