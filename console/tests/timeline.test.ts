import { describe, expect, it } from 'vitest';
import { axisOf, lastEventOf, nearestEvent, stepOfEvent, type AxisKind } from '../src/axis.ts';
import { lanesOf, type Lane } from '../src/lanes.ts';
import { momentAt } from '../src/moment.ts';
import type { Happening } from '../src/stream.ts';
import { day, outage, outageSteps } from './events.ts';

const kinds: AxisKind[] = ['steps', 'clock'];

describe.each(kinds)('the axis of %s', (kind) => {
  const axis = axisOf(kind, outageSteps, outage);

  it('keeps the order of events, inside its width', () => {
    const xs = outage.map((_, i) => axis.ofEvent(i));
    expect(xs).toEqual([...xs].sort((a, b) => a - b));
    expect(xs[0]).toBeGreaterThanOrEqual(0);
    expect(xs.at(-1)).toBeLessThanOrEqual(axis.width);
  });
  it('keeps the order of times, and ends at its ends', () => {
    const xs = [-day, 0, 1, 3_600_000, 3 * day, 7 * day, 8 * day, 30 * day].map((t) => axis.ofTime(t));
    expect(xs).toEqual([...xs].sort((a, b) => a - b));
    expect(axis.ofTime(-day)).toBe(0);
    expect(axis.ofTime(30 * day)).toBe(axis.width);
  });
  it('tells a time within a wait back', () => {
    expect(Math.abs(axis.timeAt(axis.ofTime(5 * day)) - 5 * day)).toBeLessThan(0.3 * day);
  });
  it('finds the event that is nearest, of several at one place the last', () => {
    expect(nearestEvent(axis, outage.length, axis.width)).toBe(outage.length - 1);
    expect(nearestEvent(axis, outage.length, axis.ofEvent(8))).toBe(9);
  });
  it('of nothing is an axis', () => {
    const empty = axisOf(kind, [], []);
    expect(empty.width).toBeGreaterThan(0);
    expect(nearestEvent(empty, 0, 1)).toBe(-1);
  });
});

it('the axis of steps gives events of one instant places of their own', () => {
  const axis = axisOf('steps', outageSteps, outage);
  expect(new Set([0, 1, 2, 3, 4, 5, 6].map((i) => axis.ofEvent(i))).size).toBe(7);
});

describe('steps', () => {
  it.each([[0, 0], [5, 0], [6, 1], [7, 2], [9, 3], [10, 4], [11, 5]])('event %i belongs to step %i', (event, step) =>
    expect(stepOfEvent(outageSteps, event)).toBe(step));
  it('have a last event', () => {
    expect(lastEventOf(outageSteps, 0, outage.length)).toBe(5);
    expect(lastEventOf(outageSteps, 5, outage.length)).toBe(11);
  });
});

const lane = (id: Lane['id'], events: readonly Happening[] = outage) => lanesOf(events).find((one) => one.id === id)!;
const bars = (of: Lane) => of.bars.map(({ from, to, style, label }) => ({ from, to, style, label }));

