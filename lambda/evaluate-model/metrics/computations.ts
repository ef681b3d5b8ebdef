import type { Problem } from '../event';
import { Binary } from './binary';
import type { Computation } from './computation';
import { Multiclass } from './multiclass';
import { Ranking } from './ranking';
import { Regression } from './regression';

export function computationOf(problem: Problem): Computation {
  switch (problem.type) {
    case 'Regression':
      return new Regression();
    case 'BinaryClassification':
      return new Binary(problem.threshold);
    case 'MulticlassClassification':
      return new Multiclass(problem.classes);
    case 'Ranking':
      return new Ranking();
  }
}
