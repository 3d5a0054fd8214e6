import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packingItem, packingOrder, type PackingItem } from '../../../../queue/batch/packing-order.ts';

function item(orderId: string, values: Partial<PackingItem> = {}): PackingItem {
  return { orderId, express: false, dueAt: 1_000, address: ['SE', '11122', 'Stockholm'], company: 'Bygg AB', lastName: 'Ek', firstName: 'Bo', ...values };
}

function idsOf(items: readonly PackingItem[]): readonly string[] {
  return packingOrder(items).map((each) => each.orderId);
}

describe('The packing order of a batch', () => {
  it('makes express first, by due time, without one last', () => {
    const items = [item('standard', { dueAt: 1 }), item('express-unknown', { express: true, dueAt: null }), item('express-late', { express: true, dueAt: 9 }), item('express-early', { express: true, dueAt: 2 })];
    expect(idsOf(items)).toEqual(['express-early', 'express-late', 'express-unknown', 'standard']);
  });

  it('keeps an address together, in it a company, in it the names', () => {
    const items = [
      item('4', { address: ['SE', '41103', 'Göteborg'], company: 'Alfa AB' }),
      item('3', { company: 'Måla AB', lastName: 'Ek' }),
      item('2', { company: 'Bygg AB', lastName: 'Ek', firstName: 'Åsa' }),
      item('1', { company: 'Bygg AB', lastName: 'Ek', firstName: 'Anna' }),
      item('0', { company: 'Bygg AB', lastName: 'Berg', firstName: 'Zoe' }),
    ];
    expect(idsOf(items)).toEqual(['0', '1', '2', '3', '4']);
  });

  it('sorts as Swedish does: v before w, å ä ö last', () => {
    const names = ['Öberg', 'Åberg', 'Ärlig', 'Zetterberg', 'Wik', 'Vik', 'ek'];
    expect(idsOf(names.map((lastName) => item(lastName, { lastName })))).toEqual(['ek', 'Vik', 'Wik', 'Zetterberg', 'Åberg', 'Ärlig', 'Öberg']);
  });

  it('is the same whatever order the orders came in, and loses none', () => {
    const any = fc.record({ orderId: fc.string({ minLength: 1, maxLength: 3 }), express: fc.boolean(), dueAt: fc.option(fc.nat(3)), city: fc.constantFrom('Borås', 'Åmål'), company: fc.constantFrom('A', 'B'), lastName: fc.constantFrom('Ek', 'Åkes') });
    fc.assert(
      fc.property(fc.uniqueArray(any, { selector: (each) => each.orderId, maxLength: 12 }), fc.nat(), (orders, turn) => {
        const items = orders.map(({ city, ...values }) => item(values.orderId, { ...values, address: ['SE', '1', city] }));
        const turned = items.map((_each, index) => items[(index + turn) % items.length]).filter((each) => each !== undefined);
        expect(idsOf(turned)).toEqual(idsOf(items));
        expect(idsOf(items).toSorted()).toEqual(items.map((each) => each.orderId).toSorted());
      }),
    );
  });

  it('reads its values from an order, whatever the postal code is written like', () => {
    const company = { country: 'SE', organisationNumber: '5560360793', registeredName: 'Bygg AB', registeredAtBolagsverket: true, id06Status: 'ACTIVE' } as const;
    const holder = { firstName: 'Bo', lastName: 'Ek', identity: { type: 'FOREIGN', value: 'X1', country: 'PL' }, nationality: 'PL' } as const;
    const address = { countryCode: 'SE', postalCode: '111 22', city: 'Stockholm', line1: 'Gatan 1', recipient: 'Lagret' };
    expect(packingItem({ orderId: 'A', company, holder, delivery: { mode: 'STANDARD', address } }, 7)).toEqual({
      orderId: 'A', express: false, dueAt: 7, company: 'Bygg AB', lastName: 'Ek', firstName: 'Bo', address: ['SE', '11122', 'Stockholm', 'Gatan 1', '', '', 'Lagret', ''],
    });
    expect(packingItem({ orderId: 'B', company, holder, delivery: { mode: 'EXPRESS_PICKUP', pickupPoint: 'GBG' } }, null)).toMatchObject({ express: true, address: ['', '', '', '', '', '', '', 'GBG'] });
  });
});
