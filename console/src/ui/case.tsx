// One case: what it is, what went wrong, its timeline, and the moment under the playhead.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { axisOf, lastEventOf, stepOfEvent, type AxisKind } from '../axis.ts';
import { leafOf, targetName } from '../matrix.ts';
import { isHarmful, type Case, type Detail, type Model } from '../model.ts';
import { momentAt } from '../moment.ts';
import type { Harm, Shortfall, Step, Story } from '../stream.ts';
import { momentText, offsetText, spanText } from '../time.ts';
import { Badge, VerdictGlyph } from './glyph.tsx';
import { Inspector } from './inspector.tsx';
import { isTyping, useKeys } from './keys.ts';
import { Timeline, type TimelineControls } from './timeline.tsx';
import { Transcript } from './transcript.tsx';

interface Props {
  model: Model;
  one: Case;
  onOpen: (one: Case) => void;
  onClose: () => void;
}

const playingPace = 700; // real milliseconds an event

export function CaseView({ model, one, onOpen, onClose }: Props) {
  const detail = model.detailOf(one.n);
  const { events, steps } = detail;
  const broken = steps.findIndex(({ verdict }) => verdict === 'fail' || verdict === 'error');
  const [cursor, setCursor] = useState(() => (broken >= 0 ? lastEventOf(steps, broken, events.length) : 0));
  const [kind, setKind] = useState<AxisKind>('steps');
  const [playing, setPlaying] = useState(false);
  const controls = useRef<TimelineControls>(null);
  const axis = useMemo(() => axisOf(kind, steps, events), [kind, one, events.length]);

  const move = (to: number) => setCursor(Math.min(events.length - 1, Math.max(0, to)));
  const showBroken = () => {
    if (broken < 0) return;
    move(lastEventOf(steps, broken, events.length));
    controls.current?.showStep(broken);
  };
  const moveStep = (by: number) => {
    const next = Math.min(steps.length - 1, Math.max(0, stepOfEvent(steps, cursor) + by));
    if (steps.length > 0) move(lastEventOf(steps, next, events.length));
  };
  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(() => setCursor((now) => Math.min(events.length - 1, now + 1)), playingPace);
    return () => clearInterval(timer);
  }, [playing, events.length]);
  const ended = cursor >= events.length - 1;
  useEffect(() => {
    if (ended) setPlaying(false);
  }, [ended]);
  const play = () => {
    if (!playing && ended) setCursor(0);
    setPlaying(!playing);
  };
  useKeys((event) => {
    if (isTyping(event)) return false;
    const onButton = event.target instanceof HTMLButtonElement || event.target instanceof HTMLAnchorElement;
    switch (event.key) {
      case 'ArrowLeft':
      case 'ArrowRight': {
        const by = event.key === 'ArrowLeft' ? -1 : 1;
        if (event.shiftKey) moveStep(by);
        else move(cursor + by);
        return true;
      }
      case 'Home':
        move(0);
        return true;
      case 'End':
        move(events.length - 1);
        return true;
      case ' ':
        if (onButton) return false;
        play();
        return true;
      case 'f':
        showBroken();
        return true;
      case 't':
        setKind(kind === 'steps' ? 'clock' : 'steps');
        return true;
      case '+':
      case '=':
        controls.current?.zoomBy(1.6);
        return true;
      case '-':
        controls.current?.zoomBy(1 / 1.6);
        return true;
      case '0':
        controls.current?.fit();
        return true;
      default:
        return false;
    }
  });

  const { story } = one.scenario;
  return (
    <article class="case" aria-label={one.began.id}>
      <CaseHead model={model} one={one} onOpen={onOpen} onClose={onClose} />
      {one.verdict !== 'pass' && one.verdict && (
        <Trouble one={one} step={steps[broken]} onShow={broken >= 0 ? showBroken : undefined} />
      )}
      {one.harm && (
        <Suffering harm={one.harm} onShow={() => move(events.findIndex(({ t, e }) => e === 'handshake' && t >= one.harm!.first))} />
      )}
      {events.length === 0 ? (
        <p class="nothing">Nothing happened in this case.</p>
      ) : (
        <>
          <div class={story ? 'stage with-story' : 'stage'}>
            <section class="timeline-box" aria-label="Timeline">
              <div class="timeline-tools">
                <button type="button" onClick={play} aria-label={playing ? 'stop' : 'play the story'}>
                  <svg viewBox="0 0 16 16" aria-hidden="true">
                    <path class="fill" d={playing ? 'M4.5 3.5H7V12.5H4.5ZM9 3.5H11.5V12.5H9Z' : 'M4.5 2.8 13 8 4.5 13.2Z'} />
                  </svg>
                </button>
                <button type="button" aria-label="previous event" onClick={() => move(cursor - 1)} disabled={cursor === 0}>
                  <Chevron d="M10 3.5 5.5 8 10 12.5" />
                </button>
                <button type="button" aria-label="next event" onClick={() => move(cursor + 1)} disabled={ended}>
                  <Chevron d="M6 3.5 10.5 8 6 12.5" />
                </button>
                <span class="when">
                  {kind === 'clock'
                    ? momentText(Date.parse(one.scenario.start) + (events[cursor]?.t ?? 0))
                    : offsetText(events[cursor]?.t ?? 0)}{' '}
                  <small>event {cursor + 1} of {events.length}</small>
                </span>
                <span class="gap" />
                {broken >= 0 && (
                  <button type="button" class="alarm" onClick={showBroken}>
                    failing step <kbd>f</kbd>
                  </button>
                )}
                <div class="choice" role="group" aria-label="Axis">
                  <button type="button" aria-pressed={kind === 'steps'} onClick={() => setKind('steps')}>
                    by steps
                  </button>
                  <button type="button" aria-pressed={kind === 'clock'} onClick={() => setKind('clock')}>
                    by clock
                  </button>
                </div>
                <button type="button" aria-label="zoom out" onClick={() => controls.current?.zoomBy(1 / 1.6)}>
                  <Chevron d="M3.5 8H12.5" />
                </button>
                <button type="button" aria-label="zoom in" onClick={() => controls.current?.zoomBy(1.6)}>
                  <Chevron d="M3.5 8H12.5M8 3.5V12.5" />
                </button>
                <button type="button" onClick={() => controls.current?.fit()}>
                  all
                </button>
              </div>
              <Timeline
                one={one}
                detail={detail}
                axis={axis}
                cursor={cursor}
                broken={broken}
                onMove={move}
                controls={controls}
              />
              <Moment detail={detail} cursor={cursor} tells={isOurs(one)} />
            </section>
            {story && <StoryView story={story} />}
          </div>
          <div class="below">
            <Transcript detail={detail} cursor={cursor} onMove={move} />
            <Inspector one={one} detail={detail} cursor={cursor} />
          </div>
        </>
      )}
    </article>
  );
}

