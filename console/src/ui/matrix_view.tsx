// Scenarios down, modes across; a case is a link to itself.
import { useEffect, useRef } from 'preact/hooks';
import { anything, writePlace } from '../filter.ts';
import { leafOf, targetName, type Column, type Matrix, type Row } from '../matrix.ts';
import { isHarmful, type Case } from '../model.ts';
import { VerdictGlyph } from './glyph.tsx';
import { memo } from './memo.ts';

interface Props {
  matrix: Matrix;
  shown: ReadonlySet<Case>;
  all: boolean;
  open: Case | undefined;
  onOpen: (one: Case) => void;
}

export function MatrixView({ matrix, shown, all, open, onOpen }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const cell = open && box.current?.querySelector<HTMLElement>('[aria-current]');
    if (cell && box.current) bringIntoView(box.current, cell);
  }, [open]);
  // What is filtered out stays, unseen: making a thousand cells anew would take longer than a key.
  const isShown = (row: Row) => row.cells.some((cell) => cell.some((one) => shown.has(one)));
  return (
    <div class="matrix-box" ref={box} onKeyDown={(event) => moveAmongCells(event, box.current!)} tabIndex={-1}>
      <table class="matrix" aria-label="Cases by scenario and mode">
        <MatrixHead columns={matrix.columns} targets={matrix.targets} />
        {matrix.groups.map((group) => (
          <tbody key={group.name} hidden={!group.rows.some(isShown)}>
            {group.name && (
              <tr class="group">
                <th colSpan={matrix.columns.length + 1} scope="rowgroup">
                  <span>{group.name}</span> <small>{group.rows.filter(isShown).length}</small>
                </th>
              </tr>
            )}
            {group.rows.map((row) => (
              <tr key={row.scenario.name} hidden={!isShown(row)}>
                <RowCells
                  row={row}
                  columns={matrix.columns}
                  mask={isShown(row) ? maskOf(row, shown, all, open) : ''}
                  onOpen={onOpen}
                />
              </tr>
            ))}
          </tbody>
        ))}
      </table>
      {shown.size === 0 && <p class="nothing">No case fits the filter.</p>}
    </div>
  );
}

function MatrixHead({ columns, targets }: { columns: Column[]; targets: string[] }) {
  const spans: { mode: string; count: number }[] = [];
  for (const { mode } of columns) {
    const last = spans[spans.length - 1];
    if (last?.mode === mode) ++last.count;
    else spans.push({ mode, count: 1 });
  }
  return (
    <thead>
      <tr>
        <th class="corner" rowSpan={2} scope="col">
          Scenario
          <small>{targets.length > 1 ? 'in each cell: ' : 'on '}{targets.map(targetName).join(', ')}</small>
        </th>
        {spans.map(({ mode, count }) => (
          <th key={mode} colSpan={count} scope="colgroup" class="mode">
            {mode}
          </th>
        ))}
      </tr>
      <tr>
        {columns.map(({ mode, mustStaple }, i) => (
          <th key={`${mode}${mustStaple}`} scope="col" class={startsMode(columns, i) ? 'kind first' : 'kind'}>
            {mustStaple ? <abbr title="certificate with the must-staple extension">must-staple</abbr> : 'plain'}
          </th>
        ))}
      </tr>
    </thead>
  );
}

const lookOf = (one: Case) => (isHarmful(one) ? 'harm' : (one.verdict ?? 'running'));
const wordOf = (one: Case) => (isHarmful(one) ? 'pass, but bad for clients' : (one.verdict ?? 'running'));

const startsMode = (columns: Column[], i: number) => columns[i - 1]?.mode !== columns[i]!.mode;

/** Two letters a case: what a row's drawing depends on. */
function maskOf(row: Row, shown: ReadonlySet<Case>, all: boolean, open: Case | undefined): string {
  let mask = '';
  for (const cell of row.cells)
    for (const one of cell) mask += (one === open ? 'o' : all || shown.has(one) ? 's' : '-') + (one.verdict ?? '.')[0];
  return mask;
}

interface RowProps {
  row: Row;
  columns: Column[];
  mask: string; // empty: not seen
  onOpen: (one: Case) => void;
}

const RowCells = memo(
  function RowCells({ row, columns, mask, onOpen }: RowProps) {
    let at = 0;
    return (
      <>
        <th scope="row" title={row.scenario.title}>
          <span class="name">{leafOf(row.scenario.name)}</span>
          <span class="title">{row.scenario.title}</span>
        </th>
        {row.cells.map((cell, i) => (
          <td key={i} class={startsMode(columns, i) ? 'first' : ''}>
            {cell.map((one) => {
              const state = mask[2 * at++];
              return (
                <a
                  key={one.n}
                  href={writePlace({ filter: anything, open: one.began.id })}
                  class={`cell verdict-${lookOf(one)}${state === '-' ? ' faint' : ''}`}
                  aria-current={state === 'o' ? 'true' : undefined}
                  aria-label={`${row.scenario.name}, ${one.began.mode}, ${one.began.must_staple ? 'must-staple' : 'plain'}, ${targetName(one.began.target)}: ${wordOf(one)}`}
                  title={`${one.began.mode}, ${one.began.must_staple ? 'must-staple' : 'plain'}, ${targetName(one.began.target)}: ${wordOf(one)}${one.reason ? `\n${one.reason}` : ''}${one.harm ? `\n${one.harm.text}` : ''}`}
                  onClick={(event) => {
                    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                    event.preventDefault();
                    onOpen(one);
                  }}
                >
                  <VerdictGlyph verdict={one.verdict} harmful={isHarmful(one)} />
                </a>
              );
            })}
          </td>
        ))}
      </>
    );
  },
  // Of a row that is not seen nothing changes.
  (before, after) => before.row === after.row && (after.mask === '' || before.mask === after.mask),
);

function moveAmongCells(event: KeyboardEvent, box: HTMLElement): void {
  const here = event.target as HTMLElement;
  if (!here.classList.contains('cell') || event.ctrlKey || event.altKey || event.metaKey) return;
  const row = here.closest('tr')!;
  const own = [...row.querySelectorAll<HTMLElement>('.cell')];
  const column = own.indexOf(here);
  const rows = [...box.querySelectorAll('tr')].filter((one) => !one.hidden && one.querySelector('.cell'));
  let next: HTMLElement | undefined;
  if (event.key === 'ArrowRight') next = own[column + 1];
  else if (event.key === 'ArrowLeft') next = own[column - 1];
  else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    const other = rows[rows.indexOf(row) + (event.key === 'ArrowDown' ? 1 : -1)];
    const cells = other ? [...other.querySelectorAll<HTMLElement>('.cell')] : [];
    next = cells[Math.min(column, cells.length - 1)];
  } else return;
  event.preventDefault();
  event.stopPropagation();
  next?.focus();
}

/** Scrolls the box only, not the page around it. */
function bringIntoView(box: HTMLElement, cell: HTMLElement): void {
  const outer = box.getBoundingClientRect();
  const inner = cell.getBoundingClientRect();
  const head = box.querySelector('thead')?.getBoundingClientRect().height ?? 0;
  if (inner.top < outer.top + head) box.scrollTop -= outer.top + head + 30 - inner.top;
  else if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom + 30;
}
