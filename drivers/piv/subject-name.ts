import { AttributeTypeAndValue, AttributeValue, Name, RelativeDistinguishedName } from '@peculiar/asn1-x509';
import type { SubjectPart } from './job.ts';

/** Attribute types (RFC 5280 appendix A.1; X.520 for organizationIdentifier). */
const attributeTypes: Readonly<Record<SubjectPart['attribute'], string>> = {
  C: '2.5.4.6',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  CN: '2.5.4.3',
  serialNumber: '2.5.4.5',
  givenName: '2.5.4.42',
  surname: '2.5.4.4',
  organizationIdentifier: '2.5.4.97',
};

/** Attributes that RFC 5280 appendix A.1 binds to PrintableString; all others are UTF8String. */
const printable: ReadonlySet<string> = new Set(['C', 'serialNumber']);

/** A subject name with one attribute a step, in the order given. */
export function subjectName(parts: readonly SubjectPart[]): Name {
  return new Name(parts.map(({ attribute, value }) => {
    const text = printable.has(attribute) ? new AttributeValue({ printableString: value }) : new AttributeValue({ utf8String: value });
    return new RelativeDistinguishedName([new AttributeTypeAndValue({ type: attributeTypes[attribute], value: text })]);
  }));
}

/** Whether two names say the same in the same order; an authority may write a text in another string type. */
export function sameName(one: Name, other: Name): boolean {
  return flat(one) === flat(other);
}


function flat(name: Name): string {
  return JSON.stringify([...name].map((step) => [...step].map(({ type, value }) => [type, value.toString()])));
}

/** A name as RFC 4514 writes it, the last attribute first, values escaped, attributes by their short names where they have one. */
export function nameText(name: Name): string {
  return [...name].map((step) => [...step].map(({ type, value }) => `${shortName(type)}=${escaped(value.toString())}`).join('+')).reverse().join(',');
}

function shortName(type: string): string {
  return Object.entries(attributeTypes).find(([, oid]) => oid === type)?.[0] ?? type;
}

/** RFC 4514, 2.4. */
function escaped(value: string): string {
  return value.replace(/[\\"+,;<>]/g, '\\$&').replace(/^[ #]/, '\\$&').replace(/ $/, '\\ ');
}
