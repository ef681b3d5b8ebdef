import { count, cut, formatNumber, formatSeconds, formatShare } from '../shared/format';
import { rankedJobs } from './analyses/ranking';
import { crossValidationSentence } from './reading-cross-validation';
import { evaluationSentence, gateSentence } from './reading-evaluation';
import { isWhole, type Report, type Sentence } from './report-data';

type Facts = Omit<Report, 'reading'>;
type Kind = Sentence['kind'];

/** Maximum length of a failure reason in a sentence. The page has the full reason in the section about jobs. */
const REASON_LENGTH = 200;

/** Explains the numbers of a report in sentences. A sentence is included only if the data supports it. */
export function readingOf(report: Facts): Sentence[] {
  const parts: readonly (readonly [string, (report: Facts) => readonly [Kind, string] | undefined])[] = [
    ['status', status],
    ['no-value', noValue],
    ['constant', constantObjective],
    ['comparison', comparison],
    ['convergence', convergence],
    ['edges', edges],
    ['importance', importance],
    ['overfit', overfit],
    ['cross-validation', crossValidationSentence],
    ['final-model', finalModel],
    ['evaluation', evaluationSentence],
    ['gate', gateSentence],
    ['failures', failures],
    ['stopped', stopped],
    ['cost', cost],
  ];
  return parts.flatMap(([about, say]) => {
    const said = say(report);
    return said ? [{ about, kind: said[0], text: said[1] }] : [];
  });
}

function noun({ search }: Facts): string {
  return search.kind === 'AutoML' ? 'candidate' : 'job';
}

function ownJobs({ jobs, search }: Facts) {
  return jobs.filter((job) => job.search === search.name);
}

/** A number of jobs of the search, as in "20 jobs" or, if the report does not have all jobs, "801 jobs in this report". */
function countOf(jobs: number, report: Facts): string {
  return `${count(jobs, noun(report))}${isWhole(report.search) ? '' : ' in this report'}`;
}

function status({ search }: Facts): readonly [Kind, string] | undefined {
  const reason = search.failureReason ? `: ${withStop(cut(search.failureReason, REASON_LENGTH))}` : '.';
  switch (search.status) {
    case 'Completed':
      return undefined;
    case 'InProgress':
    case 'Stopping':
      return ['warning', 'The search is still running, so this report is preliminary.'];
    case 'Stopped':
      return ['warning', `The search was stopped before it ended${reason}`];
    default:
      return ['warning', `The search has the status ${search.status}${reason}`];
  }
}

function noValue(report: Facts): readonly [Kind, string] | undefined {
  const jobs = ownJobs(report);
  if (report.bestJob !== undefined) return undefined;
  if (jobs.length === 0) {
    return isWhole(report.search) ? ['warning', `The search has no ${noun(report)}s.`] : undefined;
  }
  const completed = jobs.filter((job) => job.status === 'Completed').length;
  return [
    'warning',
    `None of the ${countOf(jobs.length, report)} has a value of ${report.objective.metric}, so there is no best ${noun(report)}.${
      completed > 0
        ? ` ${count(completed, noun(report))} completed without one: check that the log has the metric in the form that the metric definition expects.`
        : ''
    }`,
  ];
}

function constantObjective(report: Facts): readonly [Kind, string] | undefined {
  const ranked = rankedJobs(ownJobs(report));
  const [first] = ranked;
  if (!first || ranked.length < 3 || ranked.some(({ value }) => value !== first.value)) return undefined;
  return [
    'warning',
    `All ${countOf(ranked.length, report)} have the same value of ${report.objective.metric} (${formatNumber(first.value)}): ` +
      'the hyperparameters do not affect it. Check that this is the right metric to tune for.',
  ];
}