function Chevron({ d }: { d: string }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <path d={d} />
    </svg>
  );
}

const verdictWords = { pass: 'passed', fail: 'failed', skip: 'skipped', error: 'could not run' };

const isOurs = ({ began }: Pick<Case, 'began'>) => began.target.startsWith('builtin:');

const quoted = (text: string) => (/^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** Runs this case again, in the folder that the run was started in. */
function commandFor({ began, scenario }: Case, seed: number | null): string {
  const words = ['staplelab run', quoted(scenario.file)];
  words.push(isOurs({ began }) ? `--profile ${quoted(began.profile)}` : `--target ${quoted(began.target)}`);
  if (seed !== null) words.push(`--seed ${seed}`);
  // The file run alone, a scenario has no folder in its name.
  return [...words, `--filter '${leafOf(began.id)}' -v`].join(' ');
}

function CaseHead({ model, one, onOpen, onClose }: Props) {
  const { began, scenario, verdict } = one;
  const siblings = model.cases.filter((other) => other.scenario === scenario);
  const command = commandFor(one, model.run?.seed ?? null);
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(command);
      setCopied(true);
    } catch {
      prompt('The command that runs this case again:', command);
    }
  };
  return (
    <header class="case-head">
      <div class="case-title">
        <span class={`verdict verdict-${isHarmful(one) ? 'harm' : (verdict ?? 'running')}`}>
          <VerdictGlyph verdict={verdict} harmful={isHarmful(one)} />
          {verdict ? verdictWords[verdict] : 'runs'}
        </span>
        <h2>{scenario.title}</h2>
        <label class="sibling">
          the same story{' '}
          <select
            value={began.id}
            onChange={(event) => {
              const next = model.byId.get(event.currentTarget.value);
              if (next) onOpen(next);
            }}
          >
            {siblings.map((other) => (
              <option key={other.n} value={other.began.id}>
                {isHarmful(other) ? '▲' : marks[other.verdict ?? 'skip']} {other.began.mode}, {other.began.must_staple ? 'must-staple' : 'plain'}, {targetName(other.began.target)}
              </option>
            ))}
          </select>
        </label>
        <button type="button" onClick={copy} title={command}>
          {copied ? 'copied' : 'copy command'}
        </button>
        <button type="button" class="close" onClick={onClose} aria-label="close the case">
          <Chevron d="M4 4 12 12M12 4 4 12" />
        </button>
      </div>
      <p class="about">{scenario.about}</p>
      <div class="case-facts">
        <code>{scenario.file}</code>
        <span>
          mode <b>{began.mode}</b>
        </span>
        <span>
          <b>{began.must_staple ? 'must-staple' : 'plain'}</b> certificate
        </span>
        <span>
          class <b>{began.class}</b>
        </span>
        <span>
          target <b>{targetName(began.target)}</b>
        </span>
        <span>{spanText(one.simulated)} in {one.wall} ms</span>
        {scenario.tags.map((tag) => (
          <span key={tag} class="tag">
            {tag}
          </span>
        ))}
      </div>
    </header>
  );
}

