import type { RefObject } from 'preact';
import { anything, isAnything, modes, verdicts, type Filter } from '../filter.ts';
import type { Model } from '../model.ts';
import { VerdictGlyph } from './glyph.tsx';

interface Props {
  model: Model;
  filter: Filter;
  shown: number;
  search: RefObject<HTMLInputElement>;
  onChange: (change: Partial<Filter>) => void;
}

export function FilterBar({ model, filter, shown, search, onChange }: Props) {
  const totals = model.totals();
  const tags = [...new Set([...model.scenarios.values()].flatMap((one) => one.tags))].sort();
  const present = modes.filter((mode) => model.cases.some(({ began }) => began.mode === mode));
  return (
    <div class="filters" role="search">
      <label class="search">
        <span class="unseen">Filter by text</span>
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M7 2.8A4.2 4.2 0 1 0 7.01 2.8M10.2 10.2 13.4 13.4" />
        </svg>
        <input
          ref={search}
          type="search"
          value={filter.text}
          placeholder="Filter scenarios   /"
          onInput={(event) => onChange({ text: event.currentTarget.value })}
        />
      </label>
      <div class="chips" role="group" aria-label="Verdict">
        {verdicts.map((one) => (
          <button
            key={one}
            type="button"
            class={`chip verdict-${one}`}
            aria-pressed={filter.verdicts.includes(one)}
            disabled={totals[one] === 0}
            onClick={() => onChange({ verdicts: toggled(filter.verdicts, one) })}
          >
            <VerdictGlyph verdict={one} />
            {one} <small>{totals[one]}</small>
          </button>
        ))}
      </div>
      <div class="chips" role="group" aria-label="Mode">
        {present.map((one) => (
          <button
            key={one}
            type="button"
            class="chip"
            aria-pressed={filter.modes.includes(one)}
            onClick={() => onChange({ modes: toggled(filter.modes, one) })}
          >
            {one}
          </button>
        ))}
      </div>
      {tags.length > 0 && (
        <label class="tag-choice">
          <span class="unseen">Tag</span>
          <select
            value={filter.tags[0] ?? ''}
            onChange={(event) => onChange({ tags: event.currentTarget.value ? [event.currentTarget.value] : [] })}
          >
            <option value="">any tag</option>
            {tags.map((tag) => (
              <option key={tag} value={tag}>
                {tag}
              </option>
            ))}
          </select>
        </label>
      )}
      <p class="shown" role="status">
        {isAnything(filter) ? (
          `${model.cases.length.toLocaleString('en')} cases`
        ) : (
          <>
            {shown.toLocaleString('en')} of {model.cases.length.toLocaleString('en')} cases{' '}
            <button type="button" class="link" onClick={() => onChange(anything)}>
              show all
            </button>
          </>
        )}
      </p>
    </div>
  );
}

function toggled<T>(list: T[], one: T): T[] {
  return list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
}
