import { WarmStart } from '../../lib';

test.each<[WarmStart, string, string[]]>([
  [WarmStart.identicalDataAndAlgorithm(['a', 'b']), 'IdenticalDataAndAlgorithm', ['a', 'b']],
  [WarmStart.transferLearning(['a']), 'TransferLearning', ['a']],
  [WarmStart.transferLearning(), 'TransferLearning', []],
])('%s has the name that the API uses', (warmStart, type, tuningJobNames) => {
  expect(warmStart).toMatchObject({ type, tuningJobNames });
});
