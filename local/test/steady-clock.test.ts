import { continueFrom, steadyNow } from '../src/steady-clock';

afterEach(() => jest.restoreAllMocks());

test('the steady time does not go back when the system clock is set back, and follows when it is set forward', () => {
  const start = steadyNow();
  const clock = jest.spyOn(Date, 'now').mockReturnValue(start + 5);
  expect(steadyNow()).toBe(start + 5);
  clock.mockReturnValue(start - 1000);
  expect(steadyNow()).toBe(start + 5);
  clock.mockReturnValue(start - 990);
  expect(steadyNow()).toBe(start + 15);
  clock.mockReturnValue(start + 5000);
  expect(steadyNow()).toBeGreaterThanOrEqual(start + 5000);
});

test('the steady clock continues after the last time of an earlier process, and never goes back', () => {
  const start = steadyNow();
  continueFrom(start + 10_000);
  expect(steadyNow()).toBeGreaterThanOrEqual(start + 10_000);
  continueFrom(start);
  expect(steadyNow()).toBeGreaterThanOrEqual(start + 10_000);
});
