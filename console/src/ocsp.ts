// An OCSP response as a tree of fields by the names of RFC 6960 4.2.1, each with the octets it stands
// in. Whatever cannot be read is shown as far as it goes: a testbed's answers are often wrong on
// purpose.
import { DerError, hexOf, oidOf, readChildren, readTlv, timeOf, type Tlv } from './der.ts';

export interface Field {
  name: string;
  value?: string;
  from: number;
  to: number;
  children: Field[];
  tone?: 'good' | 'revoked' | 'unknown' | 'bad';
}

const statuses = ['successful', 'malformedRequest', 'internalError', 'tryLater', '(4)', 'sigRequired', 'unauthorized'];
const reasons = [
  'unspecified', 'keyCompromise', 'cACompromise', 'affiliationChanged', 'superseded', 'cessationOfOperation',
  'certificateHold', '(7)', 'removeFromCRL', 'privilegeWithdrawn', 'aACompromise',
];
const names: Record<string, string> = {
  '1.3.6.1.5.5.7.48.1.1': 'id-pkix-ocsp-basic',
  '1.3.6.1.5.5.7.48.1.2': 'id-pkix-ocsp-nonce',
  '1.3.6.1.5.5.7.48.1.5': 'id-pkix-ocsp-nocheck',
  '1.3.6.1.5.5.7.48.1.9': 'id-pkix-ocsp-extended-revoke',
  '1.3.6.1.5.5.7.3.9': 'id-kp-OCSPSigning',
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '1.2.840.10045.4.3.2': 'ecdsa-with-SHA256',
  '1.2.840.10045.4.3.3': 'ecdsa-with-SHA384',
  '1.2.840.113549.1.1.5': 'sha1WithRSAEncryption',
  '1.2.840.113549.1.1.11': 'sha256WithRSAEncryption',
  '1.3.101.112': 'Ed25519',
  '1.3.101.113': 'Ed448',
  '2.5.29.15': 'keyUsage',
  '2.5.29.19': 'basicConstraints',
  '2.5.29.14': 'subjectKeyIdentifier',
  '2.5.29.35': 'authorityKeyIdentifier',
  '2.5.29.37': 'extKeyUsage',
};
const attributes: Record<string, string> = { '2.5.4.3': 'CN', '2.5.4.6': 'C', '2.5.4.10': 'O', '2.5.4.11': 'OU' };

const context = (n: number) => 0xa0 | n;

class Decoder {
  constructor(private readonly octets: Uint8Array) {}

  response(): Field {
    const outer = this.expect(readTlv(this.octets, 0, this.octets.length), 0x30, 'OCSPResponse');
    const root = field('OCSPResponse', outer);
    const [status, bytes] = this.inside(root, outer);
    this.into(root, () => this.status(need(status, outer)));
    if (bytes) this.into(root, () => this.responseBytes(bytes));
    if (outer.to < this.octets.length) {
      root.children.push({
        name: 'trailing octets',
        value: `${this.octets.length - outer.to} after the response`,
        from: outer.to,
        to: this.octets.length,
        children: [],
        tone: 'bad',
      });
    }
    return root;
  }

  private status(at: Tlv): Field {
    const value = this.octets[at.body] ?? 0;
    const made = field('responseStatus', at, `${statuses[value] ?? 'reserved'} (${value})`);
    if (value !== 0) made.tone = 'bad';
    return made;
  }

  private responseBytes(at: Tlv): Field {
    const made = field('responseBytes', at);
    const [sequence] = readChildren(this.octets, at);
    const [type, octets] = readChildren(this.octets, need(sequence, at));
    this.into(made, () => field('responseType', need(type, at), this.oid(need(type, at))));
    this.into(made, () => {
      const inner = need(octets, at);
      return this.basic(readTlv(this.octets, inner.body, inner.to));
    });
    return made;
  }

