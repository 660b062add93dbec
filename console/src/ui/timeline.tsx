// The lanes of a case, drawn. Ctrl and wheel zooms, dragging moves, the strip of times scrubs.
import { scaleLinear } from 'd3-scale';
import { select } from 'd3-selection';
import { zoom, zoomIdentity, type ZoomBehavior, type ZoomTransform } from 'd3-zoom';
import type { MutableRef } from 'preact/hooks';
import { useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { nearestEvent, stepOfEvent, type Axis } from '../axis.ts';
import { lanesOf, type Edge } from '../lanes.ts';
import type { Case, Detail } from '../model.ts';
import { momentText, offsetText, roundTicks, tickText } from '../time.ts';
import { LaneView, laneHeight } from './lane_view.tsx';
import { StepsLane } from './steps_lane.tsx';
import { Tooltip, type Hovered } from './tooltip.tsx';

export interface TimelineControls {
  zoomBy(factor: number): void;
  fit(): void;
  showStep(step: number): void;
}

interface Props {
  one: Case;
  detail: Detail;
  axis: Axis;
  cursor: number;
  broken: number;
  onMove: (event: number) => void;
  controls: MutableRef<TimelineControls | null>;
}

const axisHeight = 38;
const stepsHeight = 28;
const closest = 400; // zoom
const legible = 12; // pixels of a step that can be made out
const pointedOut = 44; // and of one that could not

export function Timeline({ one, detail, axis, cursor, broken, onMove, controls }: Props) {
  const { events, steps } = detail;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<SVGGElement>(null);
  const width = useWidth(box);
  const gutter = width < 560 ? 0 : 92;
  const inner = Math.max(50, width - gutter - 1);
  const [transform, setTransform] = useState<ZoomTransform>(zoomIdentity);
  const [hovered, setHovered] = useState<Hovered>();
  const lanes = useMemo(() => lanesOf(events), [events, events.length]);
  const zooming = useZoom(plot, inner, setTransform);

  const scale = transform.rescaleX(scaleLinear([0, axis.width], [0, inner]));
  const xOfEvent = (index: number) => scale(axis.ofEvent(index));
  const xOfEdge = (edge: Edge): number => {
    if (edge === 'start') return scale(0);
    if (edge === 'end') return scale(axis.width);
    return scale('event' in edge ? axis.ofEvent(edge.event) : axis.ofTime(edge.t));
  };

  const onPlot = (act: (zoomer: ZoomBehavior<SVGGElement, unknown>, on: ReturnType<typeof select<SVGGElement, unknown>>) => void) => {
    if (plot.current && zooming.current) act(zooming.current, select<SVGGElement, unknown>(plot.current));
  };
  const centre = (x: number) => onPlot((zoomer, on) => zoomer.translateTo(on, scaleLinear([0, axis.width], [0, inner])(x), 0));
  const showStep = (index: number) => {
    const segment = axis.segments.find(({ step }) => step === index);
    if (!segment) return;
    const pixels = ((segment.x1 - segment.x0) / axis.width) * inner;
    if (pixels >= legible) return;
    onPlot((zoomer, on) => zoomer.scaleTo(on, Math.min(60, pointedOut / Math.max(pixels, 0.01))));
    centre((segment.x0 + segment.x1) / 2);
  };
  useImperativeHandle(controls, () => ({
    zoomBy: (factor) => onPlot((zoomer, on) => zoomer.scaleBy(on, factor, [xOfEvent(cursor), 0])),
    fit: () => onPlot((zoomer, on) => zoomer.transform(on, zoomIdentity)),
    showStep,
  }));
  // At first, and on the other axis, the failing step is in view; so is the playhead wherever it goes.
  const drawn = width > 0;
  useEffect(() => {
    onPlot((zoomer, on) => zoomer.transform(on, zoomIdentity));
    if (broken >= 0) showStep(broken);
  }, [axis, drawn]);
  useEffect(() => {
    const x = xOfEvent(cursor);
    if (x < 0 || x > inner) centre(axis.ofEvent(cursor));
  }, [cursor]);

  let y = axisHeight + stepsHeight + 4;
  const placed = lanes.map((lane) => {
    const top = y;
    y += laneHeight(lane, gutter === 0);
    return { lane, top };
  });
  const height = y + 2;
  const moveTo = (clientX: number) => {
    const left = box.current!.getBoundingClientRect().left + gutter;
    const nearest = nearestEvent(axis, events.length, scale.invert(clientX - left));
    if (nearest >= 0) onMove(nearest);
  };
  const playhead = xOfEvent(cursor);
  const current = stepOfEvent(steps, cursor);
  const start = Date.parse(one.scenario.start);
  const at = events[cursor]?.t ?? 0;
  // By clock midnight is midnight; by steps what counts is how long it took.
  const time = axis.kind === 'clock' ? momentText(start + at) : offsetText(at);
  const segmentBand = (index: number, kind: string) => {
    const segment = axis.segments.find(({ step }) => step === index);
    if (!segment) return null;
    const x0 = scale(segment.x0);
    return <rect class={kind} x={x0} y={axisHeight} width={Math.max(2, scale(segment.x1) - x0)} height={height - axisHeight} />;
  };

  return (
    <div class="timeline" ref={box} onPointerLeave={() => setHovered(undefined)}>
      {width > 0 && (
        <svg width={width} height={height} role="group" aria-label={`Timeline of ${one.began.id}`}>
          <defs>
            <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect width="2.5" height="6" />
            </pattern>
            <clipPath id="plot-area">
              <rect x="0" y="0" width={inner} height={height} />
            </clipPath>
          </defs>
          {gutter > 0 && (
            <text class="lane-label" x={gutter - 12} y={axisHeight + stepsHeight / 2 + 4} text-anchor="end">
              Steps
            </text>
          )}
          {placed.map(({ lane, top }) => (
            <g key={lane.id}>
              <line class="lane-line" x1={0} x2={width} y1={top} y2={top} />
              {gutter > 0 && (
                <text class="lane-label" x={gutter - 12} y={top + laneHeight(lane, false) / 2 + 4} text-anchor="end">
                  {lane.label}
                </text>
              )}
            </g>
          ))}
          <g transform={`translate(${gutter} 0)`} clip-path="url(#plot-area)">
            <g ref={plot} class="plot">
              <rect
                class="backdrop"
                y={axisHeight}
                width={inner}
                height={height - axisHeight}
                onClick={(event) => moveTo(event.clientX)}
              />
              {current !== broken && segmentBand(current, 'band current')}
              {broken >= 0 && segmentBand(broken, 'band broken')}
              {axis.segments.map((segment, i) => (
                <line key={i} class="step-line" x1={scale(segment.x0)} x2={scale(segment.x0)} y1={axisHeight} y2={height} />
              ))}
              <StepsLane steps={steps} axis={axis} scale={scale} y={axisHeight + 2} height={stepsHeight - 4} current={current} width={inner}
                onHover={setHovered} onMove={onMove} count={events.length} />
              {placed.map(({ lane, top }) => (
                <g key={lane.id} transform={`translate(0 ${top})`}>
                  {gutter === 0 && (
                    <text class="lane-label over" x="4" y="11">
                      {lane.label}
                    </text>
                  )}
                  <LaneView
                    lane={lane}
                    events={events}
                    inner={inner}
                    xOfEdge={xOfEdge}
                    xOfEvent={xOfEvent}
                    cursor={cursor}
                    named={gutter === 0}
                    onHover={setHovered}
                    onMove={onMove}
                  />
                </g>
              ))}
            </g>
            <Times axis={axis} scale={scale} inner={inner} start={start} />
            <Scrubber
              x={playhead}
              height={height}
              inner={inner}
              cursor={cursor}
              count={events.length}
              text={`${time}: ${events[cursor]?.k} ${events[cursor]?.x}`}
              time={time}
              onScrub={moveTo}
            />
          </g>
        </svg>
      )}
      {hovered && <Tooltip hovered={hovered} detail={detail} start={start} within={box} />}
    </div>
  );
}

function useWidth(box: MutableRef<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const measure = () => setWidth(Math.floor(box.current!.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  return width;
}

function useZoom(plot: MutableRef<SVGGElement | null>, inner: number, onZoom: (transform: ZoomTransform) => void) {
  const behavior = useRef<ZoomBehavior<SVGGElement, unknown> | null>(null);
  useLayoutEffect(() => {
    if (!plot.current) return;
    behavior.current ??= zoom<SVGGElement, unknown>()
      .scaleExtent([1, closest])
      // A plain wheel scrolls the page.
      .filter((event: WheelEvent & MouseEvent) => (event.type === 'wheel' ? event.ctrlKey || event.metaKey : !event.button))
      .on('zoom', (event: { transform: ZoomTransform }) => onZoom(event.transform));
    behavior.current.extent([[0, 0], [inner, 100]]).translateExtent([[0, -Infinity], [inner, Infinity]]);
    select(plot.current).call(behavior.current).on('dblclick.zoom', null);
  }, [inner]);
  return behavior;
}

type Scale = ReturnType<typeof scaleLinear<number, number>>;

function Times({ axis, scale, inner, start }: { axis: Axis; scale: Scale; inner: number; start: number }) {
  const room = 74;
  const ticks: { x: number; t: number }[] = [];
  if (axis.kind === 'clock') {
    const from = axis.timeAt(scale.invert(0));
    const to = axis.timeAt(scale.invert(inner));
    for (const at of roundTicks(start + from, start + to, Math.max(2, Math.floor(inner / room))))
      ticks.push({ x: scale(axis.ofTime(at - start)), t: at - start });
  } else {
    let last = -Infinity;
    let told = NaN;
    for (const { t0, t1, x0, x1 } of axis.segments) {
      for (const [t, x] of [[t0, scale(x0)], [t1, scale(x1)]] as const) {
        if (t === told || x < -room || x > inner || x - last < room) continue;
        ticks.push({ x, t });
        last = x;
        told = t;
      }
    }
  }
  return (
    <g class="times" aria-hidden="true">
      {ticks.map(({ x, t }) => (
        <g key={`${x}`} transform={`translate(${x} 0)`}>
          <line y1={axisHeight - 15} y2={axisHeight} />
          <text x={x > inner - room / 2 ? -4 : 4} y={axisHeight - 7} text-anchor={x > inner - room / 2 ? 'end' : 'start'}>
            {axis.kind === 'clock' ? tickText(start + t) : offsetText(t, 2)}
          </text>
        </g>
      ))}
    </g>
  );
}

interface ScrubberProps {
  x: number;
  height: number;
  inner: number;
  cursor: number;
  count: number;
  text: string;
  time: string;
  onScrub: (clientX: number) => void;
}

function Scrubber({ x, height, inner, cursor, count, text, time, onScrub }: ScrubberProps) {
  const held = useRef(false);
  const label = 12 + 7.4 * time.length;
  const left = Math.min(inner - label, Math.max(0, x - label / 2));
  return (
    <g class="scrubber">
      <rect
        class="strip"
        width={inner}
        height={axisHeight}
        onPointerDown={(event) => {
          held.current = true;
          event.currentTarget.setPointerCapture(event.pointerId);
          onScrub(event.clientX);
        }}
        onPointerMove={(event) => held.current && onScrub(event.clientX)}
        onPointerUp={() => (held.current = false)}
      />
      <line class="playhead" x1={x} x2={x} y1={18} y2={height} />
      <g
        class="handle"
        transform={`translate(${left} 0)`}
        role="slider"
        tabIndex={0}
        aria-label="Moment"
        aria-valuemin={1}
        aria-valuemax={count}
        aria-valuenow={cursor + 1}
        aria-valuetext={text}
      >
        <rect width={label} height="18" rx="4" />
        <text x={label / 2} y="13" text-anchor="middle">
          {time}
        </text>
      </g>
    </g>
  );
}
