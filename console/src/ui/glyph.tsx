// Glyphs in a box of 16 by 16, drawn in strokes of the current colour; marks with a shape that
// differs by tone, so that neither colour nor glyph has to be made out alone.
import type { Verdict } from '../stream.ts';
import type { Glyph, Look, Tone } from '../words.ts';

const paths: Record<Glyph, string> = {
  check: 'M4.5 8.4 7 10.9 11.6 5.6',
  cross: 'M5.2 5.2 10.8 10.8M10.8 5.2 5.2 10.8',
  ban: 'M4.8 8H11.2',
  question: 'M6 6.3a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.2M8 11.4v.1',
  ring: 'M5.6 8H10.4',
  bang: 'M8 4.8V8.8M8 11.2v.1',
  clock: 'M8 5V8.2L10.2 9.6',
  stop: 'M5.8 5.8H10.2V10.2H5.8Z',
  play: 'M6.4 5.2 10.8 8 6.4 10.8Z',
  down: 'M8 4.8V10.8M5.4 8.4 8 11 10.6 8.4',
  reload: 'M11 6.2A3.6 3.6 0 1 0 11.6 8.6M11.3 4.2V6.5H9',
  flag: 'M6 12V4.6H11L9.8 6.4 11 8.2H6',
  note: 'M5.2 6H10.8M5.2 8.2H10.8M5.2 10.4H8.6',
  plus: 'M8 5V11M5 8H11',
  pause: 'M6.6 5.4V10.6M9.4 5.4V10.6',
  bolt: 'M8.8 4.2 5.8 8.6H8L7.2 11.8 10.2 7.4H8Z',
  disk: 'M5 5H9.8L11 6.2V11H5ZM6.6 11V8.6H9.4V11',
  gear: 'M8 5.8A2.2 2.2 0 1 0 8.01 5.8M8 4V5.2M8 10.8V12M4 8H5.2M10.8 8H12',
  dot: 'M8 7.5V8.5',
};

export function GlyphPath({ glyph }: { glyph: Glyph }) {
  return <path class="glyph" d={paths[glyph]} />;
}

/** The shape under a glyph, centred on 8, 8. */
export function ToneShape({ tone }: { tone: Tone }) {
  switch (tone) {
    case 'bad':
      return <rect class="shape" x="0.75" y="0.75" width="14.5" height="14.5" rx="3" />;
    case 'revoked':
      return <path class="shape" d="M8 -1.2 17.2 8 8 17.2 -1.2 8Z" />;
    case 'warn':
      return <path class="shape" d="M8 -0.6 17 14.6H-1Z" stroke-linejoin="round" />;
    default:
      return <circle class="shape" cx="8" cy="8" r="7.6" />;
  }
}

/** A look in running text. */
export function Badge({ tone, glyph }: Look) {
  return (
    <svg class={`badge tone-${tone}`} viewBox="-2 -2 20 20" aria-hidden="true">
      <ToneShape tone={tone} />
      <GlyphPath glyph={glyph} />
    </svg>
  );
}

const verdictGlyphs: Record<Verdict, Glyph> = { pass: 'check', fail: 'cross', skip: 'ring', error: 'bang' };

/** `harmful`: it passed, and clients suffered all the same. */
export function VerdictGlyph({ verdict, harmful = false }: { verdict: Verdict | undefined; harmful?: boolean }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      {harmful ? (
        <path class="glyph" d="M8 3.6 13 12.4H3Z" />
      ) : (
        <GlyphPath glyph={verdict ? verdictGlyphs[verdict] : 'dot'} />
      )}
    </svg>
  );
}
