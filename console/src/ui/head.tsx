import { useState } from 'preact/hooks';
import type { Model } from '../model.ts';
import { dateText, lengthText, spanText } from '../time.ts';
import { verdicts } from '../filter.ts';
import { VerdictGlyph } from './glyph.tsx';

export function Head({ model, onHelp }: { model: Model; onHelp: () => void }) {
  const { run, end } = model;
  const totals = model.totals();
  const harmed = model.harmed();
  const sound = totals.fail + totals.error === 0;
  return (
    <header class="head">
      <h1>
        <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
          <rect x="2" y="2" width="28" height="28" rx="8" />
          <path d="M8 13V10.5A2.5 2.5 0 0 1 10.5 8H21.5A2.5 2.5 0 0 1 24 10.5V13M8 20H24" />
          <path d="M12.5 16.2 15 18.7 20 13.2" />
        </svg>
        staplelab
      </h1>
      <p class={sound ? 'outcome pass' : 'outcome fail'} role="status">
        {verdicts
          .filter((one) => totals[one] > 0)
          .map((one) => (
            <span key={one} class={`count verdict-${one}`}>
              <VerdictGlyph verdict={one} />
              <b>{totals[one].toLocaleString('en')}</b> {words[one]}
            </span>
          ))}
        {harmed > 0 && (
          <span class="count verdict-harm">
            <VerdictGlyph verdict="pass" harmful />
            <b>{harmed.toLocaleString('en')}</b> of these bad for clients
          </span>
        )}
      </p>
      <p class="facts">
        {end && <span>{spanText(end.simulated_ms)} simulated in {lengthText(end.duration_ms, 1)}</span>}
        {run && <time dateTime={run.started}>{dateText(Date.parse(run.started))}</time>}
        {run && <span>version {run.version}{run.seed !== null ? `, seed ${run.seed}` : ''}</span>}
      </p>
      <div class="tools">
        <ThemeButton />
        <button type="button" onClick={onHelp} title="Keys (?)">
          Keys
        </button>
      </div>
    </header>
  );
}

const words = { pass: 'passed', fail: 'failed', skip: 'skipped', error: 'could not run' };

const themes = ['auto', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

// Some browsers refuse storage to pages from files; the choice then lasts as long as the page.
function storedTheme(): Theme {
  try {
    return themes.find((one) => one === localStorage.getItem('staplelab-theme')) ?? 'auto';
  } catch {
    return 'auto';
  }
}
function applyTheme(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  try {
    localStorage.setItem('staplelab-theme', theme);
  } catch {
    return;
  }
}
applyTheme(storedTheme());

function ThemeButton() {
  const [theme, setTheme] = useState(storedTheme);
  const next = themes[(themes.indexOf(theme) + 1) % themes.length]!;
  const change = () => {
    applyTheme(next);
    setTheme(next);
  };
  return (
    <button type="button" onClick={change} title={`Colours: ${theme}; next: ${next}`} aria-label={`Colours: ${theme}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {theme === 'dark' && <path class="fill" d="M12.8 9.6A5.2 5.2 0 0 1 6.4 3.2 5.4 5.4 0 1 0 12.8 9.6Z" />}
        {theme === 'light' && (
          <path d="M8 5.4A2.6 2.6 0 1 0 8.01 5.4M8 1.6V3M8 13V14.4M1.6 8H3M13 8H14.4M3.5 3.5 4.5 4.5M11.5 11.5 12.5 12.5M12.5 3.5 11.5 4.5M4.5 11.5 3.5 12.5" />
        )}
        {theme === 'auto' && <path class="fill" d="M8 2.4A5.6 5.6 0 0 0 8 13.6Z" />}
        {theme === 'auto' && <circle cx="8" cy="8" r="5.6" />}
      </svg>
    </button>
  );
}