function comparison(report: Facts): readonly [Kind, string] | undefined {
  const compared = report.comparison;
  if (!compared) return undefined;
  const ranked = rankedJobs(ownJobs(report)).length;
  const better = ({ difference, share }: { difference: number; share?: number }) =>
    share === undefined ? `${formatNumber(difference)} better than` : `${formatShare(share)} better than`;
  const parts: string[] = [];
  if (compared.first.difference > 0) parts.push(`${better(compared.first)} the first`);
  // The median of only two values is their mean and adds no information.
  if (ranked >= 3 && compared.median.difference > 0) parts.push(`${better(compared.median)} the median`);
  if (ranked >= 3 && compared.second.difference > 0) parts.push(`${better(compared.second)} the second`);
  if (parts.length === 0) return undefined;
  return ['fact', `The best ${noun(report)} is ${list(parts)}.`];
}

function convergence(report: Facts): readonly [Kind, string] | undefined {
  if (!report.convergence || report.search.status === 'InProgress') return undefined;
  const { verdict, lastJobs, gain, share } = report.convergence;
  const evidence =
    gain === 0
      ? `the last ${count(lastJobs, noun(report))} did not improve the best value`
      : `the last ${count(lastJobs, noun(report))} improved the best value by ${formatNumber(gain)} (${formatShare(share)} of the distance between the median and the best ${noun(report)})`;
  switch (verdict) {
    case 'converged':
      return [
        'good',
        `The search has converged: ${evidence}. More jobs in the same ranges are unlikely to help.`,
      ];
    case 'slowing':
      return ['fact', `The search has nearly converged: ${evidence}.`];
    default:
      return ['advice', `The search was still improving: ${evidence}. Try more jobs.`];
  }
}

function edges(report: Facts): readonly [Kind, string] | undefined {
  if (report.edges.length === 0) return undefined;
  const parts = report.edges.map(({ hyperparameter, side, limit, value }) => {
    const place = `the ${side === 'min' ? 'lower' : 'upper'} end of its range`;
    return value === limit
      ? `${hyperparameter} is at ${place} (${formatNumber(limit)})`
      : `${hyperparameter} (${formatNumber(value)}) is close to ${place} (${formatNumber(limit)})`;
  });
  return [
    'advice',
    `In the best ${noun(report)}, ${list(parts)}, and most of the other good ${noun(report)}s are near there too. ` +
      `If the algorithm allows it, extend ${parts.length === 1 ? 'that range' : 'those ranges'}.`,
  ];
}

function importance(report: Facts): readonly [Kind, string] | undefined {
  const best = report.jobs.find(({ name }) => name === report.bestJob);
  const found = report.importance.find(({ definition }) => definition === best?.definition);
  const mattered = found?.hyperparameters.filter(({ isBeyondChance }) => isBeyondChance).slice(0, 3) ?? [];
  if (!found || found.hyperparameters.length < 2 || mattered.length === 0) return undefined;
  const named = mattered.map(({ name, importance: share }) => `${name} (${formatShare(share)})`);
  return ['fact', `${list(named)} mattered most for being among the best ${noun(report)}s.`];
}

function overfit(report: Facts): readonly [Kind, string] | undefined {
  const found = report.overfit;
  if (!found) return undefined;
  const { metric, train, validation, verdict, bestRound, bestValidation, rounds } = found;
  const numbers = `${metric} is ${formatNumber(train)} on the training data and ${formatNumber(validation)} on the validation data`;
  if (
    verdict === 'overfits' &&
    bestRound !== undefined &&
    bestValidation !== undefined &&
    rounds !== undefined
  ) {
    return [
      'advice',
      `The best ${noun(report)} overfits: its validation ${metric} was best in round ${formatNumber(bestRound)} of ${formatNumber(rounds)} ` +
        `(${formatNumber(bestValidation)}) and then got worse, to ${formatNumber(validation)}. Use early stopping or fewer rounds.`,
    ];
  }
  if (verdict === 'gap') {
    return [
      'fact',
      `The best ${noun(report)} fits the training data much better than the validation data: ${numbers}.` +
        (rounds === undefined || found.patience !== undefined
          ? earlyStopping(found)
          : ' Its validation metric did not get worse during the training.'),
    ];
  }
  return ['good', `The best ${noun(report)} does not overfit much: ${numbers}.${earlyStopping(found)}`];
}

