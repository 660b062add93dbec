import type { Bar, Edge, Lane, Mark } from '../lanes.ts';
import type { Happening } from '../stream.ts';
import type { Tone } from '../words.ts';
import { GlyphPath, ToneShape } from './glyph.tsx';
import type { Hovered } from './tooltip.tsx';

const rowHeight = 24;
const lanePadding = 5;
const markSize = 15;
const countRoom = 18; // pixels, beside the mark of a cluster

const nameHeight = 11; // of the lane's name, where it stands above

export const laneHeight = (lane: Lane, named: boolean) =>
  lane.rows * rowHeight + 2 * lanePadding + (named ? nameHeight : 0);

interface Props {
  lane: Lane;
  events: readonly Happening[];
  inner: number;
  xOfEdge: (edge: Edge) => number;
  xOfEvent: (event: number) => number;
  cursor: number;
  named: boolean; // the lane's name stands above
  onHover: (hovered: Hovered | undefined) => void;
  onMove: (event: number) => void;
}

export function LaneView({ lane, events, inner, xOfEdge, xOfEvent, cursor, named, onHover, onMove }: Props) {
  const middle = (row: number) => lanePadding + row * rowHeight + rowHeight / 2 + (named ? nameHeight : 0);
  // Up to the next bar of the row.
  const roomBehind = (bar: Bar) => {
    const from = xOfEdge(bar.from);
    const behind = lane.bars.filter((other) => other !== bar && other.row === bar.row).map((other) => xOfEdge(other.from));
    return Math.min(inner, ...behind.filter((x) => x > from));
  };
  return (
    <>
      {lane.bars.map((bar, i) => {
        const from = Math.max(-20, xOfEdge(bar.from));
        const to = Math.min(inner + 20, xOfEdge(bar.to));
        if (to < 0 || from > inner || to - from < 0.5) return null;
        const thin = bar.style === 'line';
        const height = thin ? 4 : 14;
        const y = middle(bar.row) - height / 2;
        const length = bar.label.length * 6.2;
        const labelled = !thin && bar.label && to - Math.max(0, from) > length + 26;
        const beside = !labelled && isFault(lane, bar) && roomBehind(bar) - to > length + 8;
        return (
          <g
            key={i}
            class={`bar ${bar.style} tone-${bar.tone}`}
            onPointerEnter={bar.event === undefined ? undefined : (event) => onHover({ events: [bar.event!], x: event.clientX, y: event.clientY })}
            onPointerLeave={() => onHover(undefined)}
          >
            <rect x={from} y={y} width={Math.max(2, to - from)} height={height} rx={thin ? 2 : 3} />
            {bar.style === 'hatched' && <rect class="hatching" x={from} y={y} width={to - from} height={height} rx="3" />}
            {labelled && (
              <text x={Math.max(0, from) + (bar.from === 'start' ? 30 : 18)} y={middle(bar.row) + 4}>
                {bar.label}
              </text>
            )}
            {beside && (
              <text x={Math.max(0, to) + 5} y={middle(bar.row) + 4}>
                {bar.label}
              </text>
            )}
          </g>
        );
      })}
      {clustersOf(lane.marks, xOfEvent, inner).map(({ x, marks }) => {
        const worst = worstOf(marks);
        const last = marks[marks.length - 1]!;
        const on = marks.some(({ event }) => event === cursor);
        const indices = marks.map(({ event }) => event);
        return (
          <g
            key={last.event}
            class={`mark tone-${worst.tone}${on ? ' on' : ''}`}
            transform={`translate(${x - markSize / 2} ${middle(worst.row) - markSize / 2}) scale(${markSize / 16})`}
            data-event={last.event}
            onClick={() => onMove(on ? next(indices, cursor) : last.event)}
            onPointerEnter={(event) => onHover({ events: indices, x: event.clientX, y: event.clientY })}
            onPointerLeave={() => onHover(undefined)}
          >
            <title>{`${events[last.event]!.k} ${events[last.event]!.x}`}</title>
            <ToneShape tone={worst.tone} />
            <GlyphPath glyph={worst.glyph} />
            {marks.length > 1 && (
              <text class="count" x="18" y="12">
                {marks.length}
              </text>
            )}
          </g>
        );
      })}
    </>
  );
}

/** Faults have rows without marks, so that a short one can have its name behind it. */
const isFault = (lane: Lane, bar: Bar) => lane.id === 'responder' && bar.row > 0;

/** Marks of one row that would cover each other stand as one. */
function clustersOf(marks: readonly Mark[], xOfEvent: (event: number) => number, inner: number) {
  const clusters: { x: number; marks: Mark[] }[] = [];
  const latest = new Map<number, { x: number; marks: Mark[] }>();
  for (const mark of marks) {
    const x = xOfEvent(mark.event);
    if (x < -markSize || x > inner + markSize) continue;
    const open = latest.get(mark.row);
    if (open && x - open.x < (open.marks.length > 1 ? markSize + countRoom : markSize + 1)) {
      open.marks.push(mark);
      continue;
    }
    const made = { x, marks: [mark] };
    latest.set(mark.row, made);
    clusters.push(made);
  }
  return clusters;
}

const gravity: Tone[] = ['quiet', 'info', 'none', 'good', 'unknown', 'warn', 'revoked', 'bad'];

function worstOf(marks: readonly Mark[]): Mark {
  return marks.reduce((worst, mark) => (gravity.indexOf(mark.tone) > gravity.indexOf(worst.tone) ? mark : worst));
}

const next = (indices: number[], cursor: number) => indices[(indices.indexOf(cursor) + 1) % indices.length]!;
