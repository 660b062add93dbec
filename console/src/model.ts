// What the stream has told so far, put together for the page. Grows message by message, so that it
// does not matter whether a run has ended, or still goes on.
import type { CaseBegan, CaseDetail, Happening, Harm, Message, RunBegan, RunEnded, ScenarioTold, Step, Verdict } from './stream.ts';

export interface Case {
  n: number;
  began: CaseBegan;
  scenario: ScenarioTold;
  verdict?: Verdict; // absent while it runs
  reason: string;
  harm?: Harm;
  simulated: number;
  wall: number;
}

export interface Detail {
  octets: string[];
  events: Happening[];
  steps: Step[];
}

export const isHarmful = (one: Case) => one.verdict === 'pass' && one.harm !== undefined;

export class Model {
  run: RunBegan | undefined;
  end: RunEnded | undefined;
  readonly scenarios = new Map<string, ScenarioTold>();
  readonly cases: Case[] = [];
  readonly byId = new Map<string, Case>();
  private readonly details = new Map<number, (CaseDetail | string)[]>();
  private readonly joined = new Map<number, { detail: Detail; parts: number }>();
  private readonly watchers = new Set<() => void>();

  /** Details may come as lines still to be parsed: most cases are never looked at. */
  apply(message: Message | { m: 'unparsed detail'; n: number; line: string }): void {
    switch (message.m) {
      case 'run':
        this.run = message;
        break;
      case 'scenario':
        this.scenarios.set(message.name, message);
        break;
      case 'case':
        this.begin(message);
        break;
      case 'detail':
        this.partsOf(message.n).push(message);
        break;
      case 'unparsed detail':
        this.partsOf(message.n).push(message.line);
        break;
      case 'verdict': {
        const of = this.cases[message.n];
        if (!of) break;
        of.verdict = message.verdict;
        of.reason = message.reason ?? '';
        if (message.harm) of.harm = message.harm;
        of.simulated = message.simulated_ms;
        of.wall = message.wall_ms;
        break;
      }
      case 'end':
        this.end = message;
        break;
    }
  }

  detailOf(n: number): Detail {
    const parts = this.partsOf(n);
    let known = this.joined.get(n);
    if (!known) this.joined.set(n, (known = { detail: { octets: [], events: [], steps: [] }, parts: 0 }));
    for (; known.parts < parts.length; ++known.parts) {
      const part = parts[known.parts]!;
      const told = typeof part === 'string' ? (JSON.parse(part) as CaseDetail) : part;
      known.detail.octets.push(...(told.octets ?? []));
      known.detail.events.push(...(told.events ?? []));
      known.detail.steps.push(...(told.steps ?? []));
    }
    return known.detail;
  }

  totals(): Record<Verdict, number> {
    const totals = { pass: 0, fail: 0, skip: 0, error: 0 };
    for (const one of this.cases) if (one.verdict) ++totals[one.verdict];
    return totals;
  }

  /** Cases that passed although clients suffered. */
  harmed(): number {
    return this.cases.filter(isHarmful).length;
  }

  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }
  /** After a batch of messages. */
  tell(): void {
    for (const watcher of this.watchers) watcher();
  }

  private begin(message: CaseBegan): void {
    const scenario = this.scenarios.get(message.scenario);
    if (!scenario) throw new Error(`case ${message.n} belongs to a scenario that was not told of`);
    const made: Case = { n: message.n, began: message, scenario, reason: '', simulated: 0, wall: 0 };
    this.cases[message.n] = made;
    this.byId.set(message.id, made);
  }
  private partsOf(n: number): (CaseDetail | string)[] {
    let parts = this.details.get(n);
    if (!parts) this.details.set(n, (parts = []));
    return parts;
  }
}
