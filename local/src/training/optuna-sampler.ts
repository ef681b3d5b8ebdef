import { OptunaSearch } from './optuna-search';
import type { Sampler, Search, SearchSpecification } from './sampler';
import { SamplerProcess } from './sampler-process';

/**
 * Creates a sampler that runs Optuna in a Python process. The process starts at once, so that it is ready for
 * the first trial. If it ends, the next request of a search starts a new process.
 *
 * @param python an interpreter that can import Optuna (see `createPythonEnvironments`)
 * @param onNotice receives notices for the user
 */
export function createOptunaSampler(python: string, onNotice: (text: string) => void): Sampler {
  return new OptunaSampler(python, onNotice);
}

class OptunaSampler implements Sampler {
  private process: SamplerProcess;
  private searches = 0;
  private isClosed = false;

  constructor(
    private readonly python: string,
    private readonly onNotice: (text: string) => void,
  ) {
    this.process = new SamplerProcess(python);
  }

  public get ready(): Promise<unknown> {
    return this.process.ready;
  }

  public async start(specification: SearchSpecification): Promise<Search> {
    this.searches += 1;
    const search = new OptunaSearch(this.searches, specification, () => this.currentProcess());
    await search.start();
    return search;
  }

  public async close(): Promise<void> {
    this.isClosed = true;
    await this.process.close();
  }

  private currentProcess(): SamplerProcess {
    if (this.isClosed) throw new Error('the sampler is closed');
    const { ended } = this.process;
    if (ended) {
      this.onNotice(`Restarting the search process: ${ended.message}.`);
      this.process = new SamplerProcess(this.python);
    }
    return this.process;
  }
}
