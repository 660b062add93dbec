import { expect, it } from 'vitest';
import { dateText, lengthText, momentText, offsetText, roundTicks, spanText, tickText } from '../src/time.ts';

it.each([
  [0, '0s'], [250, '250ms'], [61_000, '1m1s'], [90_000_000, '1d1h'], [90_061_001, '1d1h'], [-3_600_000, '-1h'],
])('a length of %i ms is %s', (ms, text) => expect(lengthText(ms)).toBe(text));

it('an offset has a sign', () => {
  expect(offsetText(90_061_001)).toBe('+1d1h1m');
  expect(offsetText(-1000)).toBe('-1s');
});
it('a date is in UTC', () => expect(dateText(Date.parse('2026-03-01T23:59:59Z'))).toBe('Sun, 1 Mar 2026, 23:59:59 UTC'));
it.each([
  ['2017-10-15T00:00:00Z', '15 Oct 00:00', '15 Oct'], ['2018-01-01T00:00:00Z', '1 Jan 00:00', '1 Jan 2018'],
  ['2017-10-15T00:02:00Z', '15 Oct 00:02', '00:02'], ['2017-10-15T09:30:07Z', '15 Oct 09:30:07', '09:30:07'],
])('on an axis by the calendar %s is %s, and as a tick %s', (time, moment, tick) => {
  expect(momentText(Date.parse(time))).toBe(moment);
  expect(tickText(Date.parse(time))).toBe(tick);
});
it('long spans are in years', () => {
  expect(spanText(86_400_000 * 5239)).toBe('14.3 years');
  expect(spanText(86_400_000 * 7)).toBe('7 days');
});
it('ticks are round, and no more than asked for', () => {
  expect(roundTicks(0, 7 * 86_400_000, 8).map((t) => t / 86_400_000)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(roundTicks(0, 3_600_000, 5).length).toBeLessThanOrEqual(5);
});