const marks = { pass: '✓', fail: '✗', skip: '○', error: '!' };

function Trouble({ one, step, onShow }: { one: Case; step: Step | undefined; onShow: (() => void) | undefined }) {
  const where = step && `${one.scenario.file}:${step.line}`;
  return (
    <section class={`trouble verdict-${one.verdict}`} aria-label="What went wrong">
      {step ? (
        <p class="trouble-where">
          <button type="button" class="link" onClick={onShow}>
            {step.kind}
            {step.detail ? ` ${step.detail}` : ''} at {offsetText(step.at)}
          </button>{' '}
          <code>{where}</code>
        </p>
      ) : null}
      {step?.missing?.length ? step.missing.map((one) => <Missing key={one.field} {...one} />) : <p>{one.reason}</p>}
    </section>
  );
}

function Suffering({ harm, onShow }: { harm: Harm; onShow: () => void }) {
  return (
    <section class="trouble verdict-harm" aria-label="What clients suffered">
      <p>
        <button type="button" class="link" onClick={onShow}>
          {capital(harm.heading)}
        </button>
        : <b>{harm.text}</b>; {harm.span}.
      </p>
      {harm.why && (
        <p class="why">
          <small>what is wrong with it</small> {sentence(harm.why)}
        </p>
      )}
    </section>
  );
}

function Missing({ field, expected, observed, why }: Shortfall) {
  return (
    <div class="missing">
      <span class="about-what">{field}</span>
      <span class="expected">
        <small>expected</small> {expected}
      </span>
      <span class="observed">
        <small>observed</small> {observed}
      </span>
      {why && (
        <p class="why">
          <small>why it matters</small> {sentence(why)}
        </p>
      )}
    </div>
  );
}

const capital = (text: string) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
const sentence = (text: string) => `${capital(text)}.`;

function Moment({ detail, cursor, tells }: { detail: Detail; cursor: number; tells: boolean }) {
  return (
    <dl class="moment" aria-label="How things stand">
      {momentAt(detail.events, cursor, tells).map((one) => (
        <div key={one.who}>
          <dt>{one.who}</dt>
          <dd>
            <Badge tone={one.tone} glyph={one.glyph} />
            <b>{one.word}</b>
            <span>{one.more}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function StoryView({ story }: { story: Story }) {
  return (
    <aside class="story" aria-label="The incident">
      {story.date && <p class="date">{story.date}</p>}
      {story.happened && (
        <>
          <h3>What happened</h3>
          <p>{story.happened}</p>
        </>
      )}
      {story.discriminates && (
        <>
          <h3>What it tells apart</h3>
          <p>{sentence(story.discriminates)}</p>
        </>
      )}
      {story.good_server && (
        <>
          <h3>What a good server does</h3>
          <p>{story.good_server}</p>
        </>
      )}
      {story.sources && story.sources.length > 0 && (
        <>
          <h3>Sources</h3>
          <ul>
            {story.sources.map((source) => (
              <li key={source}>{/^https?:\/\//.test(source) ? <a href={source} rel="noreferrer">{source}</a> : source}</li>
            ))}
          </ul>
        </>
      )}
    </aside>
  );
}
