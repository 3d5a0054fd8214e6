import { describe, expect, test } from 'vitest';
import { foldAttempt } from '../../../../daemon/produce/attempt-state.ts';
import { crosscheck } from '../../../../daemon/produce/crosscheck.ts';
import type { ChipReports } from '../../../../daemon/produce/station-parts.ts';
import { expectFault } from '../../../support/queue/expect-fault.ts';

const planned = { cardNumber: 'BB-2611-000001', guid: '0a0b', validFrom: '2026-11-22', validTo: '2031-11-22', artwork: 'a', profile: 'p@1' };
const state = foldAttempt([{ kind: 'claimed', payloadDigest: 'd' }, { kind: 'planned', ...planned }, { kind: 'identified', uid: 'AABBCCDD', atr: '3B' }]);
const mifare = { uid: 'AABBCCDD', digest: 'm' } as unknown as NonNullable<ChipReports['mifare']>;
const piv = { guid: '0A0B', digest: 'p', certificates: [{ slot: '9A', subject: 'serialNumber=BB-2611-000001', sha256: 'c' }] } as unknown as NonNullable<ChipReports['piv']>;

describe('the crosscheck', () => {
  test('says what belongs together', () => {
    expect(crosscheck(state, planned, 'AABBCCDD', { mifare, piv })).toMatchObject({ kind: 'crosschecked', uid: 'AABBCCDD', cardNumber: 'BB-2611-000001', certificates: ['c'] });
  });

  test.each([
    ['another chip on the contactless station', '01020304', { mifare: null, piv }],
    ['another MIFARE chip', 'AABBCCDD', { mifare: { ...mifare, uid: '01020304' }, piv }],
    ['no chip at all', 'AABBCCDD', { mifare: null, piv: null }],
    ['another GUID', 'AABBCCDD', { mifare, piv: { ...piv, guid: 'ffff' } }],
    ['a certificate for another card', 'AABBCCDD', { mifare, piv: { ...piv, certificates: [{ slot: '9A', subject: 'serialNumber=BB-2611-000002', sha256: 'c' }] } }],
  ])('refuses %s', (_name, uid, reports) => {
    expect(expectFault('QC-CROSSCHECK', () => crosscheck(state, planned, uid, reports as unknown as ChipReports)).detail.note).toBeTypeOf('string');
  });
});
