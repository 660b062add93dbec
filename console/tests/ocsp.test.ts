// The decoder against openssl, which makes the responses and tells what is in them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeOcsp, findField, type Field } from '../src/ocsp.ts';

let folder = '';
const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] }).toString();

interface Sample {
  octets: Uint8Array;
  text: string; // as openssl tells it
}

function answer(serial: string, ...more: string[]): Sample {
  openssl('ocsp', '-index', 'index.txt', '-rsigner', 'ca.pem', '-rkey', 'ca.key', '-CA', 'ca.pem', '-issuer', 'ca.pem',
    '-serial', serial, '-respout', 'answer.der', '-ndays', '7', '-noverify', ...more);
  const text = openssl('ocsp', '-respin', 'answer.der', '-noverify', '-resp_text');
  return { octets: new Uint8Array(readFileSync(join(folder, 'answer.der'))), text };
}

const value = (root: Field, name: string) => findField(root, name)?.value;
const inText = (text: string, name: string) => new RegExp(`${name}: (.*)`).exec(text)?.[1]?.trim();
const hex = (text: string | undefined) => text?.toLowerCase();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ocsp-'));
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'ca.key', '-out',
    'ca.pem', '-subj', '/O=Example/CN=Root', '-days', '30');
  writeFileSync(join(folder, 'index.txt'), [
    'V\t490101000000Z\t\t0A01\tunknown\t/CN=good.example',
    'R\t490101000000Z\t260101000000Z,keyCompromise\t0A02\tunknown\t/CN=revoked.example',
  ].join('\n') + '\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a response of openssl', () => {
  it.each([['0x0A01', 'good'], ['0x0A02', 'revoked'], ['0x0A03', 'unknown']])('for %s says %s', (serial, status) => {
    const { octets, text } = answer(serial);
    const root = decodeOcsp(octets);
    expect(value(root, 'responseStatus')).toBe('successful (0)');
    expect(inText(text, 'Cert Status')).toBe(status);
    expect(value(root, 'certStatus')).toBe(status);
    expect(value(root, 'serialNumber')).toBe(hex(inText(text, 'Serial Number')));
    expect(value(root, 'issuerKeyHash')).toBe(hex(inText(text, 'Issuer Key Hash')));
    expect(value(root, 'issuerNameHash')).toBe(hex(inText(text, 'Issuer Name Hash')));
    expect(value(root, 'signatureAlgorithm')).toBe(inText(text, 'Signature Algorithm'));
    for (const [ours, theirs] of [['thisUpdate', 'This Update'], ['nextUpdate', 'Next Update'], ['producedAt', 'Produced At']] as const) {
      const time = value(root, ours)!.replace(' UTC', 'Z').replace(' ', 'T');
      expect(Date.parse(time), ours).toBe(Date.parse(inText(text, theirs)!));
    }
  });

  it('names the time and the reason of a revocation', () => {
    const root = decodeOcsp(answer('0x0A02').octets);
    expect(value(root, 'revocationTime')).toBe('2026-01-01 00:00:00 UTC');
    expect(value(root, 'revocationReason')).toBe('keyCompromise (1)');
  });

  it('names the responder by name and by key', () => {
    expect(value(decodeOcsp(answer('0x0A01').octets), 'responderID')).toBe('byName O=Example, CN=Root');
    expect(value(decodeOcsp(answer('0x0A01', '-resp_key_id').octets), 'responderID')).toMatch(/^byKey [0-9a-f]{40}$/);
  });

  it('shows the certificate it carries, and none when it carries none', () => {
    expect(value(decodeOcsp(answer('0x0A01').octets), 'subject')).toBe('O=Example, CN=Root');
    expect(findField(decodeOcsp(answer('0x0A01', '-resp_no_certs').octets), 'Certificate')).toBeUndefined();
  });

  it('has each field inside the one that holds it, and in order', () => {
    const check = (field: Field) => {
      for (const child of field.children) {
        expect(child.from).toBeGreaterThanOrEqual(field.from);
        expect(child.to).toBeLessThanOrEqual(field.to);
        check(child);
      }
    };
    check(decodeOcsp(answer('0x0A02').octets));
  });

  it('cut anywhere, or with any octet changed, is still told', () => {
    const { octets } = answer('0x0A02');
    for (let i = 0; i < octets.length; ++i) {
      expect(decodeOcsp(octets.subarray(0, i)).name).not.toBe('');
      const changed = octets.slice();
      changed[i]! ^= 0xff;
      expect(decodeOcsp(changed).name).not.toBe('');
    }
  });
});

describe('what is no successful response', () => {
  it.each([
    [[0x30, 0x03, 0x0a, 0x01, 0x03], 'tryLater (3)'],
    [[0x30, 0x03, 0x0a, 0x01, 0x06], 'unauthorized (6)'],
    [[0x30, 0x03, 0x0a, 0x01, 0x09], 'reserved (9)'],
  ])('%j is %s', (octets, status) => {
    expect(value(decodeOcsp(new Uint8Array(octets)), 'responseStatus')).toBe(status);
  });

  it('says why octets cannot be read', () => {
    expect(decodeOcsp(new Uint8Array([0x04, 0x00])).value).toBe('not an OCSPResponse');
    expect(decodeOcsp(new Uint8Array([])).value).toBe('nothing where an element should be');
    expect(decodeOcsp(new Uint8Array([0x30, 0x7f])).value).toBe('an element longer than what holds it');
    expect(decodeOcsp(new Uint8Array([0x30, 0x80])).value).toBe('a length that DER does not know');
  });

  it('shows octets behind the response', () => {
    const root = decodeOcsp(new Uint8Array([0x30, 0x03, 0x0a, 0x01, 0x03, 0xff, 0xff]));
    expect(value(root, 'trailing octets')).toBe('2 after the response');
  });
});
