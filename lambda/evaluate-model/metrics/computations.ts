import type { Problem } from '../event';
import { Binary } from './binary';
import type { Computation } from './computation';
import { Multiclass } from './multiclass';
import { Ranking } from './ranking';
import { Regression } from './regression';

/** @param isWeighted whether the rows have weights */
export function computationOf(problem: Problem, isWeighted: boolean): Computation {
  switch (problem.type) {
    case 'Regression':
      return new Regression(isWeighted);
    case 'BinaryClassification':
      return new Binary(problem.threshold, isWeighted);
    case 'MulticlassClassification':
      return new Multiclass(problem.classes);
    case 'Ranking':
      return new Ranking();
  }
}
