import { describe, expect, it } from 'vitest';
import { padPin } from '../../../../drivers/codec/piv-pin.ts';
import { Secret } from '../../../../drivers/contracts/secret.ts';
import { PivSession } from '../../../../drivers/piv/session.ts';
import { settlePin, settlePuk } from '../../../../drivers/piv/set-references.ts';
import { plainStandard, standardBlank, type PivAbilities } from '../../../../simulator/card/piv/abilities.ts';
import type { PivMemory } from '../../../../simulator/card/piv/memory.ts';
import { restorePivCard, type PivCard } from '../../../../simulator/card/piv-card.ts';
import { ChipChannel, layered, limit, newCard, testPin, testPuk } from '../../../support/piv/card-bench.ts';

const pinHex = `${Buffer.from(testPin).toString('hex')}FFFF`.toUpperCase();
const pukHex = Buffer.from(testPuk).toString('hex').toUpperCase();

function pin(): Secret {
  return Secret.take(padPin(Buffer.from(testPin)) ?? new Uint8Array());
}

function puk(): Secret {
  return Secret.take(Buffer.from(testPuk));
}

/** A card whose PIN and PUK stand as a test wants them. */
function cardWith(abilities: PivAbilities, change: (memory: PivMemory) => void = () => undefined): PivCard {
  const snapshot = newCard(abilities).card.snapshot();
  change(snapshot.memory as PivMemory);
  return restorePivCard(snapshot, { random: (length) => new Uint8Array(length), onChange: () => undefined });
}

async function sessionOn(card: PivCard): Promise<PivSession> {
  const session = new PivSession(layered(new ChipChannel(card.face('contact'))), limit);
  await session.select();
  return session;
}

const memoryOf = (card: PivCard): PivMemory => card.snapshot().memory as PivMemory;

// A card that tells whether its values are the factory's, and one that does not.
describe.each([['tells', standardBlank], ['does not tell', plainStandard]] as const)('a card that %s its state', (_name, abilities) => {
  it('gets both from the factory values, with all tries left', async () => {
    const card = cardWith(abilities);
    const session = await sessionOn(card);
    await settlePin(session, pin(), false);
    await settlePuk(session, puk(), false);
    expect(memoryOf(card).pin).toMatchObject({ value: pinHex, triesLeft: 3 });
    expect(memoryOf(card).puk).toMatchObject({ value: pukHex, triesLeft: 3 });
  });

  it('keeps what an earlier run set, or gets it when that run did not come so far', async () => {
    for (const isSet of [true, false]) {
      const card = cardWith(abilities, (memory) => {
        if (isSet) memory.pin = { ...memory.pin, value: pinHex, isFactory: false };
        if (isSet) memory.puk = { ...memory.puk, value: pukHex, isFactory: false };
      });
      const session = await sessionOn(card);
      await settlePin(session, pin(), true);
      await settlePuk(session, puk(), true);
      expect([memoryOf(card).pin.value, memoryOf(card).puk.value]).toEqual([pinHex, pukHex]);
      expect([memoryOf(card).pin.triesLeft, memoryOf(card).puk.triesLeft]).toEqual([3, 3]);
    }
  });

  it.each([[true, 'ENC-PARTIAL'], [false, 'ENC-AUTH']] as const)('with other values is given up: ours %s', async (isOurs, code) => {
    const card = cardWith(abilities, (memory) => {
      memory.pin = { ...memory.pin, value: '373737373737FFFF', isFactory: false };
      memory.puk = { ...memory.puk, value: '3737373737373737', isFactory: false };
    });
    const session = await sessionOn(card);
    await expect(settlePin(session, pin(), isOurs)).rejects.toMatchObject({ code });
    await expect(settlePuk(session, puk(), isOurs)).rejects.toMatchObject({ code });
  });

  it('with another PIN and one try left is given up', async () => {
    const card = cardWith(abilities, (memory) => {
      memory.pin = { ...memory.pin, value: '373737373737FFFF', isFactory: false, triesLeft: 1 };
    });
    const session = await sessionOn(card);
    await expect(settlePin(session, pin(), true)).rejects.toMatchObject({ code: 'ENC-PARTIAL' });
  });
});
