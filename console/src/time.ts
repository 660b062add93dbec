// Times in words. Milliseconds throughout.

const units: [string, number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];

/** "3d12h", "5m2s", "0s": the largest two units, or as many as asked for. */
export function lengthText(ms: number, most = 2): string {
  const sign = ms < 0 ? '-' : '';
  let left = Math.abs(Math.round(ms));
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(left / size);
    if (count === 0) continue;
    if (parts.length === most) break;
    parts.push(`${count}${unit}`);
    left -= count * size;
  }
  return sign + (parts.join('') || '0s');
}

/** "+3d12h", since the scenario began. */
export function offsetText(ms: number, most = 3): string {
  return (ms < 0 ? '' : '+') + lengthText(ms, most);
}

/** "Sun 1 Mar 2026, 00:00:05 UTC". */
export function dateText(epoch: number): string {
  const date = new Date(epoch);
  const day = date.toLocaleDateString('en-GB', {
    timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short', year: 'numeric',
  });
  return `${day}, ${date.toISOString().slice(11, 19)} UTC`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "15 Oct 00:02", of the calendar; seconds where there are any. */
export function momentText(epoch: number): string {
  const date = new Date(epoch);
  const clock = date.toISOString().slice(11, date.getUTCSeconds() === 0 ? 16 : 19);
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${clock}`;
}

/** Of a tick: "15 Oct" at midnight, else "06:00"; on New Year's Day "1 Jan 2018". */
export function tickText(epoch: number): string {
  const date = new Date(epoch);
  const clock = date.toISOString();
  if (clock.slice(11, 23) !== '00:00:00.000') {
    return date.getUTCMilliseconds() ? clock.slice(11, 23) : clock.slice(11, date.getUTCSeconds() === 0 ? 16 : 19);
  }
  const day = `${date.getUTCDate()} ${months[date.getUTCMonth()]}`;
  return date.getUTCMonth() === 0 && date.getUTCDate() === 1 ? `${day} ${date.getUTCFullYear()}` : day;
}

/** Simulated time at large: "5,239 days", "14.3 years". */
export function spanText(ms: number): string {
  const days = ms / 86_400_000;
  if (days >= 730) return `${(days / 365.25).toFixed(1)} years`;
  if (days >= 2) return `${Math.round(days)} days`;
  return lengthText(ms);
}

const steps = [
  1, 10, 100, 1000, 5000, 15_000, 60_000, 300_000, 900_000, 3_600_000, 10_800_000, 21_600_000, 43_200_000,
  86_400_000, 172_800_000, 604_800_000, 1_209_600_000, 2_592_000_000, 7_776_000_000, 31_536_000_000,
];

/** Multiples of a round length, so that there are at most `most` of them in the span. */
export function roundTicks(from: number, to: number, most: number): number[] {
  const step = steps.find((one) => (to - from) / one <= most) ?? steps[steps.length - 1]!;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  return ticks;
}
