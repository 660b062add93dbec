// The event under the playhead in full; for one that carries an OCSP response, every field of it
// beside its octets.
import { useMemo, useState } from 'preact/hooks';
import type { Case, Detail } from '../model.ts';
import { decodeOcsp, type Field } from '../ocsp.ts';
import { dateText, offsetText } from '../time.ts';
import { lookOf } from '../words.ts';
import { Badge } from './glyph.tsx';
import { derOf } from './tooltip.tsx';

export function Inspector({ one, detail, cursor }: { one: Case; detail: Detail; cursor: number }) {
  const event = detail.events[cursor];
  if (!event) return null;
  const start = Date.parse(one.scenario.start);
  const source = lastWithOctets(detail, cursor);
  const octets = source === undefined ? undefined : derOf(detail.events[source]!, detail);
  return (
    <section class="inspector" aria-label="Event">
      <h3>
        <Badge {...lookOf(event)} /> {event.k} <span>{event.x}</span>
      </h3>
      <p class="time">
        {offsetText(event.t, 5)}, {dateText(start + event.t)}
        {event.e === 'handshake' && ` · ${event.ms} ms of real time`}
        {event.e === 'handshake' && event.alert && ` · alert ${event.alert}`}
        {event.e === 'answer' && ` · HTTP ${event.http ?? 'nothing'}`}
        {event.e === 'answer' && event.fault && ` · fault ${event.fault}`}
      </p>
      {source !== undefined && source !== cursor && (
        <p class="older">
          The last OCSP response before it, {offsetText(detail.events[source]!.t)}: {detail.events[source]!.k}{' '}
          {detail.events[source]!.x}
        </p>
      )}
      {octets ? <OcspView octets={octets} /> : <p class="older">No OCSP response has been seen so far.</p>}
    </section>
  );
}

/** The event itself, or the latest one before it that carries a response. */
function lastWithOctets({ events, octets }: Detail, cursor: number): number | undefined {
  for (let i = cursor; i >= 0; --i) {
    const event = events[i]!;
    if ('der' in event && event.der !== undefined && octets[event.der] !== undefined) return i;
  }
  return undefined;
}

interface Span {
  from: number;
  to: number;
}

export function OcspView({ octets }: { octets: Uint8Array }) {
  const root = useMemo(() => decodeOcsp(octets), [octets]);
  const [lit, setLit] = useState<Span>();
  return (
    <div class="ocsp" onPointerLeave={() => setLit(undefined)}>
      <div class="fields" tabIndex={0} role="region" aria-label="Decoded OCSP response">
        <FieldView field={root} depth={0} lit={lit} onLight={setLit} />
      </div>
      <Hex octets={octets} lit={lit} onByte={(at) => setLit(deepest(root, at))} />
    </div>
  );
}

function deepest(field: Field, at: number): Field {
  const inner = field.children.find(({ from, to }) => from <= at && at < to);
  return inner ? deepest(inner, at) : field;
}

interface FieldProps {
  field: Field;
  depth: number;
  lit: Span | undefined;
  onLight: (span: Span) => void;
}

function FieldView({ field, depth, lit, onLight }: FieldProps) {
  const on = lit && lit.from === field.from && lit.to === field.to;
  return (
    <>
      <div
        class={`field${on ? ' lit' : ''}${field.children.length ? ' holds' : ''}`}
        style={{ paddingLeft: `${depth * 14 + 6}px` }}
        onPointerEnter={() => onLight(field)}
        onClick={() => onLight(field)}
      >
        <span class="name">{field.name}</span>
        {field.value !== undefined && <span class={`value${field.tone ? ` tone-${field.tone}` : ''}`}>{field.value}</span>}
      </div>
      {field.children.map((child, i) => (
        <FieldView key={i} field={child} depth={depth + 1} lit={lit} onLight={onLight} />
      ))}
    </>
  );
}

const perLine = 16;

function Hex({ octets, lit, onByte }: { octets: Uint8Array; lit: Span | undefined; onByte: (at: number) => void }) {
  const lines = [];
  for (let at = 0; at < octets.length; at += perLine) {
    const bytes = [];
    for (let i = at; i < Math.min(at + perLine, octets.length); ++i) {
      const on = lit && lit.from <= i && i < lit.to;
      bytes.push(
        <span key={i} class={on ? 'lit' : ''} onPointerEnter={() => onByte(i)}>
          {octets[i]!.toString(16).padStart(2, '0')}
        </span>,
      );
    }
    lines.push(
      <div key={at} class="hex-line">
        <span class="offset">{at.toString(16).padStart(4, '0')}</span>
        {bytes}
      </div>,
    );
  }
  return (
    <div class="hex-view" tabIndex={0} role="region" aria-label={`${octets.length} octets in hexadecimal`}>
      {lines}
    </div>
  );
}
