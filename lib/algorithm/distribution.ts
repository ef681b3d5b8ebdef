import { Token } from 'aws-cdk-lib';
import { numberText } from '../private/number-text';
import { validationError } from '../private/problems';
import { number, optional, requireShape, struct, text } from '../private/shape';

// Source of the names: aws/sagemaker-training-toolkit at 3383937, src/sagemaker_training/params.py, and
// aws/sagemaker-python-sdk (master-v2), src/sagemaker/estimator.py and fw_utils.py.

const PYTORCH = ['pytorch', 'huggingface-pytorch'];
const TENSORFLOW = 'tensorflow';

/** Options for distributed training with MPI. */
export interface MpiOptions {
  /**
   * Number of processes on each instance.
   *
   * @default 1
   */
  readonly processesPerHost?: number;
  /**
   * Additional options of `mpirun`.
   *
   * @default - none
   */
  readonly customOptions?: string;
}

const MPI = struct({
  options: struct<MpiOptions>({ processesPerHost: optional(number), customOptions: optional(text) }),
});

/**
 * How a framework container starts a script on several instances.
 *
 * Without a distribution, the container runs the script once on each instance, and the script finds the other instances
 * itself (`SM_HOSTS`, `SM_CURRENT_HOST`). Use this for the distributed training of XGBoost.
 */
export class Distribution {
  /**
   * Starts the script with `mpirun`, for Horovod and other MPI libraries. For PyTorch and TensorFlow containers.
   *
   * @param options the number of processes, and options of `mpirun`
   */
  static mpi(options: MpiOptions = {}): Distribution {
    requireShape('Distribution.mpi', MPI, { options });
    const { processesPerHost = 1, customOptions = '' } = options;
    requireProcesses(processesPerHost);
    return new Distribution('MPI', [...PYTORCH, TENSORFLOW], {
      sagemaker_mpi_enabled: 'true',
      sagemaker_mpi_num_of_processes_per_host: numberText(processesPerHost),
      sagemaker_mpi_custom_mpi_options: customOptions,
    });
  }

  /**
   * SageMaker's distributed data parallelism library (SMDDP). For PyTorch containers on instances with several GPUs
   * (ml.p4d.24xlarge and larger).
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/data-parallel.html
   */
  static smDataParallel(): Distribution {
    return new Distribution('SMDDP', PYTORCH, {
      sagemaker_distributed_dataparallel_enabled: 'true',
      sagemaker_distributed_dataparallel_custom_mpi_options: '',
    });
  }

  /** Starts the script with `torchrun` on each instance, with one process for each GPU. For PyTorch containers. */
  static torchrun(): Distribution {
    return new Distribution('torchrun', PYTORCH, { sagemaker_torch_distributed_enabled: 'true' });
  }

  /** TensorFlow's parameter servers. For TensorFlow containers. */
  static parameterServer(): Distribution {
    return new Distribution('parameter server', [TENSORFLOW], { sagemaker_parameter_server_enabled: 'true' });
  }

  /** TensorFlow's `MultiWorkerMirroredStrategy`. For TensorFlow containers. */
  static multiWorkerMirrored(): Distribution {
    return new Distribution('MultiWorkerMirroredStrategy', [TENSORFLOW], {
      sagemaker_multi_worker_mirrored_strategy_enabled: 'true',
    });
  }

  private constructor(
    /** @internal */
    readonly _title: string,
    /**
     * Names of the frameworks whose containers support this distribution.
     *
     * @internal
     */
    readonly _frameworks: readonly string[],
    /** @internal */
    readonly _hyperparameters: Readonly<Record<string, string>>,
  ) {}
}

function requireProcesses(count: number): void {
  if (Token.isUnresolved(count) || (Number.isInteger(count) && count >= 1)) return;
  throw validationError(
    `Distribution.mpi: processesPerHost must be a whole number of at least 1, got ${count}`,
  );
}
