// The steps of the scenario's file, above what they caused.
import type { ScaleLinear } from 'd3-scale';
import { lastEventOf, type Axis } from '../axis.ts';
import type { Step } from '../stream.ts';
import { lengthText } from '../time.ts';
import type { Hovered } from './tooltip.tsx';

interface Props {
  steps: readonly Step[];
  axis: Axis;
  scale: ScaleLinear<number, number>;
  y: number;
  height: number;
  width: number;
  current: number;
  count: number;
  onHover: (hovered: Hovered | undefined) => void;
  onMove: (event: number) => void;
}

const letter = 7; // pixels, about

export function StepsLane({ steps, axis, scale, y, height, width, current, count, onHover, onMove }: Props) {
  return (
    <g class="steps">
      {axis.segments.map(({ step, x0, x1 }) => {
        const told = steps[step];
        if (!told) return null;
        const from = scale(x0);
        const to = Math.max(scale(x1), from + 3);
        if (to < 0 || from > width) return null;
        const verdict = told.verdict ?? (told.expected ? 'pass' : 'plain');
        const room = Math.floor((to - Math.max(from, 0) - 10) / letter);
        return (
          <g
            key={step}
            class={`step verdict-${verdict}${step === current ? ' current' : ''}`}
            onClick={() => onMove(lastEventOf(steps, step, count))}
            onPointerEnter={(event) => onHover({ step, x: event.clientX, y: event.clientY })}
            onPointerLeave={() => onHover(undefined)}
          >
            <rect x={from + 0.5} y={y} width={Math.max(2, to - from - 1)} height={height} rx="3" />
            {room >= 3 && (
              <text x={Math.max(from, 0) + 6} y={y + height / 2 + 4}>
                {fitted(told, room)}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

// A word cut off in the middle says less than a short one.
const briefly: Record<string, string> = {
  handshake: 'client', eventually: 'until', endpoint: 'set', responder: 'set', restart: 'start', publish: 'CRL',
};

function fitted(step: Step, room: number): string {
  // A wait says how long it is, wherever it goes.
  const detail = step.kind.startsWith('advance') ? lengthText(step.ended - step.at) : step.detail;
  const kind = step.kind.startsWith('advance') ? 'wait' : step.kind;
  const whole = detail ? `${kind} ${detail}` : kind;
  if (whole.length <= room) return whole;
  if (kind.length <= room) return kind;
  const brief = briefly[step.kind];
  return brief && brief.length <= room ? brief : '';
}