describe('lanes', () => {
  it('show a staple valid from thisUpdate to nextUpdate, held from when it came, and expired behind', () => {
    expect(bars(lane('staple'))).toEqual([
      { from: { t: 0 }, to: { t: 7 * day }, style: 'line', label: '' },
      { from: { event: 4 }, to: { t: 7 * day }, style: 'solid', label: 'good' },
      { from: { t: 7 * day }, to: 'end', style: 'hatched', label: 'expired' },
    ]);
  });
  it('end what is held with the process that held it', () => {
    const killed: Happening[] = [...outage.slice(0, 7), { t: day, k: 'endpoint', x: '', e: 'process', how: 'killed', exit: 137 }];
    expect(bars(lane('staple', killed)).at(-1)).toEqual({ from: { event: 4 }, to: { event: 7 }, style: 'solid', label: 'good' });
    expect(bars(lane('endpoint', killed))).toEqual([{ from: { event: 5 }, to: { event: 7 }, style: 'outline', label: 'up' }]);
  });
  const dropped = (v?: string): Happening => ({ t: day, k: 'staple', x: '', c: 'server', e: 'dropped', ...(v && { v }) });
  it('end a staple where it was dropped, and show what is sent in its place', () => {
    expect(bars(lane('staple', [...outage.slice(0, 7), dropped('error_status')])).slice(1)).toEqual([
      { from: { event: 4 }, to: { event: 7 }, style: 'solid', label: 'good' },
      { from: { event: 7 }, to: 'end', style: 'solid', label: 'error_status' },
    ]);
    expect(bars(lane('staple', [...outage.slice(0, 7), dropped()])).at(-1)).toMatchObject({ label: 'good', to: { event: 7 } });
  });
  it('show when the responder is up and down', () => {
    expect(bars(lane('responder')).map(({ from, to, label }) => [from, to, label])).toEqual([
      ['start', { event: 7 }, 'up'], [{ event: 7 }, { event: 11 }, 'down'], [{ event: 11 }, 'end', 'up'],
    ]);
  });
  it('show a fault from when it is set to when it is cleared, or its time is over', () => {
    const told = { k: 'fault', x: '' };
    const faults: Happening[] = [
      { ...told, t: 0, e: 'fault', name: 'hang', id: 'hang', set: true },
      { ...told, t: 1, e: 'fault', name: 'http_status for 5s', id: 'http_status', set: true, until: 5001 },
      { ...told, t: 9000, e: 'fault', name: 'hang', id: 'hang', set: false },
    ];
    const found = lane('responder', faults);
    expect(found.rows).toBe(3);
    expect(bars(found).filter(({ style }) => style === 'solid')).toEqual([
      { from: { event: 1 }, to: { t: 5001 }, style: 'solid', label: 'http_status for 5s' },
      { from: { event: 0 }, to: { event: 2 }, style: 'solid', label: 'hang' },
    ]);
  });
  it('show one mark a fetch, with how it ended, and a bar where it took time', () => {
    expect(lane('fetches').marks.map(({ event, tone }) => [event, tone])).toEqual([[3, 'good'], [9, 'bad']]);
    const slow = outage.slice(0, 4).map((event) => ({ ...event, t: event.e === 'fetched' ? 5000 : 0 }) as Happening);
    expect(bars(lane('fetches', slow))).toEqual([{ from: { event: 1 }, to: { event: 3 }, style: 'solid', label: 'waiting' }]);
  });
  it('show what the CA knows', () => {
    const told = { k: 'ca', x: '', c: 'server' };
    const acts: Happening[] = [
      { ...told, t: 1, e: 'ca', act: 'held' }, { ...told, t: 2, e: 'ca', act: 'released' }, { ...told, t: 3, e: 'ca', act: 'revoked' },
    ];
    expect(lane('ca', acts).bars.map(({ label }) => label)).toEqual([
      'server: good', 'server: on hold', 'server: good', 'server: revoked',
    ]);
  });
});

describe('a moment', () => {
  const words = (index: number) => Object.fromEntries(momentAt(outage, index).map(({ who, word }) => [who, word]));
  it('at the beginning', () => {
    expect(words(0)).toEqual({ CA: 'good', Responder: 'up', Staple: 'none', Endpoint: 'not started', 'Last client': 'none yet' });
  });
  it('in the outage', () => {
    expect(words(9)).toEqual({ CA: 'good', Responder: 'down', Staple: 'good', Endpoint: 'up', 'Last client': 'good' });
  });
  it('after the staple was dropped', () => {
    const standing = (v?: string) => {
      const event: Happening = { t: day, k: 'staple', x: '', e: 'dropped', ...(v && { v }) };
      return momentAt([...outage.slice(0, 7), event], 7).find(({ who }) => who === 'Staple')!;
    };
    expect(standing('error_status')).toMatchObject({ word: 'error_status', tone: 'warn' });
    expect(standing()).toMatchObject({ word: 'none', tone: 'none' });
  });
  it('of a server that does not tell what it holds', () => {
    expect(momentAt(outage, 9, false).find(({ who }) => who === 'Staple')).toMatchObject({ word: 'not told' });
  });
  it('behind nextUpdate', () => {
    expect(words(10)).toMatchObject({ Staple: 'expired', 'Last client': 'none' });
  });
});
