// Which cases are shown. A filter lives in the address behind '#', so that a view can be sent around.
import type { Case } from './model.ts';
import type { Mode, Verdict } from './stream.ts';

export interface Filter {
  text: string;
  verdicts: Verdict[]; // empty lists: any
  modes: Mode[];
  tags: string[];
}

export const anything: Filter = { text: '', verdicts: [], modes: [], tags: [] };
export const verdicts: Verdict[] = ['fail', 'error', 'skip', 'pass'];
export const modes: Mode[] = ['auto', 'must', 'always', 'never'];

export function isAnything(filter: Filter): boolean {
  return filter.text.trim() === '' && !filter.verdicts.length && !filter.modes.length && !filter.tags.length;
}

/** Every word must stand somewhere in the case's names, words or reason. */
export function shows(filter: Filter, one: Case): boolean {
  if (filter.verdicts.length && !(one.verdict && filter.verdicts.includes(one.verdict))) return false;
  if (filter.modes.length && !filter.modes.includes(one.began.mode)) return false;
  if (filter.tags.length && !filter.tags.some((tag) => one.scenario.tags.includes(tag))) return false;
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const among = haystackOf(one);
  return words.every((word) => among.includes(word));
}

const haystacks = new WeakMap<Case, { reason: string; text: string }>();

function haystackOf(one: Case): string {
  const known = haystacks.get(one);
  if (known && known.reason === one.reason) return known.text;
  const { began, scenario } = one;
  const kind = began.must_staple ? 'must-staple' : 'plain';
  const text = [
    began.id, scenario.title, scenario.about, scenario.tags.join(' '), kind, began.class, one.reason,
  ].join('\n').toLowerCase();
  haystacks.set(one, { reason: one.reason, text });
  return text;
}

export interface Place {
  filter: Filter;
  open: string; // id of the case; empty: none
}

/** "#case=…&q=…&verdict=fail,error". What is not understood is left out. */
export function readPlace(hash: string): Place {
  const told = new URLSearchParams(hash.replace(/^#/, ''));
  const list = (key: string) => (told.get(key) ?? '').split(',').filter(Boolean);
  return {
    open: told.get('case') ?? '',
    filter: {
      text: told.get('q') ?? '',
      verdicts: verdicts.filter((one) => list('verdict').includes(one)),
      modes: modes.filter((one) => list('mode').includes(one)),
      tags: list('tag'),
    },
  };
}

export function writePlace({ filter, open }: Place): string {
  const told = new URLSearchParams();
  if (open) told.set('case', open);
  if (filter.text.trim()) told.set('q', filter.text.trim());
  if (filter.verdicts.length) told.set('verdict', filter.verdicts.join(','));
  if (filter.modes.length) told.set('mode', filter.modes.join(','));
  if (filter.tags.length) told.set('tag', filter.tags.join(','));
  const text = told.toString();
  return text ? `#${text}` : '';
}
