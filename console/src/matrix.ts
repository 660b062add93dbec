// The cases as a table: scenarios down, modes and kinds of certificate across.
import { modes } from './filter.ts';
import type { Case } from './model.ts';
import type { Mode, ScenarioTold } from './stream.ts';

export interface Column {
  mode: Mode;
  mustStaple: boolean;
}
export interface Row {
  scenario: ScenarioTold;
  cells: Case[][]; // by column; several where there are several targets
}
export interface Group {
  name: string; // the folder
  rows: Row[];
}
export interface Matrix {
  columns: Column[];
  targets: string[];
  groups: Group[];
}

export function matrixOf(cases: readonly Case[]): Matrix {
  const columns: Column[] = [];
  for (const mode of modes) {
    for (const mustStaple of [false, true]) {
      if (cases.some(({ began }) => began.mode === mode && began.must_staple === mustStaple))
        columns.push({ mode, mustStaple });
    }
  }
  const targets = [...new Set(cases.map(({ began }) => began.target))];
  const groups = new Map<string, Group>();
  const rows = new Map<string, Row>();
  for (const one of cases) {
    const { scenario } = one;
    let row = rows.get(scenario.name);
    if (!row) {
      row = { scenario, cells: columns.map(() => []) };
      rows.set(scenario.name, row);
      const name = folderOf(scenario.name);
      if (!groups.has(name)) groups.set(name, { name, rows: [] });
      groups.get(name)!.rows.push(row);
    }
    const column = columns.findIndex(
      ({ mode, mustStaple }) => mode === one.began.mode && mustStaple === one.began.must_staple,
    );
    row.cells[column]!.push(one);
  }
  for (const row of rows.values())
    for (const cell of row.cells) cell.sort((a, b) => targets.indexOf(a.began.target) - targets.indexOf(b.began.target));
  return { columns, targets, groups: [...groups.values()] };
}

export function folderOf(scenario: string): string {
  const slash = scenario.lastIndexOf('/');
  return slash < 0 ? '' : scenario.slice(0, slash);
}
export function leafOf(scenario: string): string {
  return scenario.slice(scenario.lastIndexOf('/') + 1);
}
/** "resilient" of "builtin:resilient". */
export function targetName(target: string): string {
  return target.replace(/^builtin:/, '');
}
