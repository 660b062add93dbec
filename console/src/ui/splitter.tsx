// Between the matrix and the case: its height is the matrix's share of the window.
import { useRef, useState } from 'preact/hooks';

const least = 10;
const most = 75;

export function Splitter() {
  const [share, setShare] = useState(34);
  const dragged = useRef(false);
  const set = (next: number) => {
    const kept = Math.round(Math.min(most, Math.max(least, next)));
    setShare(kept);
    document.documentElement.style.setProperty('--matrix-share', `${kept}vh`);
  };
  return (
    <div
      class="splitter"
      role="separator"
      aria-orientation="horizontal"
      aria-label="Height of the matrix"
      aria-valuenow={share}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      onPointerDown={(event) => {
        dragged.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (!dragged.current) return;
        const top = event.currentTarget.parentElement!.getBoundingClientRect().top;
        set(((event.clientY - top) / innerHeight) * 100);
      }}
      onPointerUp={() => (dragged.current = false)}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
        event.preventDefault();
        set(share + (event.key === 'ArrowUp' ? -4 : 4));
      }}
    />
  );
}
