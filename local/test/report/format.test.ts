import { cutToWidth, formatHyperparameter, formatMetric, formatSeconds } from '../../src/report/format';

test.each([
  [0.04, '0.0 s'],
  [59.94, '59.9 s'],
  [59.96, '1 min 0 s'],
  [119.6, '2 min 0 s'],
  [3725, '62 min 5 s'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});

test.each([
  ['0.10157273889413', '0.1016'],
  ['1.3494417573713629e-08', '1.349e-8'],
  ['12345', '12345'],
  ['0.00014492', '1.449e-4'],
  ['1234567.8', '1235000'],
  ['two\nlines', 'two lines'],
  ['reg:squarederror', 'reg:squarederror'],
  ['', ''],
])('the hyperparameter "%s" is shown as "%s"', (value, text) => {
  expect(formatHyperparameter(value)).toBe(text);
});

test('a metric is shown with as many decimals as XGBoost prints, and may be missing', () => {
  expect([formatMetric(0.123456), formatMetric(undefined)]).toEqual(['0.12346', '']);
});

test.each([
  [1e-300, '1.0000e-300'],
  [0.00001234, '1.2340e-5'],
  [0, '0.00000'],
  [-12345678.9, '-1.2346e+7'],
])('the metric %d is shown as %s', (value, text) => {
  expect(formatMetric(value)).toBe(text);
});

const GREEN = '\u001b[32m';
const DEFAULT = '\u001b[39m';

test.each([
  ['short', 'short'],
  ['two\n  lines', 'two lines'],
  ['exactly 10', 'exactly 10'],
  ['more than ten', 'more than…'],
  [`${GREEN}more${DEFAULT} than ten`, `${GREEN}more${DEFAULT} than…`],
  [`${GREEN}exactly${DEFAULT} 10`, `${GREEN}exactly${DEFAULT} 10`],
])('%j in 10 columns is %j', (text, expected) => {
  expect(cutToWidth(text, 10)).toBe(expected);
});
