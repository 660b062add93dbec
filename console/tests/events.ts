// Short stories for the tests, told as the stream tells them.
import type { Happening, Message, Step } from '../src/stream.ts';

export const day = 86_400_000;
const told = (t: number, k: string, x = '') => ({ t, k, x, c: 'server' });

/** A staple of seven days; an outage from +1h to +8d; the endpoint stays up throughout. */
export const outage: Happening[] = [
  { ...told(0, 'responder'), e: 'listening', up: true },
  { ...told(0, 'fetch'), e: 'fetch', url: '${responder}/', method: 'GET' },
  { ...told(0, 'answer'), e: 'answer', v: 'good', method: 'GET', http: 200, this_update: 0, next_update: 7 * day, der: 0 },
  { ...told(0, 'fetch'), e: 'fetched', url: '${responder}/', method: 'GET', ok: true, v: 'good' },
  { ...told(0, 'staple'), e: 'staple', v: 'good', disk: false, this_update: 0, next_update: 7 * day, der: 0 },
  { ...told(0, 'endpoint'), e: 'started' },
  { ...told(0, 'handshake'), e: 'handshake', v: 'good', asked: true, ms: 2, tls: 'TLSv1.3', der: 0 },
  { ...told(3_600_000, 'responder'), e: 'listening', up: false },
  { ...told(3.5 * day, 'fetch'), e: 'fetch', url: '${responder}/', method: 'GET' },
  { ...told(3.5 * day, 'fetch'), e: 'fetched', url: '${responder}/', method: 'GET', ok: false },
  { ...told(8 * day, 'handshake'), e: 'handshake', v: 'none', asked: true, ms: 2, tls: 'TLSv1.3' },
  { ...told(8 * day, 'responder'), e: 'listening', up: true },
];
export const outageSteps: Step[] = [
  { at: 0, ended: 0, kind: 'start', detail: 'endpoint', line: 7, first: 0 },
  { at: 0, ended: 0, kind: 'handshake', line: 8, first: 6, expected: 'good', observed: 'good' },
  { at: 0, ended: 3_600_000, kind: 'advance', line: 9, first: 7 },
  { at: 3_600_000, ended: 8 * day, kind: 'advance', line: 10, first: 8 },
  {
    at: 8 * day, ended: 8 * day, kind: 'handshake', line: 11, first: 10, verdict: 'fail', expected: 'good', observed: 'none',
    missing: [{ field: 'verdict', expected: 'good', observed: 'none', why: 'clients turn away' }],
  },
  { at: 8 * day, ended: 8 * day, kind: 'start', detail: 'responder', line: 12, first: 11 },
];

const began = (n: number, mode: 'auto' | 'must', mustStaple: boolean, target = 'builtin:resilient'): Message => ({
  m: 'case', n, id: `outage/long::${mode}::${mustStaple ? 'must-staple' : 'plain'}::${target}`, scenario: 'outage/long',
  mode, must_staple: mustStaple, profile: 'resilient', target, class: 'staple',
});

/** Two cases that ended, and one that still runs. */
export const run: Message[] = [
  { m: 'run', tool: 'staplelab', version: '0.1.0', seed: 0, started: '2026-03-01T00:00:00Z' },
  {
    m: 'scenario', name: 'outage/long', file: 'library/outage/long.json', title: 'A long outage', about: 'Of a week.',
    tags: ['outage'], start: '2026-03-01T00:00:00Z',
  },
  began(0, 'auto', true),
  { m: 'detail', n: 0, octets: ['MAMKAQM='], events: outage.slice(0, 8), steps: outageSteps.slice(0, 3) },
  { m: 'detail', n: 0, events: outage.slice(8), steps: outageSteps.slice(3) },
  { m: 'verdict', n: 0, verdict: 'fail', reason: 'handshake: expected good, seen none', simulated_ms: 8 * day, wall_ms: 20 },
  began(1, 'must', false),
  { m: 'verdict', n: 1, verdict: 'pass', simulated_ms: day, wall_ms: 10 },
  began(2, 'must', true),
];
