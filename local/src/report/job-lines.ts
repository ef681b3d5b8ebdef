import type { MapProgress } from '../executions/map-progress';
import type { AutoMLJobRecord, JobRecord, Jobs, TrainingJobRecord, TuningJobRecord } from '../services';
import { summarizeTrainingJob } from '../services';
import type { FailureWait, MapItemState, MapPlace } from '../states';
import { steadyNow } from '../steady-clock';
import { isEnded as isCandidateEnded, LOCAL_EQUIVALENT, renderCandidateEnd } from './automl-jobs';
import { explainItem } from './failure';
import { reportedMetrics } from './job-metrics';
import { placeOf, placePrefix, renderPlace, tuningJobOf } from './job-place';
import { renderPlacedWait, renderWait } from './running-items';
import { isEnded, renderEnd, renderTrainingJob } from './training-job-text';

/**
 * Prints a line when a job starts, and another when a training job or candidate ends. For Maps with many items, prints
 * one line per item instead, when the item ends. Also prints why an execution or an item waits after an error.
 */
export class JobLines {
  private readonly printed = new Set<string>();
  private readonly ends: readonly (() => void)[];

  constructor(
    private readonly jobs: Jobs,
    private readonly maps: MapProgress,
    private readonly print: (line: string) => void,
  ) {
    this.ends = [
      jobs.tuning.onChange((record) => this.tuningJob(record)),
      jobs.training.onChange((record) => this.trainingJob(record)),
      jobs.automl.onChange((record) => this.automlJob(record)),
      maps.onEnd((item) => this.item(item)),
      maps.onFirstWait((wait) => this.wait(wait)),
    ];
  }

  /** Stops printing. */
  close(): void {
    for (const end of this.ends) end();
  }

  private tuningJob(record: TuningJobRecord): void {
    if (this.maps.largeOf(record.createdBy?.place)) return;
    this.once(record.name, () => this.placed(record, `Tuning job ${record.name}`));
  }

  private trainingJob(record: TrainingJobRecord): void {
    const { name, description } = record;
    const arn = description.TuningJobArn;
    const tuningJob = arn === undefined ? undefined : tuningJobOf(this.jobs.tuning, arn);
    if (this.maps.largeOf((tuningJob ?? record).createdBy?.place)) return;
    if (arn === undefined) this.once(name, () => this.placed(record, `Training job ${name}`));
    if (!isEnded(description)) return;
    this.once(`${name} ended`, () =>
      this.placed(
        record,
        tuningJob
          ? renderEnd(summarizeTrainingJob(record, tuningJob.description), reportedMetrics(description))
          : renderTrainingJob(description, steadyNow() / 1000),
      ),
    );
  }

  private automlJob(record: AutoMLJobRecord): void {
    const { name, candidates } = record;
    if (this.maps.largeOf(record.createdBy?.place)) return;
    this.once(name, () => this.placed(record, `AutoML job ${name} (${LOCAL_EQUIVALENT})`));
    for (const candidate of candidates.filter(isCandidateEnded)) {
      this.once(candidate.CandidateName, () => this.placed(record, renderCandidateEnd(candidate)));
    }
  }

  private item(item: MapItemState): void {
    this.progress(item, `${item.status}  ${explainItem(item)}`);
  }

  private wait(wait: FailureWait): void {
    if (this.maps.largeOf(wait)) this.progress(wait, renderWait(wait));
    else this.print(renderPlacedWait(wait, this.maps));
  }

  /** Prints the state of an item, if its Map has many items. */
  private progress(item: MapPlace, state: string): void {
    const counts = this.maps.largeOf(item);
    if (counts === undefined) return;
    const { succeeded, failed, total } = counts;
    this.print(`[${succeeded + failed} of ${total}] ${renderPlace(item)}  ${state}`.trimEnd());
  }

  /** Prefixes a line with the Map item that the job runs for. */
  private placed(job: JobRecord | TrainingJobRecord, line: string): string {
    return `${placePrefix(placeOf(this.jobs, job))}${line}`;
  }

  private once(key: string, line: () => string): void {
    if (this.printed.has(key)) return;
    this.printed.add(key);
    this.print(line());
  }
}
