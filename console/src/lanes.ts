// The events of a case as lanes of bars and marks. Says what stands where in terms of events and
// times; axis.ts says at which x that is.
import type { Happening, HappeningOf } from './stream.ts';
import { lookOf, lookOfStatus, type Look, type Tone } from './words.ts';

/** A place in the story: behind an event, or at a time. */
export type Edge = { event: number } | { t: number } | 'start' | 'end';

export interface Bar {
  row: number;
  from: Edge;
  to: Edge;
  tone: Tone;
  style: 'solid' | 'line' | 'hatched' | 'outline';
  label: string;
  event?: number; // that tells more
}
export interface Mark extends Look {
  row: number;
  event: number;
  label?: string;
}
export interface Lane {
  id: 'ca' | 'responder' | 'fetches' | 'staple' | 'endpoint' | 'clients' | 'notes';
  label: string;
  rows: number;
  bars: Bar[];
  marks: Mark[];
}

type Indexed<E extends Happening['e']> = [HappeningOf<E>, number];

export function lanesOf(events: readonly Happening[]): Lane[] {
  const lanes = [
    caLane(events), responderLane(events), fetchLane(events), stapleLane(events), endpointLane(events),
    clientLane(events), noteLane(events),
  ];
  return lanes.filter((lane) => lane.id !== 'notes' || lane.marks.length > 0);
}

function all<E extends Happening['e']>(events: readonly Happening[], ...kinds: E[]): Indexed<E>[] {
  const found: Indexed<E>[] = [];
  events.forEach((event, i) => {
    if ((kinds as string[]).includes(event.e)) found.push([event as HappeningOf<E>, i]);
  });
  return found;
}

const mark = (event: Happening, index: number, row: number): Mark => ({ ...lookOf(event), row, event: index });

/** What the CA knows: the truth that everybody else learns later. */
function caLane(events: readonly Happening[]): Lane {
  const acts = all(events, 'ca');
  const names = [...new Set(acts.map(([act]) => act.c ?? ''))];
  const bars: Bar[] = [];
  names.forEach((name, row) => {
    const own = acts.filter(([act]) => (act.c ?? '') === name);
    let from: Edge | undefined = own[0]![0].act === 'issued' ? undefined : 'start';
    let status = 'good';
    const close = (to: Edge) => {
      if (from) bars.push({ row, from, to, ...statusBar(status), label: name ? `${name}: ${status}` : status });
    };
    for (const [act, index] of own) {
      close({ event: index });
      from = { event: index };
      status = act.act === 'revoked' ? 'revoked' : act.act === 'held' ? 'on hold' : 'good';
    }
    close('end');
  });
  if (names.length === 0)
    bars.push({ row: 0, from: 'start', to: 'end', tone: 'good', style: 'line', label: 'nothing is revoked' });
  const marks = acts.map(([act, index]) => mark(act, index, names.indexOf(act.c ?? '')));
  return { id: 'ca', label: 'CA', rows: Math.max(1, names.length), bars, marks };
}

function statusBar(status: string): Pick<Bar, 'tone' | 'style'> {
  if (status === 'good') return { tone: 'good', style: 'line' };
  return { tone: status === 'revoked' ? 'revoked' : 'unknown', style: 'solid' };
}

function responderLane(events: readonly Happening[]): Lane {
  const bars: Bar[] = [];
  const changes = all(events, 'listening');
  let up = changes.length === 0 || !changes[0]![0].up;
  let from: Edge = 'start';
  let told: number | undefined;
  const close = (to: Edge) => {
    if (up) bars.push({ row: 0, from, to, tone: 'info', style: 'outline', label: 'up' });
    else if (from !== 'start' || told !== undefined || to === 'end')
      bars.push({ row: 0, from, to, tone: 'bad', style: 'hatched', label: 'down', ...(told !== undefined && { event: told }) });
  };
  // A scenario begins with the port as it is: told at once, before anything else.
  for (const [change, index] of changes) {
    if (!(index === 0 && change.t === 0)) close({ event: index });
    from = index === 0 && change.t === 0 ? 'start' : { event: index };
    up = change.up;
    told = index;
  }
  close('end');
  const faults = faultBars(events);
  const marks = all(events, 'answer', 'settings', 'signer').map(([event, index]) => mark(event, index, 0));
  return {
    id: 'responder', label: 'Responder', rows: 1 + faults.rows, bars: [...bars, ...faults.bars], marks,
  };
}

const mostFaultRows = 3;

function faultBars(events: readonly Happening[]): { bars: Bar[]; rows: number } {
  const bars: Bar[] = [];
  const open: (Indexed<'fault'> | undefined)[] = []; // by row
  let rows = 0;
  const close = (row: number, to: Edge) => {
    const [fault, index] = open[row]!;
    const from: Edge = fault.from !== undefined ? { t: fault.from } : { event: index };
    const until: Edge = fault.until !== undefined ? { t: fault.until } : to;
    bars.push({
      row: 1 + (row % mostFaultRows), from, to: until, tone: 'warn', style: 'solid', label: fault.name, event: index,
    });
    open[row] = undefined;
  };
  for (const [fault, index] of all(events, 'fault')) {
    open.forEach((standing, row) => {
      const over = standing?.[0].until !== undefined && standing[0].until <= fault.t;
      if (over) close(row, 'end');
    });
    if (fault.set) {
      let row = open.findIndex((standing) => !standing);
      if (row < 0) row = open.length;
      open[row] = [fault, index];
      rows = Math.max(rows, Math.min(row + 1, mostFaultRows));
      continue;
    }
    const row = open.findIndex((standing) => standing?.[0].id === fault.id);
    if (row >= 0) close(row, { event: index });
  }
  open.forEach((standing, row) => standing && close(row, 'end'));
  return { bars, rows };
}

