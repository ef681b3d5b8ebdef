// The statistics of search.mjs: computes regrets, and compares local mode with another sampler (a peer).
import { median } from './measures.mjs';

export const LOCAL = 'local mode';

/**
 * Returns a function `(problems, peer, count)` that compares local mode with a peer after `count` trials. The function
 * returns the wins and ties, and the median regrets of local mode and the peer.
 *
 * The regret of a search is the distance between its best value and the best value of all searches. It is normalized:
 * for the median random trial, this distance is 1.
 */
export function comparison(problems, searches) {
  const searchesOf = (name) => searches.filter(({ problem }) => problem === name);
  const regretOf = new Map(
    problems.map((problem) => [problem.name, regretIn(problem, searchesOf(problem.name))]),
  );
  return (compared, peer, count) => {
    const pairs = compared.flatMap(({ name }) => {
      const of = (sampler) => searchesOf(name).filter((search) => search.sampler === sampler);
      return of(LOCAL).map((own) => {
        const other = of(peer).find(({ seed }) => seed === own.seed);
        return [own, other].map((search) => regretOf.get(name)(search, count));
      });
    });
    return {
      searches: pairs.length,
      wins: pairs.filter(([own, other]) => own < other).length,
      ties: pairs.filter(([own, other]) => own === other).length,
      own: median(pairs.map(([own]) => own)),
      other: median(pairs.map(([, other]) => other)),
    };
  };
}

/** The regret of a search after a number of trials. */
function regretIn({ metric }, searches) {
  const sign = isMaximized(metric) ? -1 : 1;
  const lossesOf = ({ values }) => values.map((value) => sign * value);
  const best = Math.min(...searches.flatMap(lossesOf));
  const random = searches.filter(({ sampler }) => sampler === 'RandomSampler').flatMap(lossesOf);
  const unit = median(random) - best;
  return (search, count) => (Math.min(...lossesOf(search).slice(0, count)) - best) / unit;
}

function isMaximized(metric) {
  return metric === 'auc';
}
