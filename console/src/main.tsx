import { render } from 'preact';
import { feed, thaw } from './frozen.ts';
import { Model } from './model.ts';
import { App } from './ui/app.tsx';
import './style.css';

const page = document.getElementById('page')!;
const frozen = document.getElementById('stream')!.textContent ?? '';

try {
  const model = new Model();
  feed(model, await thaw(frozen));
  page.replaceChildren();
  render(<App model={model} />, page);
  document.getElementById('stream')!.remove();
} catch (error) {
  page.textContent = `This report cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