  private basic(at: Tlv): Field {
    const made = field('BasicOCSPResponse', at);
    const [data, algorithm, signature, certs] = this.inside(made, at);
    this.into(made, () => this.responseData(need(data, at)));
    this.into(made, () => this.algorithm('signatureAlgorithm', need(algorithm, at)));
    this.into(made, () => {
      const bits = need(signature, at);
      return field('signature', bits, `${Math.max(0, bits.to - bits.body - 1)} octets`);
    });
    if (certs) {
      this.into(made, () => {
        const list = field('certs', certs);
        const [sequence] = readChildren(this.octets, certs);
        for (const one of readChildren(this.octets, need(sequence, certs)))
          this.into(list, () => this.certificate(one));
        return list;
      });
    }
    return made;
  }

  private responseData(at: Tlv): Field {
    const made = field('tbsResponseData', at);
    let produced = false; // [1] is byName before producedAt, and responseExtensions behind it
    for (const part of this.inside(made, at)) {
      this.into(made, () => {
        switch (part.tag) {
          case context(0):
            return field('version', part, `v${this.octets[part.to - 1]! + 1}`);
          case context(1):
            if (produced) return this.extensions('responseExtensions', part);
            return field('responderID', part, `byName ${this.name(readTlv(this.octets, part.body, part.to))}`);
          case context(2): {
            const key = readTlv(this.octets, part.body, part.to);
            return field('responderID', part, `byKey ${hexOf(this.octets, key.body, key.to)}`);
          }
          case 0x18:
            produced = true;
            return field('producedAt', part, timeOf(this.octets, part));
          case 0x30: {
            const list = field('responses', part);
            for (const one of readChildren(this.octets, part)) this.into(list, () => this.single(one));
            return list;
          }
          default:
            return field('?', part, this.hexOf(part));
        }
      });
    }
    return made;
  }

  private single(at: Tlv): Field {
    const made = field('SingleResponse', at);
    const [id, status, thisUpdate, ...more] = this.inside(made, at);
    this.into(made, () => this.certId(need(id, at)));
    this.into(made, () => this.certStatus(need(status, at)));
    this.into(made, () => field('thisUpdate', need(thisUpdate, at), timeOf(this.octets, need(thisUpdate, at))));
    for (const part of more) {
      this.into(made, () => {
        if (part.tag === context(0))
          return field('nextUpdate', part, timeOf(this.octets, readTlv(this.octets, part.body, part.to)));
        if (part.tag === context(1)) return this.extensions('singleExtensions', part);
        return field('?', part, this.hexOf(part));
      });
    }
    return made;
  }

  private certId(at: Tlv): Field {
    const made = field('certID', at);
    const [hash, name, key, serial] = this.inside(made, at);
    this.into(made, () => this.algorithm('hashAlgorithm', need(hash, at)));
    this.into(made, () => field('issuerNameHash', need(name, at), this.hexOf(need(name, at))));
    this.into(made, () => field('issuerKeyHash', need(key, at), this.hexOf(need(key, at))));
    this.into(made, () => field('serialNumber', need(serial, at), this.hexOf(need(serial, at))));
    return made;
  }

  private certStatus(at: Tlv): Field {
    switch (at.tag) {
      case 0x80:
        return { ...field('certStatus', at, 'good'), tone: 'good' };
      case 0x82:
        return { ...field('certStatus', at, 'unknown'), tone: 'unknown' };
      case context(1): {
        const made: Field = { ...field('certStatus', at, 'revoked'), tone: 'revoked' };
        const [time, reason] = readChildren(this.octets, at);
        this.into(made, () => field('revocationTime', need(time, at), timeOf(this.octets, need(time, at))));
        if (reason) {
          const value = this.octets[reason.to - 1]!;
          made.children.push(field('revocationReason', reason, `${reasons[value] ?? '?'} (${value})`));
        }
        return made;
      }
      default:
        return { ...field('certStatus', at, `tag ${at.tag.toString(16)}`), tone: 'bad' };
    }
  }

  private extensions(name: string, at: Tlv): Field {
    const made = field(name, at);
    const [sequence] = readChildren(this.octets, at);
    for (const one of readChildren(this.octets, need(sequence, at))) {
      this.into(made, () => {
        const parts = readChildren(this.octets, one);
        const critical = parts.length > 2 && this.octets[parts[1]!.body] !== 0;
        const value = parts[parts.length - 1]!;
        return field(
          this.oid(need(parts[0], one)) + (critical ? ' (critical)' : ''),
          one,
          this.hexOf(value).slice(0, 80),
        );
      });
    }
    return made;
  }

