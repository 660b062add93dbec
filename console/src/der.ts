// A reader of DER that remembers where everything stood, so that fields can be shown beside their
// octets. It reads tags and lengths only; what they mean is ocsp.ts's part.

export interface Tlv {
  tag: number; // the identifier octet: class, constructed bit and number (all below 31 here)
  from: number; // offset of the identifier octet
  body: number; // offset of the contents
  to: number; // offset behind the contents
}

export class DerError extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

/** The element at `at`, which must end by `end`. */
export function readTlv(octets: Uint8Array, at: number, end: number): Tlv {
  if (at >= end) throw new DerError('nothing where an element should be', at);
  const tag = octets[at]!;
  if ((tag & 0x1f) === 0x1f) throw new DerError('a tag of several octets', at);
  const [length, body] = readLength(octets, at + 1, end);
  if (body + length > end) throw new DerError('an element longer than what holds it', at);
  return { tag, from: at, body, to: body + length };
}

function readLength(octets: Uint8Array, at: number, end: number): [number, number] {
  if (at >= end) throw new DerError('an element without a length', at);
  const first = octets[at]!;
  if (first < 0x80) return [first, at + 1];
  const count = first & 0x7f;
  if (count === 0 || count > 4) throw new DerError('a length that DER does not know', at);
  if (at + 1 + count > end) throw new DerError('a length cut short', at);
  let length = 0;
  for (let i = 1; i <= count; ++i) length = length * 256 + octets[at + i]!;
  return [length, at + 1 + count];
}

/** The elements inside a constructed one. */
export function readChildren(octets: Uint8Array, of: Tlv): Tlv[] {
  const children: Tlv[] = [];
  for (let at = of.body; at < of.to; ) {
    const child = readTlv(octets, at, of.to);
    children.push(child);
    at = child.to;
  }
  return children;
}

export function hexOf(octets: Uint8Array, from = 0, to = octets.length): string {
  let text = '';
  for (let i = from; i < to; ++i) text += octets[i]!.toString(16).padStart(2, '0');
  return text;
}

/** "1.3.6.1.5.5.7.48.1.1" of the contents of an OBJECT IDENTIFIER. */
export function oidOf(octets: Uint8Array, from: number, to: number): string {
  const arcs: number[] = [];
  let arc = 0;
  for (let i = from; i < to; ++i) {
    arc = arc * 128 + (octets[i]! & 0x7f);
    if (octets[i]! & 0x80) continue;
    if (arcs.length === 0) {
      const root = Math.min(2, Math.floor(arc / 40));
      arcs.push(root, arc - 40 * root);
    } else {
      arcs.push(arc);
    }
    arc = 0;
  }
  return arcs.join('.');
}

/** GeneralizedTime or UTCTime contents as "2026-03-01 00:00:00 UTC"; as it stands if it is neither. */
export function timeOf(octets: Uint8Array, of: Tlv): string {
  const text = String.fromCharCode(...octets.subarray(of.body, of.to));
  const parts = /^(\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!parts) return text;
  const [, century, year, month, day, hour, minute, second] = parts;
  const full = century ? century + year : (Number(year) < 50 ? '20' : '19') + year;
  return `${full}-${month}-${day} ${hour}:${minute}:${second} UTC`;
}

export function fromBase64(text: string): Uint8Array {
  const binary = atob(text);
  const octets = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; ++i) octets[i] = binary.charCodeAt(i);
  return octets;
}
