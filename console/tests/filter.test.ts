import { describe, expect, it } from 'vitest';
import { anything, readPlace, shows, writePlace, type Filter } from '../src/filter.ts';
import { Model } from '../src/model.ts';
import { run } from './events.ts';

function model(): Model {
  const made = new Model();
  run.forEach((message) => made.apply(message));
  return made;
}
const shown = (change: Partial<Filter>) =>
  model().cases.filter((one) => shows({ ...anything, ...change }, one)).map(({ n }) => n);

describe('a filter', () => {
  it.each<[string, Partial<Filter>, number[]]>([
    ['nothing shows all', {}, [0, 1, 2]],
    ['verdict', { verdicts: ['fail'] }, [0]],
    ['several verdicts', { verdicts: ['fail', 'pass'] }, [0, 1]],
    ['mode', { modes: ['must'] }, [1, 2]],
    ['tag', { tags: ['outage'] }, [0, 1, 2]],
    ['another tag', { tags: ['expiry'] }, []],
    ['a word of the title, in any case', { text: 'LONG' }, [0, 1, 2]],
    ['a word of the reason', { text: 'seen' }, [0]],
    ['every word counts', { text: 'must plain' }, [1]],
    ['words that stand nowhere', { text: 'outage volcano' }, []],
    ['all at once', { text: 'outage', modes: ['must'], verdicts: ['pass'] }, [1]],
  ])('by %s', (_, change, expected) => expect(shown(change)).toEqual(expected));
});

describe('a place', () => {
  it('survives the address', () => {
    const place = {
      open: 'outage/long::must::plain::builtin:resilient',
      filter: { text: 'a & b = "c" #', verdicts: ['fail' as const], modes: ['must' as const, 'never' as const], tags: ['x,y'.slice(0, 1)] },
    };
    expect(readPlace(writePlace(place))).toEqual(place);
  });
  it('without anything in it is no hash at all', () => expect(writePlace({ open: '', filter: anything })).toBe(''));
  it('leaves out what it does not understand', () => {
    expect(readPlace('#verdict=great,fail&mode=maybe&color=red').filter).toEqual({ ...anything, verdicts: ['fail'] });
  });
});
