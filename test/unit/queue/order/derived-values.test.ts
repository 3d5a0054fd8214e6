import { describe, expect, it } from 'vitest';
import {
  birthDate, companyKey, duplicateKey, identityKey, normaliseOrder, personnummerVisible, printedOrganisationNumber, validTo,
} from '../../../../queue/order/derived-values.ts';
import type { Order } from '../../../../queue/order/order-schema.ts';
import { exampleOrder } from '../../../support/orders/example-order.ts';

function withCompany(company: Partial<Order['company']>): Order {
  const order = exampleOrder();
  return { ...order, company: { ...order.company, ...company } };
}

function withHolder(holder: Partial<Order['holder']>): Order {
  const order = exampleOrder();
  return { ...order, holder: { ...order.holder, ...holder } };
}

describe('the printed organisation number', () => {
  it.each([
    ['SE', '5560160680', '556016-0680'],
    ['SE', '16 556016-0680', '556016-0680'],
    ['SE', '195102179974', '510217-9974'],
    ['SE', '730288-9931', '730288-9931'],
    ['SE', 'not a number', 'not a number'],
    ['PL', 'PL 1234567890', 'PL 1234567890'],
    ['PL', '1234567890', 'PL 1234567890'],
    ['NO', 'NO  974 760 673', 'NO 974 760 673'],
  ])('of %s %s is %s', (country, organisationNumber, printed) => {
    expect(printedOrganisationNumber(withCompany({ country, organisationNumber }))).toBe(printed);
  });

  it('is a personal number for an enskild firma alone', () => {
    expect(personnummerVisible(withCompany({ form: 'ENSKILD_FIRMA' }))).toBe(true);
    expect(personnummerVisible(withCompany({ form: 'AB' }))).toBe(false);
  });
});

describe('keys for matching', () => {
  it('are the same however a number is written', () => {
    const writings = ['000229-2399', '0002292399', '20000229-2399', ' 200002292399 '].map((value) => withHolder({ identity: { type: 'PERSONNUMMER', value } }));
    expect(new Set(writings.map(duplicateKey))).toEqual(new Set(['5560160680/200002292399']));
  });

  it('hold the country of a foreign number', () => {
    expect(identityKey(withHolder({ nationality: 'LT', identity: { type: 'FOREIGN', value: '3850 1010-002', country: 'LT' } }))).toBe('LT38501010002');
    expect(companyKey(withCompany({ country: 'PL', organisationNumber: 'PL 123-456-78-90' }))).toBe('PL1234567890');
  });

  it('keep the century of an owner', () => {
    expect(companyKey(withCompany({ organisationNumber: '510217-9974', form: 'ENSKILD_FIRMA' }))).toBe('195102179974');
  });

  it('read ten digits by the day of the order', () => {
    const order = withHolder({ identity: { type: 'PERSONNUMMER', value: '460823-9986' } });
    expect(identityKey(order)).toBe('194608239986');
    expect(identityKey({ ...order, orderedAt: '2060-01-01T00:00:00Z' })).toBe('204608239986');
  });
});

describe('the normal form', () => {
  it('has 12 digits for a person and 10 for a company, and is stable', () => {
    const order = { ...withCompany({ organisationNumber: '556016-0680' }), holder: { ...exampleOrder().holder, identity: { type: 'PERSONNUMMER' as const, value: '000229-2399' } } };
    const normal = normaliseOrder(order);
    expect(normal.company.organisationNumber).toBe('5560160680');
    expect(normal.holder.identity.value).toBe('200002292399');
    expect(normaliseOrder(normal)).toEqual(normal);
  });

  it('leaves what is not valid as it was given', () => {
    const order = withHolder({ identity: { type: 'PERSONNUMMER', value: '700428-9895' } });
    expect(normaliseOrder(order).holder.identity.value).toBe('700428-9895');
    expect(normaliseOrder(withCompany({ organisationNumber: '556016-0681' })).company.organisationNumber).toBe('556016-0681');
  });

  it('leaves a foreign number alone, even one that looks Swedish', () => {
    const order = withHolder({ nationality: 'LT', identity: { type: 'FOREIGN', value: '000229-2399', country: 'LT' } });
    expect(normaliseOrder(order).holder.identity.value).toBe('000229-2399');
  });
});

describe('other values', () => {
  it('birth date from the number, or as given for a foreign one', () => {
    expect(birthDate(exampleOrder())).toBe('2000-02-29');
    expect(birthDate(withHolder({ nationality: 'LT', identity: { type: 'FOREIGN', value: '38501010002', country: 'LT' }, dateOfBirth: '1985-01-01' }))).toBe('1985-01-01');
    expect(birthDate(withHolder({ identity: { type: 'PERSONNUMMER', value: '700428-9895' } }))).toBeNull();
  });

  it.each([
    [{}, 60, '2031-11-22'],
    [{}, 6, '2027-05-22'],
    [{}, 99, '2031-11-22'],
    [{ validityMonths: 12 }, 60, '2027-11-22'],
    [{ validTo: '2028-02-29' }, 60, '2028-02-29'],
  ])('last day of validity for %j with a cap of %i months: %s', (card, capMonths, day) => {
    const order = exampleOrder();
    expect(validTo({ card: { ...order.card, ...card } }, '2026-11-22', capMonths)).toBe(day);
  });
});
