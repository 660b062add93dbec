import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { feed, thaw } from '../src/frozen.ts';
import { matrixOf } from '../src/matrix.ts';
import { Model } from '../src/model.ts';
import { outage, outageSteps, run } from './events.ts';

const lines = run.map((message) => JSON.stringify(message)).join('\n') + '\n';

describe('a model', () => {
  it('is the same whether it was told live or thawed', async () => {
    const live = new Model();
    run.forEach((message) => live.apply(message));
    const thawed = new Model();
    feed(thawed, await thaw(gzipSync(lines).toString('base64')));
    expect(thawed.cases).toEqual(live.cases);
    expect(thawed.detailOf(0)).toEqual(live.detailOf(0));
    expect(live.detailOf(0)).toEqual({ octets: ['MAMKAQM='], events: outage, steps: outageSteps });
  });

  it('grows while a case runs', () => {
    const model = new Model();
    run.slice(0, 4).forEach((message) => model.apply(message));
    expect(model.detailOf(0).events).toHaveLength(8);
    expect(model.cases[0]?.verdict).toBeUndefined();
    run.slice(4).forEach((message) => model.apply(message));
    expect(model.detailOf(0).events).toHaveLength(outage.length);
    expect(model.totals()).toEqual({ pass: 1, fail: 1, skip: 0, error: 0 });
  });

  it('tells its watchers, until they leave', () => {
    const model = new Model();
    let told = 0;
    const leave = model.watch(() => ++told);
    feed(model, lines);
    leave();
    model.tell();
    expect(told).toBe(1);
  });

  it('counts what passed although clients suffered', () => {
    const harm = { heading: 'bad for clients', text: '3 handshakes failed', span: '', first: 0, last: 5 };
    const model = new Model();
    run.forEach((message) => model.apply(message.m === 'verdict' ? { ...message, harm } : message));
    expect(model.totals()).toMatchObject({ pass: 1, fail: 1 });
    expect(model.cases.map(({ harm }) => harm?.text)).toEqual(['3 handshakes failed', '3 handshakes failed', undefined]);
    expect(model.harmed()).toBe(1);
  });

  it('refuses a case of a scenario it was not told of', () => {
    expect(() => new Model().apply(run[2]!)).toThrow('scenario');
  });
});

describe('a matrix', () => {
  it('has a column for each mode and kind there is, and a row for each scenario', () => {
    const model = new Model();
    feed(model, lines);
    const matrix = matrixOf(model.cases);
    expect(matrix.columns).toEqual([
      { mode: 'auto', mustStaple: true }, { mode: 'must', mustStaple: false }, { mode: 'must', mustStaple: true },
    ]);
    expect(matrix.targets).toEqual(['builtin:resilient']);
    expect(matrix.groups.map(({ name, rows }) => [name, rows.length])).toEqual([['outage', 1]]);
    expect(matrix.groups[0]?.rows[0]?.cells.map((cell) => cell.map(({ n }) => n))).toEqual([[0], [1], [2]]);
  });
});