function fetchLane(events: readonly Happening[]): Lane {
  const bars: Bar[] = [];
  const marks: Mark[] = [];
  const open = new Map<string, number>();
  const wait = (from: number, to: Edge) =>
    bars.push({ row: 0, from: { event: from }, to, tone: 'info', style: 'solid', label: 'waiting', event: from });
  for (const [event, index] of all(events, 'fetch', 'fetched')) {
    const key = event.c ?? '';
    if (event.e === 'fetch') {
      open.set(key, index);
      continue;
    }
    const began = open.get(key);
    if (began !== undefined && events[began]!.t < event.t) wait(began, { event: index });
    open.delete(key);
    marks.push(mark(event, index, 0));
  }
  for (const began of open.values()) {
    wait(began, 'end');
    marks.push(mark(events[began]!, began, 0));
  }
  return { id: 'fetches', label: 'Fetches', rows: 1, bars, marks };
}

/** Thin from thisUpdate to nextUpdate; thick while it is held and valid; hatched once it has expired. One that was dropped ends there. */
function stapleLane(events: readonly Happening[]): Lane {
  const bars: Bar[] = [];
  const marks: Mark[] = [];
  const staples = all(events, 'staple', 'dropped');
  const names = [...new Set(staples.map(([staple]) => staple.c ?? ''))];
  names.forEach((name, line) => {
    const own = staples.filter(([staple]) => (staple.c ?? '') === name);
    own.forEach(([staple, index], k) => {
      const row = 2 * line + (k % 2);
      const gone = endOfHolding(events, index, own[k + 1]?.[1]);
      marks.push(mark(staple, index, row));
      if (staple.e === 'dropped') {
        if (staple.v) bars.push(insteadBar(staple.v, row, index, gone));
        return;
      }
      const { tone } = lookOfStatus(staple.v);
      const label = names.length > 1 ? `${name}: ${staple.v}` : staple.v;
      const next: Edge = staple.next_update === undefined ? 'end' : { t: staple.next_update };
      bars.push({ row, from: { t: staple.this_update ?? staple.t }, to: next, tone, style: 'line', label: '', event: index });
      const goneAt = gone === 'end' ? Infinity : events[gone]!.t;
      const expires = staple.next_update ?? Infinity;
      const goneEdge: Edge = gone === 'end' ? 'end' : { event: gone };
      bars.push({
        row, from: { event: index }, to: expires < goneAt ? next : goneEdge, tone, style: 'solid', label, event: index,
      });
      if (expires < goneAt)
        bars.push({ row, from: { t: expires }, to: goneEdge, tone: 'warn', style: 'hatched', label: 'expired', event: index });
    });
  });
  return { id: 'staple', label: 'Staple', rows: Math.max(1, 2 * names.length), bars, marks };
}

/** What is sent in the place of a staple that was dropped. */
const insteadBar = (v: string, row: number, index: number, gone: number | 'end'): Bar => ({
  row, from: { event: index }, to: gone === 'end' ? 'end' : { event: gone }, tone: lookOfStatus(v).tone, style: 'solid',
  label: v, event: index,
});

function endOfHolding(events: readonly Happening[], from: number, replaced: number | undefined): number | 'end' {
  const limit = replaced ?? events.length;
  for (let i = from + 1; i < limit; ++i) {
    const { e } = events[i]!;
    if (e === 'process' || e === 'shut_down' || e === 'refused') return i;
  }
  return replaced ?? 'end';
}

function endpointLane(events: readonly Happening[]): Lane {
  const bars: Bar[] = [];
  let from: number | undefined;
  for (const [event, index] of all(events, 'started', 'process', 'shut_down', 'refused')) {
    if (from !== undefined) bars.push(upBar(from, { event: index }));
    from = event.e === 'started' ? index : undefined;
  }
  if (from !== undefined) bars.push(upBar(from, 'end'));
  const marks = all(
    events, 'started', 'process', 'shut_down', 'refused', 'reloaded', 'reload_failed', 'warning', 'store',
  ).map(([event, index]) => mark(event, index, 0));
  return { id: 'endpoint', label: 'Endpoint', rows: 1, bars, marks };
}

const upBar = (from: number, to: Edge): Bar => ({
  row: 0, from: { event: from }, to, tone: 'info', style: 'outline', label: 'up', event: from,
});

function clientLane(events: readonly Happening[]): Lane {
  const marks = all(events, 'handshake', 'query').map(([event, index]) => mark(event, index, 0));
  return { id: 'clients', label: 'Handshakes', rows: 1, bars: [], marks };
}

function noteLane(events: readonly Happening[]): Lane {
  const marks = all(events, 'note', 'mark', 'skew').map(([event, index]) => mark(event, index, 0));
  return { id: 'notes', label: 'Notes', rows: 1, bars: [], marks };
}
