// Where things stand from left to right.
//
// On the clock's axis a day is a day. On the axis of steps each step has room for what happened in
// it, however short it was, and a wait of a week is not much wider than one of an hour: the order of
// things at one instant shows, and so does the week. In between it is linear.
import type { Happening, Step } from './stream.ts';

export type AxisKind = 'steps' | 'clock';

export interface Segment {
  step: number; // -1: before the first
  t0: number;
  t1: number;
  x0: number;
  x1: number;
}

/** x runs from 0 to `width`, in no particular unit. */
export interface Axis {
  kind: AxisKind;
  width: number;
  segments: Segment[];
  ofEvent(index: number): number;
  ofTime(t: number): number;
  timeAt(x: number): number;
}

const pad = 0.5; // at both ends, and on both sides of a wait

export function axisOf(kind: AxisKind, steps: readonly Step[], events: readonly Happening[]): Axis {
  return kind === 'steps' ? stepsAxis(steps, events) : clockAxis(steps, events);
}

function stepsAxis(steps: readonly Step[], events: readonly Happening[]): Axis {
  const positions = new Array<number>(events.length).fill(0);
  const segments: Segment[] = [];
  let x = pad;
  const add = (step: number, first: number, behind: number, from: number, until: number) => {
    const t0 = from;
    const t1 = Math.max(until, behind > first ? events[behind - 1]!.t : until);
    const own = events.slice(first, behind);
    const width = t1 > t0 ? widthOfWait(t1 - t0, own) : 1.8 + 0.7 * Math.min(Math.max(own.length - 1, 0), 6);
    const segment = { step, t0, t1, x0: x, x1: x + width };
    segments.push(segment);
    own.forEach((event, k) => {
      positions[first + k] = t1 > t0 ? within(segment, event.t) : x + ((k + 0.5) / own.length) * width;
    });
    x += width;
  };
  const firstOfAll = steps[0]?.first ?? events.length;
  if (firstOfAll > 0) add(-1, 0, firstOfAll, events[0]!.t, events[firstOfAll - 1]!.t);
  steps.forEach((step, i) => add(i, step.first, steps[i + 1]?.first ?? events.length, step.at, step.ended));
  return finish('steps', segments, positions, x + pad);
}

function widthOfWait(length: number, own: readonly Happening[]): number {
  const instants = new Set(own.map((event) => event.t)).size;
  return Math.min(2.5 + 0.8 * Math.log2(1 + length / 3_600_000), 8) + Math.min(0.4 * instants, 5);
}

function within({ t0, t1, x0, x1 }: Segment, t: number): number {
  if (t1 <= t0) return x0;
  const inset = Math.min(pad, (x1 - x0) / 4);
  return x0 + inset + (x1 - x0 - 2 * inset) * Math.min(1, Math.max(0, (t - t0) / (t1 - t0)));
}

function clockAxis(steps: readonly Step[], events: readonly Happening[]): Axis {
  const from = Math.min(0, events[0]?.t ?? 0);
  const to = Math.max(from + 1000, events[events.length - 1]?.t ?? 0, steps[steps.length - 1]?.ended ?? 0);
  const margin = (to - from) * 0.02;
  const width = to - from + 2 * margin;
  const ofTime = (t: number) => Math.min(width, Math.max(0, t - from + margin));
  return {
    kind: 'clock',
    width,
    segments: steps.map((step, i) => ({
      step: i, t0: step.at, t1: step.ended, x0: ofTime(step.at), x1: ofTime(step.ended),
    })),
    ofEvent: (index) => ofTime(events[index]!.t),
    ofTime,
    timeAt: (x) => x + from - margin,
  };
}

function finish(kind: AxisKind, segments: Segment[], positions: number[], width: number): Axis {
  const first = segments[0];
  const last = segments[segments.length - 1];
  return {
    kind,
    width,
    segments,
    ofEvent: (index) => positions[index]!,
    ofTime(t) {
      if (!first || t < first.t0) return 0;
      const found = segments.find((one) => t <= one.t1);
      return found ? within(found, t) : width;
    },
    timeAt(x) {
      if (!first || !last) return 0;
      const found = segments.find((one) => x <= one.x1) ?? last;
      const share = Math.min(1, Math.max(0, (x - found.x0) / (found.x1 - found.x0)));
      return found.t0 + share * (found.t1 - found.t0);
    },
  };
}

/** Index of the event that stands nearest to x; -1 without events. */
export function nearestEvent(axis: Axis, count: number, x: number): number {
  let best = -1;
  let distance = Infinity;
  for (let i = 0; i < count; ++i) {
    const away = Math.abs(axis.ofEvent(i) - x);
    if (away > distance) continue;
    best = i; // the last of those at one place: all of them have happened
    distance = away;
  }
  return best;
}

/** Index of the step that caused an event; -1: before the first. */
export function stepOfEvent(steps: readonly Step[], index: number): number {
  let step = -1;
  while (step + 1 < steps.length && steps[step + 1]!.first <= index) ++step;
  return step;
}

/** Index of a step's last event; of the last one before it, if it caused none. */
export function lastEventOf(steps: readonly Step[], step: number, count: number): number {
  return Math.max(0, (steps[step + 1]?.first ?? count) - 1);
}
