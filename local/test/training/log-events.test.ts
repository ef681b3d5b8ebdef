import { logEvents } from '../../src/training/log-events';

const KIB = 1 << 10;

test.each<[string, string, string[]]>([
  ['nothing special', 'loss=1', ['loss=1']],
  ['a tab', '[0]\ttrain-rmse:1', ['[0]#011train-rmse:1']],
  ['carriage returns of a progress bar', '\r  0%|  |\r100%|██|', ['#015  0%|  |#015100%|██|']],
  ['a line end of Windows', 'loss=1\r', ['loss=1#015']],
  ['the backspaces of Keras', '1/2\b\b\b2/2', ['1/2#010#010#0102/2']],
  ['a color', '\u001b[31mred\u001b[0m', ['#033[31mred#033[0m']],
  ['NUL, form feed and DEL', '\0\f\u007f', ['#000#014#177']],
  ['an escape sequence that was printed as text', '#011', ['#011']],
  ['characters of other scripts', 'zwei: äöü 日本 😀 \u0085', ['zwei: äöü 日本 😀 \u0085']],
  ['several lines, and empty ones', 'one\n\ntwo', ['one', '', 'two']],
  ['the longest event', 'x'.repeat(256 * KIB), ['x'.repeat(256 * KIB)]],
  ['a longer line', 'x'.repeat(256 * KIB + 1), ['x'.repeat(256 * KIB), 'x']],
  [
    'a limit in bytes, which splits no character',
    `x${'😀'.repeat(64 * KIB)}`,
    [`x${'😀'.repeat(64 * KIB - 1)}`, '😀'],
  ],
  [
    'control characters that count with the length of their escape sequence',
    '\t'.repeat(64 * KIB + 1),
    ['#011'.repeat(64 * KIB), '#011'],
  ],
])('%s', (_, text, events) => {
  expect(logEvents(text)).toEqual(events);
});
