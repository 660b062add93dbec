// Thaws the stream that a report carries: gzip in base64, one message a line.
import { fromBase64 } from './der.ts';
import type { Model } from './model.ts';
import type { Message } from './stream.ts';

const detail = /^\{"m":"detail","n":(\d+),/;

export async function thaw(frozen: string): Promise<string> {
  const packed = new Blob([fromBase64(frozen.trim()) as BlobPart]);
  const opened = packed.stream().pipeThrough(new DecompressionStream('gzip'));
  return await new Response(opened).text();
}

/** Feeds a whole stream to the model. */
export function feed(model: Model, lines: string): void {
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    const found = detail.exec(line);
    model.apply(found ? { m: 'unparsed detail', n: Number(found[1]), line } : (JSON.parse(line) as Message));
  }
  model.tell();
}
