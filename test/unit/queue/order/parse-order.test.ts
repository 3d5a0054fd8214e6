import { describe, expect, it } from 'vitest';
import { parseOrder, orderIdOf } from '../../../../queue/order/parse-order.ts';
import { exampleOrder } from '../../../support/orders/example-order.ts';

/** The example as a file would say it. */
function fileOrder(): Record<string, unknown> {
  const { photo, logo: _logo, ...rest } = exampleOrder();
  return structuredClone({ ...rest, photo: { file: 'photo.jpg', takenAt: photo.takenAt }, logo: { use: false } }) as Record<string, unknown>;
}

const findingsOf = (raw: unknown): readonly string[] => {
  const parsed = parseOrder(raw);
  return parsed.kind === 'order' ? [] : parsed.findings.map(({ code, field }) => `${code} ${field ?? ''}`);
};

const inside = (section: string, change: (part: Record<string, unknown>) => void): unknown => {
  const order = fileOrder();
  change(order[section] as Record<string, unknown>);
  return order;
};

describe('an order that follows the schema', () => {
  it('is read with defaults filled in', () => {
    const { schemaVersion: _version, letter: _letter, logo: _logo, accessories: _accessories, ...raw } = fileOrder();
    const parsed = parseOrder(raw);
    if (parsed.kind !== 'order') throw new Error(JSON.stringify(parsed.findings));
    expect(parsed.order).toMatchObject({ schemaVersion: 1, letter: { template: 'activation', language: 'sv' }, logo: { use: false }, accessories: [], card: { type: 'STANDARD' } });
  });

  it('has its texts trimmed and composed', () => {
    const parsed = parseOrder(inside('holder', (holder) => Object.assign(holder, { firstName: '  A\u030ake ' })));
    expect(parsed.kind === 'order' ? parsed.order.holder.firstName : null).toBe('Åke');
  });
});

describe('what is refused, each with the field', () => {
  it.each<[string, unknown, readonly string[]]>([
    ['nothing', undefined, ['ORD-MISSING order']],
    ['null', null, ['ORD-MISSING order']],
    ['a list', [], ['ORD-SCHEMA order']],
    ['a text', 'order', ['ORD-SCHEMA order']],
    ['an unknown field', { ...fileOrder(), shoeSize: 43 }, ['ORD-UNKNOWN-FIELD shoeSize']],
    ['unknown fields inside', inside('holder', (holder) => Object.assign(holder, { shoeSize: 43, hat: 'yes' })), ['ORD-UNKNOWN-FIELD holder.shoeSize', 'ORD-UNKNOWN-FIELD holder.hat']],
    ['a missing field', inside('holder', (holder) => delete holder['lastName']), ['ORD-MISSING holder.lastName']],
    ['an empty field', inside('company', (company) => Object.assign(company, { registeredName: '   ' })), ['ORD-MISSING company.registeredName']],
    ['a null field', inside('card', (card) => Object.assign(card, { technologyProfile: null })), ['ORD-MISSING card.technologyProfile']],
    ['a wrong type', inside('company', (company) => Object.assign(company, { registeredAtBolagsverket: 'ja' })), ['ORD-SCHEMA company.registeredAtBolagsverket']],
    ['a day that does not exist', inside('card', (card) => Object.assign(card, { validTo: '2027-02-29' })), ['ORD-SCHEMA card.validTo']],
    ['an instant without offset', { ...fileOrder(), orderedAt: '2026-09-14T07:30:00' }, ['ORD-SCHEMA orderedAt']],
    ['an order id that is a path', { ...fileOrder(), orderId: '../../etc' }, ['ORD-SCHEMA orderId']],
    ['an order id of dots', { ...fileOrder(), orderId: '..' }, ['ORD-SCHEMA orderId']],
    ['an order id too long for the tag on the chip', { ...fileOrder(), orderId: 'A'.repeat(25) }, ['ORD-SCHEMA orderId']],
    ['a card number of another pattern', inside('card', (card) => Object.assign(card, { number: 'BB-26111-00001' })), ['ORD-SCHEMA card.number']],
    ['a schema version to come', { ...fileOrder(), schemaVersion: 2 }, ['ORD-SCHEMA schemaVersion']],
    ['a text without end', inside('holder', (holder) => Object.assign(holder, { firstName: 'A'.repeat(1_000_000) })), ['ORD-SCHEMA holder.firstName']],
  ])('%s', (_name, raw, findings) => {
    expect(findingsOf(raw)).toEqual(findings);
  });

  it('all of it at once', () => {
    const raw = inside('holder', (holder) => Object.assign(holder, { firstName: '', shoeSize: 43, nationality: 'Sverige' }));
    expect(findingsOf({ ...(raw as object), delivery: undefined }).toSorted()).toEqual(['ORD-MISSING delivery', 'ORD-MISSING holder.firstName', 'ORD-SCHEMA holder.nationality', 'ORD-UNKNOWN-FIELD holder.shoeSize']);
  });

  it('a field named __proto__, which must not reach a prototype', () => {
    const raw: unknown = JSON.parse(JSON.stringify(fileOrder()).replace('{', '{"__proto__":{"polluted":true},'));
    expect(findingsOf(raw)).toEqual(['ORD-UNKNOWN-FIELD __proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('a hundred thousand unknown fields with a short report', () => {
    const strangers = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`x${'y'.repeat(200)}${index}`, 1]));
    const findings = findingsOf({ ...fileOrder(), ...strangers });
    expect(findings.length).toBe(100);
    expect(findings.every((text) => text.length < 200)).toBe(true);
  });

  it('without telling a value of the order', () => {
    const parsed = parseOrder(inside('holder', (holder) => Object.assign(holder, { nationality: 'hemligt', dateOfBirth: 'hemligt', email: 4711 })));
    expect(JSON.stringify(parsed)).not.toMatch(/hemligt|4711/);
    expect(parsed.kind).toBe('refused');
  });
});

describe('the order id for the report', () => {
  it.each<[unknown, string | null]>([[{ orderId: ' A-1 ' }, 'A-1'], [{ orderId: 7 }, null], [{ orderId: '../x' }, null], [{}, null], [null, null], ['A-1', null], [Object.create({ orderId: 'A-1' }), null]])('of %j is %s', (raw, id) => {
    expect(orderIdOf(raw)).toBe(id);
  });
});
