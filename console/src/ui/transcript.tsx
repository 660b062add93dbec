// Everything that happened, line by line, in the words of the transcript, with what was expected.
import { useEffect, useRef } from 'preact/hooks';
import { stepOfEvent } from '../axis.ts';
import type { Detail } from '../model.ts';
import type { Step } from '../stream.ts';
import { offsetText } from '../time.ts';
import { lookOf } from '../words.ts';
import { Badge } from './glyph.tsx';

interface Props {
  detail: Detail;
  cursor: number;
  onMove: (event: number) => void;
}

export function Transcript({ detail, cursor, onMove }: Props) {
  const { events, steps } = detail;
  const box = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const line = box.current?.querySelector<HTMLElement>('[aria-current]');
    if (!line || !box.current) return;
    const { offsetTop, offsetHeight } = line;
    const { scrollTop, clientHeight } = box.current;
    if (offsetTop < scrollTop + 40 || offsetTop + offsetHeight > scrollTop + clientHeight - 40)
      box.current.scrollTop = offsetTop - clientHeight / 2;
  }, [cursor]);
  const groups: { step: Step | undefined; from: number; to: number }[] = [];
  if ((steps[0]?.first ?? events.length) > 0) groups.push({ step: undefined, from: 0, to: steps[0]?.first ?? events.length });
  steps.forEach((step, i) => groups.push({ step, from: step.first, to: steps[i + 1]?.first ?? events.length }));
  const current = stepOfEvent(steps, cursor);
  return (
    <section class="transcript" aria-label="Transcript">
      <h3>What happened</h3>
      <ol ref={box} tabIndex={0}>
        {groups.map(({ step, from, to }, g) => (
          <li key={g} class={step && step === steps[current] ? 'group current' : 'group'}>
            {step && (
              <p class="step-name">
                <b>{step.kind}</b> {step.detail} <small>line {step.line}</small>
              </p>
            )}
            {events.slice(from, to).map((event, k) => (
              <button
                key={from + k}
                type="button"
                class="event"
                aria-current={from + k === cursor ? 'true' : undefined}
                onClick={() => onMove(from + k)}
              >
                <span class="at">{offsetText(event.t)}</span>
                <Badge {...lookOf(event)} />
                <span class="kind">{event.k}</span>
                <span class="text">{event.x}</span>
              </button>
            ))}
            {step?.expected && (
              <p class={step.verdict ? 'check wrong' : 'check'}>
                {step.verdict ? `✗ expected ${step.expected}; observed ${step.observed}` : `✓ ${step.expected}`}
              </p>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
