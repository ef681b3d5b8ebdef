/** Expressions that, without limits, would run forever or exhaust memory, and the log lines that cause this. */

const A32 = 'a'.repeat(32);
const A40 = `${'a'.repeat(40)}!`;
const LONG = 200_000;

/** Note about an expression that takes too long. On a busy machine, the evaluator's own limit can end it first. */
export const TOO_SLOW = /takes longer than 1 s|reached its limit of time/;

/** Metric regexes, log lines, and the expected results. */
export const HOSTILE_METRICS: readonly (readonly [
  regex: string,
  line: string,
  /** The expected value, or what the collector's note about the metric must contain. */
  expected: number | string | RegExp | undefined,
])[] = [
  ['(?:a+)+([0-9.]+)$', A32, TOO_SLOW],
  ['(a+)+b', `${A40}b`, TOO_SLOW],
  ['(a|a)+b', `${A40}b`, TOO_SLOW],
  ['(.*a){20}', A40, 'captured `a`'],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', A40, TOO_SLOW],
  ['(\\w+\\s?)+:([0-9]+)$', `${'word '.repeat(12)}!:`, TOO_SLOW],
  ['(?=(a+))\\1*b(?:a+)+c', A40, undefined],
  [`${'a?'.repeat(40)}${'a'.repeat(40)}(\\d)`, A40, TOO_SLOW],
  ['.*.*.*.*.*=(\\d+)x', `${'='.repeat(400)}1`, TOO_SLOW],
  ['(.*),(.*),(.*),(.*),(.*)x', ','.repeat(400), TOO_SLOW],
  ['loss.*loss.*loss.*([0-9]+)$', 'loss '.repeat(2000), TOO_SLOW],
  ['([0-9.]+)%(?!.*%)', '1%'.repeat(30), 1],
  [
    '.*\\[[0-9]+\\].*#011validation-auc:([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?).*',
    `${'[0]'.repeat(3000)}#011validation-auc:`,
    TOO_SLOW,
  ],
  [
    '.*\\[[0-9]+\\].*#011validation-auc:([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?).*',
    `[0]#011validation-auc:${'9'.repeat(300)}`,
    1e300,
  ],
  ['(((((a{90}){90}){90}){90}){90})(\\d)', A32, undefined],
  ['rmse=([0-9.]+)', `${'rmse='.repeat(LONG)}`, undefined],
  ['rmse=([0-9.]+)', `${'x'.repeat(LONG)}rmse=0.5`, 0.5],
  ['rmse=(\\S+)', `rmse=${'9'.repeat(LONG)}`, 'not a number'],
  ['rmse=(.*)', 'rmse=', 'an empty string'],
  ['rmse=([0-9.]*)', 'rmse=dog', 'an empty string'],
  ['rmse=(\\w+)', 'rmse=dog', 'matched, but captured `dog`, which is not a number'],
  ['rmse=(\\w+)', 'rmse=nan', 'matched, but captured `nan`, which is not a finite number'],
  ['rmse=(\\S+)', 'rmse=-inf', 'captured `-inf`'],
  ['rmse=(\\S+)', 'rmse=1e999', 'captured `1e999`'],
  ['rmse=\\d', 'rmse=1', 'captured nothing'],
  ['rmse=(?:(x)|\\d)', 'rmse=1', 'captured nothing'],
  ['rmse=(\\S+)', 'rmse=\u0000\u0001', 'not a number'],
  ['rmse=(\\S+)', 'rmse=１２', 'not a number'],
  ['rmse=(.+)', 'rmse=\ud800', 'not a number'],
];

/**
 * JSONata expressions and the limit that each one exceeds. `either`: the limit depends on the machine. `undefined`:
 * no limit.
 */
export const HOSTILE_JSONATA: readonly (readonly [
  source: string,
  limit: 'time' | 'memory' | 'either' | undefined,
])[] = [
  [`$match("${A40}", /^(a+)+$/)`, 'time'],
  [`$contains("${A40}", /^(a+)+$/)`, 'time'],
  [`$replace("${A40}", /^(a+)+$/, "")`, 'time'],
  [`$split("${A40}", /^(a+)+$/)`, 'time'],
  [`$filter(["${A40}"], /^(a+)+$/)`, 'time'],
  ['($f := function($n) { $f($n + 1) }; $f(0))', 'time'],
  ['$map([1..800000], function($i) { $count([1..$i]) })', 'time'],
  ['$reduce([1..800000], function($a, $b) { $a & $string($b) })', 'time'],
  ['$sort([1..800000])', 'memory'],
  ['$sort([1..800000], function($a, $b) { $a < $b })', 'memory'],
  ['$map([1..800000], function($i) { [1..8000] })', 'memory'],
  ['$pad("a", 500000000)', 'memory'],
  ['$uppercase($pad("a", 300000000) & "b")', 'memory'],
  ['$split($pad("a", 300000000), "")', 'memory'],
  ['$join($split($pad("a", 30000000), ""))', 'memory'],
  ['$replace($pad("a", 30000000), "a", "bbbbbbbbbbbbbbbbbbbbbb")', 'memory'],
  ['($p := $pad("a", 7000000); $string([1..70].$p))', 'either'],
  ['($p := $pad("a", 7000000); $join([1..70].$p))', 'memory'],
  ['$base64encode($pad("a", 200000000))', 'memory'],
  [
    '($a := "xxxxxxxxxxxxxxxx"; $f := function($s, $n) { $n = 0 ? $s : $f($s & $s, $n - 1) }; $length($f($a, 27)))',
    undefined,
  ],
  ['$f := function($n) { 1 + $f($n + 1) }', undefined],
  ['($f := function($n) { 1 + $f($n + 1) }; $f(0))', undefined],
  ['[1..900000]', undefined],
  ['$string([1..400000])', undefined],
  ['$eval("1")', undefined],
];