/** Says that early stopping ended the training, if the learning curve shows it. */
function earlyStopping({ bestRound, rounds, patience }: NonNullable<Facts['overfit']>): string {
  if (patience === undefined || bestRound === undefined || rounds === undefined) return '';
  const isStopped = rounds - bestRound === patience;
  return isStopped
    ? ` Early stopping ended the training ${count(patience, 'round')} after the best round.`
    : '';
}

function finalModel({
  finalModel: model,
  objective,
  bestJob,
  jobs,
}: Facts): readonly [Kind, string] | undefined {
  if (!model) return undefined;
  if (model.status !== 'Completed') {
    return [
      'warning',
      `The final training job ${model.job} has the status ${model.status}, so there is no final model.`,
    ];
  }
  if (model.reused) {
    return ['fact', 'The final model is the model of the best job: no final training ran.'];
  }
  const final = model.metrics[objective.metric];
  if (final === undefined && model.withoutValidation) {
    return [
      'fact',
      `The final model has no ${objective.metric}: it was trained without validation data. To know how good it is, evaluate it on data that neither the search nor the final training used.`,
    ];
  }
  const best = jobs.find(({ name }) => name === bestJob)?.value;
  if (final === undefined || best === undefined) return undefined;
  if (final === best) {
    return [
      'good',
      `The final model has the same ${objective.metric} as the best job: ${formatNumber(final)}.`,
    ];
  }
  const better = objective.type === 'Minimize' ? final < best : final > best;
  return [
    'fact',
    `The final model's ${objective.metric} is ${formatNumber(final)}, ${better ? 'better' : 'worse'} than the best job's ${formatNumber(best)}.`,
  ];
}

function failures(report: Facts): readonly [Kind, string] | undefined {
  const jobs = ownJobs(report);
  const failed = jobs.filter((job) => job.status === 'Failed').length;
  if (failed === 0) return undefined;
  const [most] = report.failures;
  const all =
    failed === jobs.length
      ? `All ${countOf(failed, report)} failed`
      : `${formatNumber(failed)} of ${countOf(jobs.length, report)} failed`;
  if (!most) return ['warning', `${all}. SageMaker gives no reason.`];
  const reason = withStop(cut(most.reason.replace(/\s+/g, ' ').trim(), REASON_LENGTH));
  const share =
    most.count === failed
      ? 'for the same reason'
      : most.count === 1
        ? 'each for a different reason, such as'
        : `most often (${formatNumber(most.count)} times) for this reason`;
  return ['warning', failed === 1 ? `${all}: ${reason}` : `${all}, ${share}: ${reason}`];
}

function stopped(report: Facts): readonly [Kind, string] | undefined {
  const jobs = ownJobs(report);
  const number = jobs.filter((job) => job.status === 'Stopped').length;
  if (number === 0 || report.search.status === 'Stopped') return undefined;
  return [
    'fact',
    `${formatNumber(number)} of ${countOf(jobs.length, report)} were stopped before they ended.`,
  ];
}

function cost(report: Facts): readonly [Kind, string] | undefined {
  if (!report.cost) return undefined;
  const { billableSeconds, failedBillableSeconds, byInstanceType, unknownJobs } = report.cost;
  const types = byInstanceType.map(({ instanceType }) => instanceType);
  const others = [
    ...(report.crossValidation ? ['the cross-validation'] : []),
    ...(report.finalModel?.billableSeconds === undefined ? [] : ['the final training']),
  ];
  const parts = [
    `Billable instance time: ${formatSeconds(billableSeconds)}${types.length <= 3 ? ` (${list(types)})` : ''}` +
      `${others.length > 0 ? `, including ${list(others)}` : ''}.`,
  ];
  if (failedBillableSeconds > 0)
    parts.push(`Failed jobs took ${formatSeconds(failedBillableSeconds)} of it.`);
  if (unknownJobs > 0) {
    const atLeast = isWhole(report.search) ? '' : 'at least ';
    parts.push(`The time of ${atLeast}${count(unknownJobs, 'job')} is unknown and not included.`);
  }
  return ['fact', parts.join(' ')];
}

function list(parts: readonly string[]): string {
  if (parts.length <= 2) return parts.join(' and ');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function withStop(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
