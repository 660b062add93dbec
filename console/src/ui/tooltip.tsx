// What is under the pointer: an event, several that stand too close, or a step.
import type { MutableRef } from 'preact/hooks';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { fromBase64, hexOf } from '../der.ts';
import type { Detail } from '../model.ts';
import { decodeOcsp, findField } from '../ocsp.ts';
import type { Happening, Step } from '../stream.ts';
import { dateText, lengthText, offsetText } from '../time.ts';
import { lookOf } from '../words.ts';
import { Badge } from './glyph.tsx';

export type Hovered = { x: number; y: number } & ({ events: number[] } | { step: number });

interface Props {
  hovered: Hovered;
  detail: Detail;
  start: number;
  within: MutableRef<HTMLDivElement | null>;
}

const mostListed = 6;

export function Tooltip({ hovered, detail, start, within }: Props) {
  const card = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ left: 0, top: 0 });
  useLayoutEffect(() => {
    const outer = within.current!.getBoundingClientRect();
    const { width, height } = card.current!.getBoundingClientRect();
    const room = document.documentElement.clientWidth;
    const left = Math.min(hovered.x + 14, room - width - 8);
    const below = hovered.y + 20 + height < innerHeight;
    const top = below ? hovered.y + 20 : Math.max(4, hovered.y - height - 16);
    setPlace({ left: Math.max(4, left) - outer.left, top: top - outer.top });
  }, [hovered]);
  return (
    <div ref={card} class="tooltip" role="tooltip" style={{ left: `${place.left}px`, top: `${place.top}px` }}>
      {'step' in hovered ? (
        <StepCard step={detail.steps[hovered.step]!} />
      ) : (
        <EventsCard indices={hovered.events} detail={detail} start={start} />
      )}
    </div>
  );
}

function StepCard({ step }: { step: Step }) {
  return (
    <>
      <p class="line">
        <b>{step.kind}</b> {step.detail}
      </p>
      <p class="time">
        {offsetText(step.at)}
        {step.ended > step.at && `, lasts ${lengthText(step.ended - step.at)}`}, line {step.line}
      </p>
      {step.expected && (
        <dl class="pairs">
          <dt>expected</dt>
          <dd>{step.expected}</dd>
          <dt>observed</dt>
          <dd class={step.verdict === 'fail' ? 'wrong' : ''}>{step.observed}</dd>
        </dl>
      )}
    </>
  );
}

function EventsCard({ indices, detail, start }: { indices: number[]; detail: Detail; start: number }) {
  const listed = indices.slice(-mostListed);
  const last = detail.events[indices[indices.length - 1]!]!;
  return (
    <>
      {indices.length > listed.length && <p class="time">… {indices.length - listed.length} before</p>}
      {listed.map((index) => {
        const event = detail.events[index]!;
        return (
          <p key={index} class="line">
            <Badge {...lookOf(event)} />
            <b>{event.k}</b> {event.x}
          </p>
        );
      })}
      <p class="time">
        {offsetText(last.t)}, {dateText(start + last.t)}
      </p>
      {derOf(last, detail) && <Brief octets={derOf(last, detail)!} />}
    </>
  );
}

export function derOf(event: Happening, detail: Detail): Uint8Array | undefined {
  const text = 'der' in event && event.der !== undefined ? detail.octets[event.der] : undefined;
  return text === undefined ? undefined : fromBase64(text);
}

const told = [
  'responseStatus', 'responderID', 'producedAt', 'serialNumber', 'certStatus', 'revocationTime', 'revocationReason',
  'thisUpdate', 'nextUpdate', 'signatureAlgorithm',
];
const mostHex = 10;

/** The fields that people ask for first, by their RFC names, and the octets they stand in. */
function Brief({ octets }: { octets: Uint8Array }) {
  const root = decodeOcsp(octets);
  const fields = told.flatMap((name) => findField(root, name) ?? []);
  return (
    <table class="brief">
      <tbody>
        {(fields.length > 0 ? fields : [root]).map((field) => (
          <tr key={field.name}>
            <th scope="row">{field.name}</th>
            <td>{field.value}</td>
            <td class="hex">
              {hexOf(octets, field.from, Math.min(field.to, field.from + mostHex))}
              {field.to - field.from > mostHex && '…'}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
