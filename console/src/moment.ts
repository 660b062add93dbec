// How the world stands behind one event: the stream played up to there.
import { offsetText } from './time.ts';
import type { Happening, HappeningOf } from './stream.ts';
import { lookOfStatus, type Look } from './words.ts';

/** One party's state in a word, and what to add to it. */
export interface Standing extends Look {
  who: 'CA' | 'Responder' | 'Staple' | 'Endpoint' | 'Last client';
  word: string;
  more: string;
}

/** `tells`: the endpoint is ours, and says what it holds. */
export function momentAt(events: readonly Happening[], index: number, tells = true): Standing[] {
  const past = events.slice(0, index + 1);
  const now = past[past.length - 1]?.t ?? 0;
  const staple = tells ? stapleAt(past, now) : untold;
  return [caAt(past), responderAt(past, now), staple, endpointAt(past), clientAt(past)];
}

const untold: Standing = { who: 'Staple', word: 'not told', more: 'seen in handshakes only', tone: 'quiet', glyph: 'dot' };

function last<E extends Happening['e']>(past: readonly Happening[], ...kinds: E[]): HappeningOf<E> | undefined {
  return past.findLast((event) => (kinds as string[]).includes(event.e)) as HappeningOf<E> | undefined;
}

function caAt(past: readonly Happening[]): Standing {
  const status = new Map<string, string>();
  for (const event of past)
    if (event.e === 'ca')
      status.set(event.c ?? '', event.act === 'revoked' ? 'revoked' : event.act === 'held' ? 'on hold' : 'good');
  const worst = [...status].find(([, word]) => word === 'revoked') ?? [...status].find(([, word]) => word !== 'good');
  if (!worst) return { who: 'CA', word: 'good', more: 'nothing is revoked', ...lookOfStatus('good') };
  const look: Look = worst[1] === 'revoked' ? lookOfStatus('revoked') : { tone: 'unknown', glyph: 'pause' };
  return { who: 'CA', word: worst[1], more: worst[0], ...look };
}

function responderAt(past: readonly Happening[], now: number): Standing {
  const listening = last(past, 'listening');
  if (listening && !listening.up)
    return { who: 'Responder', word: 'down', more: 'refuses connections', tone: 'bad', glyph: 'stop' };
  const faults = new Map<string, HappeningOf<'fault'>>();
  for (const event of past) {
    if (event.e !== 'fault') continue;
    if (event.set) faults.set(event.id, event);
    else faults.delete(event.id);
  }
  const standing = [...faults.values()].filter(
    (fault) => (fault.from ?? fault.t) <= now && (fault.until === undefined || now < fault.until),
  );
  if (standing.length > 0)
    return { who: 'Responder', word: 'misbehaves', more: standing.map((f) => f.name).join('; '), tone: 'warn', glyph: 'bolt' };
  return { who: 'Responder', word: 'up', more: '', tone: 'good', glyph: 'play' };
}

function stapleAt(past: readonly Happening[], now: number): Standing {
  const nothing: Standing = { who: 'Staple', word: 'none', more: 'none is held', ...lookOfStatus('none') };
  const staple = last(past, 'staple', 'dropped');
  if (!staple) return nothing;
  const ended = last(past, 'process', 'shut_down', 'refused');
  if (ended && past.lastIndexOf(ended) > past.lastIndexOf(staple)) return { ...nothing, more: 'gone with the endpoint' };
  if (staple.e === 'dropped') {
    if (!staple.v) return { ...nothing, more: `dropped at ${offsetText(staple.t)}` };
    return { who: 'Staple', word: staple.v, more: `in place of a staple, since ${offsetText(staple.t)}`, ...lookOfStatus(staple.v) };
  }
  const expires = staple.next_update;
  if (expires === undefined) return { who: 'Staple', word: staple.v, more: 'without nextUpdate', ...lookOfStatus(staple.v) };
  if (expires <= now)
    return { who: 'Staple', word: 'expired', more: `${staple.v}, until ${offsetText(expires)}`, ...lookOfStatus('expired') };
  return { who: 'Staple', word: staple.v, more: `for another ${offsetText(expires - now, 2).slice(1)}`, ...lookOfStatus(staple.v) };
}

function endpointAt(past: readonly Happening[]): Standing {
  const change = last(past, 'started', 'process', 'shut_down', 'refused');
  switch (change?.e) {
    case undefined:
      return { who: 'Endpoint', word: 'not started', more: '', tone: 'none', glyph: 'ring' };
    case 'started':
      return { who: 'Endpoint', word: 'up', more: '', tone: 'good', glyph: 'play' };
    case 'refused':
      return { who: 'Endpoint', word: 'would not start', more: `exit code ${change.exit}`, tone: 'bad', glyph: 'stop' };
    case 'shut_down':
      return { who: 'Endpoint', word: 'shut down', more: `exit code ${change.exit}`, tone: 'revoked', glyph: 'stop' };
    case 'process':
      return { who: 'Endpoint', word: change.how, more: '', tone: 'bad', glyph: 'stop' };
  }
}

function clientAt(past: readonly Happening[]): Standing {
  const done = last(past, 'handshake', 'query');
  if (!done) return { who: 'Last client', word: 'none yet', more: '', tone: 'quiet', glyph: 'dot' };
  const tls = done.e === 'handshake' ? (done.asked ? (done.tls ?? '') : 'asked for no staple') : `query by ${done.method}`;
  return { who: 'Last client', word: done.v, more: `${offsetText(done.t)}${tls ? `, ${tls}` : ''}`, ...lookOfStatus(done.v) };
}