  private certificate(at: Tlv): Field {
    const made = field('Certificate', at);
    const [tbs] = readChildren(this.octets, at);
    const parts = readChildren(this.octets, need(tbs, at)).filter((part) => part.tag !== context(0));
    const [serial, , issuer, validity, subject, , ...more] = parts;
    this.into(made, () => field('subject', need(subject, at), this.name(need(subject, at))));
    this.into(made, () => field('issuer', need(issuer, at), this.name(need(issuer, at))));
    this.into(made, () => field('serialNumber', need(serial, at), this.hexOf(need(serial, at))));
    this.into(made, () => {
      const [before, after] = readChildren(this.octets, need(validity, at));
      const period = field('validity', need(validity, at));
      period.children.push(field('notBefore', need(before, at), timeOf(this.octets, need(before, at))));
      period.children.push(field('notAfter', need(after, at), timeOf(this.octets, need(after, at))));
      return period;
    });
    const extensions = more.find((part) => part.tag === context(3));
    if (extensions) this.into(made, () => this.certExtensions(extensions));
    return made;
  }

  private certExtensions(at: Tlv): Field {
    const made = this.extensions('extensions', at);
    for (const one of made.children) {
      if (one.name.startsWith('extKeyUsage') && one.value?.includes('2b06010505070309'))
        one.value = 'id-kp-OCSPSigning';
    }
    return made;
  }

  private algorithm(name: string, at: Tlv): Field {
    const [oid] = readChildren(this.octets, at);
    return field(name, at, this.oid(need(oid, at)));
  }

  private name(at: Tlv): string {
    const parts: string[] = [];
    for (const set of readChildren(this.octets, at)) {
      for (const pair of readChildren(this.octets, set)) {
        const [type, value] = readChildren(this.octets, pair);
        const oid = oidOf(this.octets, need(type, at).body, need(type, at).to);
        const text = new TextDecoder().decode(this.octets.subarray(need(value, at).body, need(value, at).to));
        parts.push(`${attributes[oid] ?? oid}=${text}`);
      }
    }
    return parts.join(', ') || '(empty)';
  }

  private oid(at: Tlv): string {
    const text = oidOf(this.octets, at.body, at.to);
    return names[text] ?? text;
  }
  private hexOf(at: Tlv): string {
    return hexOf(this.octets, at.body, at.to);
  }

  private expect(at: Tlv, tag: number, what: string): Tlv {
    if (at.tag !== tag) throw new DerError(`not an ${what}`, at.from);
    return at;
  }
  /** The elements inside; as many as can be read, with a field for what cannot. */
  private inside(of: Field, at: Tlv): Tlv[] {
    const parts: Tlv[] = [];
    try {
      for (let next = at.body; next < at.to; next = parts[parts.length - 1]!.to)
        parts.push(readTlv(this.octets, next, at.to));
    } catch (error) {
      of.children.push(unreadable(error, at.body, at.to));
    }
    return parts;
  }
  private into(of: Field, read: () => Field) {
    try {
      of.children.push(read());
    } catch (error) {
      of.children.push(unreadable(error, of.from, of.to));
    }
  }
}

function field(name: string, at: Tlv, value?: string): Field {
  const made: Field = { name, from: at.from, to: at.to, children: [] };
  if (value !== undefined) made.value = value;
  return made;
}

function need(at: Tlv | undefined, inside: Tlv): Tlv {
  if (!at) throw new DerError('a field is missing', inside.from);
  return at;
}

function unreadable(error: unknown, from: number, to: number): Field {
  if (!(error instanceof DerError)) throw error;
  return { name: 'unreadable', value: error.message, from: Math.max(from, error.at), to, children: [], tone: 'bad' };
}

/** Never throws for any octets. */
export function decodeOcsp(octets: Uint8Array): Field {
  try {
    return new Decoder(octets).response();
  } catch (error) {
    return unreadable(error, 0, octets.length);
  }
}

/** The first field of that name, depth first. */
export function findField(root: Field, name: string): Field | undefined {
  if (root.name === name) return root;
  for (const child of root.children) {
    const found = findField(child, name);
    if (found) return found;
  }
  return undefined;
}
