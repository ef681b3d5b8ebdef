/** Evaluates all hostile expressions and prints the peak memory of this process, in KiB. */
import { Evaluator } from '../src/evaluator/evaluator';
import { MetricCollector } from '../src/training';
import { HOSTILE_JSONATA, HOSTILE_METRICS, TOO_SLOW } from './hostile-expressions';

async function evaluateAll(): Promise<void> {
  for (const [Regex, line, expected] of HOSTILE_METRICS) {
    if (expected === TOO_SLOW) continue; // These expressions take too long, but they need little memory.
    const collector = new MetricCollector([{ Name: 'm', Regex }]);
    collector.add(line);
    await collector.settled();
  }
  const evaluator = new Evaluator();
  for (const [source, limit] of HOSTILE_JSONATA) {
    const request = { source, states: {}, variables: {}, random: 0.5 };
    if (limit !== 'time') await evaluator.evaluate('jsonata', request).catch(() => undefined);
  }
  console.log(process.resourceUsage().maxRSS);
}

void evaluateAll();
