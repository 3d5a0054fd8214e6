import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEstAuthority } from '../drivers/ca/est-client.ts';
import { keepChain } from '../drivers/ca/kept-chain.ts';
import type { Clock, Wait } from '../drivers/contracts/clock.ts';
import { DisposalStack } from '../drivers/contracts/disposal.ts';
import { Secret } from '../drivers/contracts/secret.ts';
import { openKeyCustody } from '../drivers/keys/key-custody.ts';
import { createSimulatedToken } from '../drivers/keys/softhsm-token.ts';
import type { CardProfile } from '../queue/profile/card-profile.ts';
import { channelKeys, channelPlan } from '../queue/profile/secure-channel.ts';
import type { SectorProfile } from '../queue/profile/sector-profile.ts';
import { openCaServer } from '../simulator/ca/ca-server.ts';
import { blankMifareCard } from '../simulator/card/mifare-card.ts';
import { blankPivCard } from '../simulator/card/piv-card.ts';
import { channelBlank, simulatedChannelMaster, standardBlank, type PivAbilities } from '../simulator/card/piv/abilities.ts';
import type { SimulatedChip } from '../simulator/card/simulated-chip.ts';
import { newUid } from '../simulator/machine/living-card.ts';
import { presentStorageCard } from '../simulator/reader/storage-card.ts';
import { chipWork } from './compose-chips.ts';
import { openSigner } from './compose-content-signer.ts';
import { profileKeysAllowed } from './compose-simulation.ts';
import type { TestBench } from './compose-test-bench.ts';

/** The reader that the simulated blank lies in; its name chooses how it is spoken to. */
const contactlessReader = 'HID Global OMNIKEY 5022 Smart Card Reader 00 00';
const contactReader = 'HID Global OMNIKEY 3x21 Smart Card Reader 00 00';

/**
 * A blank made of software with a token and a certificate authority of its own, all gone when disposed of: shows that a
 * profile can be issued, not that the station's keys and authority are there. Throws `CFG-MISSING-PROGRAM`, `KEY-TOKEN`.
 */
export async function openSimulatedBlank(card: CardProfile, sectors: SectorProfile | null, clock: Clock, limit: Wait): Promise<TestBench> {
  await using opened = new DisposalStack();
  const dir = await mkdtemp(join(tmpdir(), 'kortverk-test-card-'));
  opened.defer(() => rm(dir, { recursive: true, force: true }));
  const keys = profileKeysAllowed({ cards: [card], sectors: sectors === null ? [] : [sectors] });
  const channel = card.piv.secureChannel;
  using channelKey = Secret.take(Buffer.from(simulatedChannelKey(channel?.keyBits ?? 128), 'hex'));
  const known = channel === null ? [] : channelKeys(channel).map(({ key }) => ({ key, value: channelKey }));
  const token = await createSimulatedToken({ dir: join(dir, 'token'), keys, known });
  using pin = token.pin;
  const custody = opened.use(await openKeyCustody({ modulePath: token.modulePath, tokenLabel: token.tokenLabel, pin, keys }));
  const server = opened.use(await openCaServer({ dir: join(dir, 'ca'), port: 0, clock }));
  const client = { certificatePem: await readFile(server.clientCertificatePath, 'utf8'), key: Secret.take(await readFile(server.clientKeyPath)) };
  const ca = opened.use(keepChain(openEstAuthority({ url: server.url, trustedRootsPem: server.rootPem, client, clock }), null, clock));
  const place = { key: { label: 'content-signer', version: 1 }, certificateFile: join(dir, 'signer.pem'), organisation: 'Specimen', module: token.modulePath, tokenLabel: token.tokenLabel, name: 'specimen' };
  const signer = opened.use(await openSigner(place, { ca, tokenPin: pin, clock, limit }));
  const faces = simulatedFaces(card);
  const held = opened.move();
  return {
    chips: chipWork(custody, ca, clock, signer),
    limit,
    async at(station) {
      const face = faces[station];
      face.reset();
      const connection = { atr: face.atr, channel: { transmit: async (command: Uint8Array) => face.transmit(command) }, [Symbol.asyncDispose]: async () => face.powerOff() };
      return { connection, reader: station === 'contactless' ? contactlessReader : contactReader, [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose]() };
    },
    [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
  };
}

/** The key of the simulated maker in a length: the one that everybody knows, repeated. */
function simulatedChannelKey(bits: number): string {
  return simulatedChannelMaster.repeat(2).slice(0, bits / 4);
}

/** A blank of the kind that the profile asks for. */
function abilitiesFor({ secureChannel }: CardProfile['piv']): PivAbilities {
  if (secureChannel === null) return standardBlank;
  const { keys, keyBits, keyVersion } = secureChannel;
  return { ...channelBlank, secureChannel: { keys: keys.kind, masterKey: simulatedChannelKey(keyBits), keyVersion, lengthBytes: channelPlan(secureChannel).lengthBytes, tries: 10 } };
}

function simulatedFaces({ mifare, piv: profile }: CardProfile): Readonly<Record<'contactless' | 'contact', SimulatedChip>> {
  const uid = newUid();
  const onChange = (): void => undefined;
  const piv = blankPivCard({ uid, serial: Number.parseInt(uid.slice(-8), 16), abilities: abilitiesFor(profile) }, { random: (length) => Uint8Array.from(randomBytes(length)), onChange });
  const contactless = mifare === null ? piv.face('contactless') : presentStorageCard(blankMifareCard({ uid, chip: mifare.chip }, { onChange }).chip, contactlessReader);
  return { contactless, contact: piv.face('contact') };
}
