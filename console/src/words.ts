// How a status, or an event, looks: a tone for its colour and a glyph, since colour alone tells too
// few people enough.
import type { Happening, StatusWord } from './stream.ts';

export type Tone = 'good' | 'revoked' | 'unknown' | 'none' | 'bad' | 'warn' | 'info' | 'quiet';
export type Glyph =
  | 'check' | 'ban' | 'question' | 'ring' | 'bang' | 'cross' | 'clock' | 'stop' | 'play' | 'down' | 'reload'
  | 'flag' | 'note' | 'plus' | 'pause' | 'bolt' | 'disk' | 'gear' | 'dot';

export interface Look {
  tone: Tone;
  glyph: Glyph;
}

const statusLooks: Record<string, Look> = {
  good: { tone: 'good', glyph: 'check' },
  revoked: { tone: 'revoked', glyph: 'ban' },
  unknown: { tone: 'unknown', glyph: 'question' },
  none: { tone: 'none', glyph: 'ring' },
  nothing: { tone: 'none', glyph: 'ring' },
  expired: { tone: 'warn', glyph: 'clock' },
  not_yet_valid: { tone: 'warn', glyph: 'clock' },
  error_status: { tone: 'warn', glyph: 'bang' },
  http_error: { tone: 'warn', glyph: 'bang' },
  handshake_failed: { tone: 'bad', glyph: 'cross' },
  refused: { tone: 'bad', glyph: 'stop' },
  malformed: { tone: 'bad', glyph: 'cross' },
  wrong_cert: { tone: 'bad', glyph: 'cross' },
  bad_signature: { tone: 'bad', glyph: 'cross' },
  unauthorized_signer: { tone: 'bad', glyph: 'cross' },
  critical_extension: { tone: 'bad', glyph: 'cross' },
};

/** An error status of OCSP, "try_later", is not in the list above: a warning. */
export function lookOfStatus(word: StatusWord): Look {
  return statusLooks[word] ?? { tone: 'warn', glyph: 'bang' };
}

export function lookOf(event: Happening): Look {
  switch (event.e) {
    case 'ca':
      switch (event.act) {
        case 'issued':
          return { tone: 'info', glyph: 'plus' };
        case 'revoked':
          return { tone: 'revoked', glyph: 'ban' };
        case 'held':
          return { tone: 'unknown', glyph: 'pause' };
        case 'released':
          return { tone: 'good', glyph: 'check' };
        case 'published':
          return { tone: 'info', glyph: 'plus' };
      }
      break;
    case 'fault':
      return { tone: event.set ? 'warn' : 'quiet', glyph: 'bolt' };
    case 'answer':
      if (event.fault && event.v === 'good') return { tone: 'warn', glyph: 'bolt' };
      return lookOfStatus(event.v);
    case 'handshake':
    case 'query':
    case 'staple':
      return lookOfStatus(event.v);
    case 'dropped':
      return event.v ? lookOfStatus(event.v) : lookOfStatus('none');
    case 'fetch':
      return { tone: 'info', glyph: 'down' };
    case 'fetched':
      if (event.ok) return lookOfStatus(event.v ?? 'good');
      return { tone: 'bad', glyph: 'cross' };
    case 'process':
    case 'refused':
      return { tone: 'bad', glyph: 'stop' };
    case 'shut_down':
      return { tone: 'revoked', glyph: 'stop' };
    case 'started':
      return { tone: 'good', glyph: 'play' };
    case 'reloaded':
      return { tone: 'info', glyph: 'reload' };
    case 'reload_failed':
      return { tone: 'bad', glyph: 'reload' };
    case 'warning':
      return { tone: 'warn', glyph: 'bang' };
    case 'listening':
      return event.up ? { tone: 'good', glyph: 'play' } : { tone: 'bad', glyph: 'stop' };
    case 'store':
      return { tone: 'warn', glyph: 'disk' };
    case 'skew':
      return { tone: 'warn', glyph: 'clock' };
    case 'clock':
      return { tone: 'quiet', glyph: 'clock' };
    case 'mark':
      return { tone: 'quiet', glyph: 'flag' };
    case 'note':
      return { tone: 'info', glyph: 'note' };
    case 'settings':
    case 'signer':
      return { tone: 'info', glyph: 'gear' };
  }
}
