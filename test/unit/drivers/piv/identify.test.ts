import { beforeAll, describe, expect, it } from 'vitest';
import { encodePiv } from '../../../../drivers/piv/encoder.ts';
import { identifyPiv } from '../../../../drivers/piv/identify.ts';
import { recognise } from '../../../../drivers/piv/recognise.ts';
import { pivAppletLike } from '../../../../simulator/card/piv/abilities.ts';
import type { PivCard } from '../../../../simulator/card/piv-card.ts';
import { ChipChannel, IntentRecord, layered, limit, newCard, ProcessCustody, testClock, testGuid, testJob } from '../../../support/piv/card-bench.ts';
import { openSmallAuthority } from '../../../support/piv/small-authority.ts';

const ourTag = { orderId: 'ORDER-1', attempt: 1 };
const { card } = newCard();

beforeAll(async () => {
  const parts = { keys: new ProcessCustody(), ca: await openSmallAuthority(), intents: new IntentRecord(), clock: testClock, certificateTimeoutMs: 5000 };
  await encodePiv(testJob(), over(card, 'contact'), parts, limit);
});

function over(chip: PivCard, face: 'contact' | 'contactless'): ReturnType<typeof layered> {
  return layered(new ChipChannel(chip.face(face)));
}

describe('identifyPiv', () => {
  it('knows a card by GUID and tag over contact, by its GUID without', async () => {
    expect(await identifyPiv(over(card, 'contact'), limit)).toEqual({ isPiv: true, guid: testGuid, tag: ourTag });
    expect(await identifyPiv(over(card, 'contactless'), limit)).toEqual({ isPiv: true, guid: testGuid, tag: null });
  });

  it('tells a blank, a blank with a CHUID from the factory, and a chip without PIV', async () => {
    expect(await identifyPiv(over(newCard().card, 'contactless'), limit)).toEqual({ isPiv: true, guid: null, tag: null });
    expect((await identifyPiv(over(newCard(pivAppletLike).card, 'contact'), limit)).guid).toBe('6C5544797A91115DC3330EBD003851D2');
    expect(await identifyPiv({ transmit: async () => Uint8Array.of(0x6d, 0x00) }, limit)).toEqual({ isPiv: false, guid: null, tag: null });
  });
});

describe('recognise', () => {
  const job = testJob();
  it.each([
    ['nothing on it', { tag: null, guid: null }, job, 'blank'],
    ['a factory GUID', { tag: null, guid: '6C5544797A91115DC3330EBD003851D2' }, job, 'blank'],
    ['our tag', { tag: ourTag, guid: null }, job, 'ours'],
    ['our GUID, the tag taken away', { tag: null, guid: testGuid }, job, 'ours'],
    ["another attempt's tag", { tag: { orderId: 'ORDER-1', attempt: 2 }, guid: testGuid }, job, 'foreign'],
    ["another order's tag", { tag: { orderId: 'ORDER-2', attempt: 1 }, guid: null }, job, 'foreign'],
    ['a tag where none is planned', { tag: ourTag, guid: null }, testJob({ tag: null }), 'foreign'],
    ['our GUID where no tag is planned', { tag: null, guid: testGuid }, testJob({ tag: null }), 'ours'],
  ] as const)('%s', (_name, marks, plan, expected) => {
    expect(recognise(marks, plan)).toBe(expected);
  });
});
