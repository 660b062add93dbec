// What the page is told, as a stream of messages. A report is such a stream frozen into the page, one
// JSON object a line; a running lab sends the same messages as things happen. Written by
// scenarios/report_html.cpp; nothing else tells the page anything.
//
// Times of a case are whole milliseconds since its scenario began, on the world's clock.

export type Verdict = 'pass' | 'fail' | 'skip' | 'error';
export type Mode = 'auto' | 'must' | 'always' | 'never';

/** First of all. */
export interface RunBegan {
  m: 'run';
  tool: string;
  version: string;
  seed: number | null; // null: each scenario's own
  started: string; // RFC 3339, wall time
}

/** An incident's history, for scenarios that retell one. */
export interface Story {
  date?: string;
  happened?: string;
  sources?: string[];
  discriminates?: string; // which behaviour of servers it tells apart
  good_server?: string; // what a good server does
}

/** Before the first case of it. */
export interface ScenarioTold {
  m: 'scenario';
  name: string; // "revocation/turns-revoked"
  file: string;
  title: string;
  about: string;
  tags: string[];
  start: string; // RFC 3339, simulated
  story?: Story;
}

/** `n` numbers the cases of a run from 0; later messages name a case by it. */
export interface CaseBegan {
  m: 'case';
  n: number;
  id: string;
  scenario: string;
  mode: Mode;
  must_staple: boolean;
  profile: string;
  target: string; // "builtin:resilient"
  class: 'off' | 'staple' | 'enforce';
}

/** Any number of times; the lists go on where the last one ended. */
export interface CaseDetail {
  m: 'detail';
  n: number;
  octets?: string[]; // DER in base64, each once; events point here by index
  events?: Happening[];
  steps?: Step[];
}

export interface CaseEnded {
  m: 'verdict';
  n: number;
  verdict: Verdict;
  reason?: string; // one line, of all but pass
  harm?: Harm; // whatever the verdict
  simulated_ms: number;
  wall_ms: number;
}

/** What clients suffered: they were turned away, or got what they cannot accept. */
export interface Harm {
  heading: string; // "as known for nats, and bad for clients"
  text: string; // "3 handshakes with unauthorized_signer, 2017-10-15 00:02 to 09:30"
  span: string; // "all was well again at 2017-10-15 10:00"
  why?: string; // what was wrong with the first staple
  first: number;
  last: number;
}

/** Last of all. */
export interface RunEnded {
  m: 'end';
  duration_ms: number; // wall time
  simulated_ms: number;
}

export type Message = RunBegan | ScenarioTold | CaseBegan | CaseDetail | CaseEnded | RunEnded;

export interface Shortfall {
  field: string;
  expected: string;
  observed: string;
  why?: string; // why it matters, one sentence
}

/** Told when it was judged. `first` is the index of the first event it caused. */
export interface Step {
  at: number;
  ended: number;
  kind: string; // the action's key in the file, "handshake"
  detail?: string;
  verdict?: Verdict; // absent: pass
  expected?: string;
  observed?: string;
  line: number; // in the scenario's file
  first: number;
  missing?: Shortfall[];
}

/** What a client, a responder or the endpoint says of a status: the names of `probe --json`. */
export type StatusWord = string;

interface Told {
  t: number;
  k: string; // kind in words, "fetch"
  x: string; // the rest of its line in the transcript
  c?: string; // the certificate concerned
}
interface Dated {
  this_update?: number;
  next_update?: number;
  der?: number; // index into octets
}

export type Happening = Told &
  (
    | { e: 'ca'; act: 'issued' | 'revoked' | 'held' | 'released' | 'published' }
    | { e: 'fault'; name: string; set: boolean; id: string; from?: number; until?: number }
    | { e: 'settings' }
    | ({ e: 'handshake'; v: StatusWord; asked: boolean; tls?: string; alert?: string; ms: number } & Dated)
    | ({ e: 'query'; v: StatusWord; method: string } & Dated)
    | { e: 'process'; how: 'stopped' | 'killed'; exit: number }
    | { e: 'store'; found: boolean }
    | { e: 'clock'; from: number }
    | { e: 'skew'; who: string; by: number }
    | { e: 'mark' }
    | { e: 'note' }
    | ({ e: 'answer'; v: StatusWord; method: string; http?: number; fault?: string; rule?: string } & Dated)
    | { e: 'listening'; up: boolean }
    | { e: 'signer' }
    | { e: 'fetch'; url: string; method: string }
    | { e: 'fetched'; url: string; method: string; ok: boolean; v?: StatusWord }
    | ({ e: 'staple'; v: StatusWord; disk: boolean } & Dated)
    | ({ e: 'dropped'; v?: StatusWord } & Dated) // the staple; v: of what is sent instead
    | { e: 'warning' }
    | { e: 'started' }
    | { e: 'refused'; exit: number }
    | { e: 'shut_down'; exit: number }
    | { e: 'reloaded' }
    | { e: 'reload_failed'; bare: boolean }
  );

export type HappeningOf<E extends Happening['e']> = Extract<Happening, { e: E }>;
