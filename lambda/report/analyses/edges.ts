import { rangeScale } from '../range-scale';
import type { Definition, Edge, ObjectiveType } from '../report-data';
import { byValue, type RankedJob } from './ranking';

/** Minimum number of jobs. With fewer jobs, several of them can be near an end of a range by chance. */
export const MIN_JOBS_FOR_EDGES = 10;

/** Maximum distance of the best job from an end of the range, as a share of the scale. */
const TOUCHES = 0.05;
/** Maximum distance of the other good jobs from the same end of the range as the best job, as a share of the scale. */
const CROWDS = 0.2;

/**
 * Finds the ends of ranges that the best job is close to, on the scale of the search. With ten hyperparameters, most
 * searches have such an end by chance. So an end counts only if other good jobs are near it, too: of the best tenth of
 * the jobs (at least three jobs), more than half must lie in the outer fifth of the range.
 */
export function touchedEdges(
  best: RankedJob,
  jobs: readonly RankedJob[],
  definition: Definition,
  type: ObjectiveType,
): Edge[] {
  if (jobs.length < MIN_JOBS_FOR_EDGES) return [];
  const top = byValue(jobs, type).slice(0, Math.max(3, Math.ceil(jobs.length / 10)));
  return definition.ranges.flatMap((range): Edge[] => {
    const { min, max, name } = range;
    if (range.kind === 'Categorical' || min === undefined || max === undefined || min === max) return [];
    const scale = rangeScale(range, 0, 1);
    const at = scale.at(best.hyperparameters[name]);
    if (at === undefined) return [];
    const side = at <= TOUCHES ? 'min' : at >= 1 - TOUCHES ? 'max' : undefined;
    if (side === undefined) return [];
    const near = top.filter((job) => {
      const place = scale.at(job.hyperparameters[name]);
      return place !== undefined && (side === 'min' ? place <= CROWDS : place >= 1 - CROWDS);
    });
    if (near.length <= top.length / 2) return [];
    return [
      {
        ...(definition.name !== undefined && { definition: definition.name }),
        hyperparameter: name,
        side,
        limit: side === 'min' ? min : max,
        value: Number(best.hyperparameters[name]),
      },
    ];
  });
}
