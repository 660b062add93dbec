// The page: a head with the run's figures, the filter, the matrix, and one case below it.
import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { isAnything, readPlace, shows, writePlace, type Filter, type Place } from '../filter.ts';
import { matrixOf } from '../matrix.ts';
import type { Case, Model } from '../model.ts';
import { CaseView } from './case.tsx';
import { FilterBar } from './filter_bar.tsx';
import { Head } from './head.tsx';
import { Help } from './help.tsx';
import { isTyping, useKeys } from './keys.ts';
import { MatrixView } from './matrix_view.tsx';
import { Splitter } from './splitter.tsx';

const wide = '(min-width: 761px)';

/** With room for both, a report opens at what went wrong first. */
function firstPlace(model: Model): Place {
  const place = readPlace(location.hash);
  if (place.open && model.byId.has(place.open)) return place;
  const broken = model.cases.find(({ verdict }) => verdict === 'fail' || verdict === 'error');
  const untouched = isAnything(place.filter) && matchMedia(wide).matches;
  return { ...place, open: broken && untouched ? broken.began.id : '' };
}

export function App({ model }: { model: Model }) {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => model.watch(() => redraw(0)), [model]);
  const [place, setPlace] = useState(() => firstPlace(model));
  const [help, setHelp] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const { filter } = place;

  useEffect(() => {
    const hash = writePlace(place);
    if (hash !== location.hash) history.replaceState(null, '', hash || location.pathname + location.search);
  }, [place]);
  useEffect(() => {
    const follow = () => setPlace(readPlace(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);

  const count = model.cases.length;
  const matrix = useMemo(() => matrixOf(model.cases), [model, count]);
  const shown = useMemo(() => new Set(model.cases.filter((one) => shows(filter, one))), [model, count, model.end, filter]);
  const open = place.open ? model.byId.get(place.open) : undefined;
  const setFilter = (change: Partial<Filter>) => setPlace((now) => ({ ...now, filter: { ...now.filter, ...change } }));
  const openCase = (one: Case | undefined) => setPlace((now) => ({ ...now, open: one?.began.id ?? '' }));

  const go = (by: number) => {
    const list = model.cases.filter((one) => shown.has(one) || one === open);
    const next = open ? list[list.indexOf(open) + by] : list[0];
    if (next) openCase(next);
  };
  useKeys((event) => {
    if (event.key === 'Escape') {
      if (help) setHelp(false);
      else if (isTyping(event)) (event.target as HTMLElement).blur();
      else openCase(undefined);
      return true;
    }
    if (isTyping(event)) return false;
    switch (event.key) {
      case '/':
        search.current?.focus();
        search.current?.select();
        return true;
      case '?':
        setHelp(!help);
        return true;
      case 'j':
        go(1);
        return true;
      case 'k':
        go(-1);
        return true;
      case 'x':
        setFilter({ verdicts: filter.verdicts.length ? [] : ['fail', 'error'] });
        return true;
      default:
        return false;
    }
  });

  return (
    <div class={open ? 'app with-case' : 'app'}>
      <Head model={model} onHelp={() => setHelp(true)} />
      <FilterBar model={model} filter={filter} shown={shown.size} search={search} onChange={setFilter} />
      <main>
        <MatrixView matrix={matrix} shown={shown} all={isAnything(filter)} open={open} onOpen={openCase} />
        {!open && count > 0 && <p class="hint">Choose a mark to see what happened in that case; the keys are under ?</p>}
        {open && <Splitter />}
        {open && (
          <CaseView key={open.n} model={model} one={open} onOpen={openCase} onClose={() => openCase(undefined)} />
        )}
      </main>
      {help && <Help onClose={() => setHelp(false)} />}
    </div>
  );
}
