import { useEffect, useRef } from 'preact/hooks';

const keys: [string, string][] = [
  ['/', 'filter by text'],
  ['x', 'only what failed, or everything'],
  ['j  k', 'next, previous case shown'],
  ['←  →', 'previous, next event (with Shift: step)'],
  ['Home  End', 'first, last event'],
  ['Space', 'play the story, or stop'],
  ['f', 'the step that failed'],
  ['+  −  0', 'zoom in, out, to all (also Ctrl and wheel)'],
  ['t', 'axis: by steps, or by the clock'],
  ['arrows', 'in the matrix: move; Enter opens'],
  ['Esc', 'close the case'],
];

export function Help({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="help" onClose={onClose} onClick={(event) => event.target === dialog.current && onClose()}>
      <h2>Keys</h2>
      <dl>
        {keys.map(([key, does]) => (
          <div key={key}>
            <dt>
              {key.split('  ').map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
