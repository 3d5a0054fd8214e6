import { createCipheriv, createDecipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodeCommand, encodeResponse, parseCommand, parseResponse } from '../../../../drivers/codec/apdu.ts';
import { answerWitness, authenticationField, authenticationTag } from '../../../../drivers/codec/piv-apdu.ts';
import { canokeyLike, pivAppletLike, type PivAbilities } from '../../../../simulator/card/piv/abilities.ts';
import type { PivMemory } from '../../../../simulator/card/piv/memory.ts';
import type { PivCard } from '../../../../simulator/card/piv-card.ts';
import type { SimulatedChip } from '../../../../simulator/card/simulated-chip.ts';
import { newCard } from '../../../support/piv/card-bench.ts';
import { hex, readTranscript, type Exchange, type TranscriptName } from '../../../support/piv/transcript.ts';

const nothing = new Uint8Array();

/** Where the simulated card answers otherwise than the recorded one, and why. The command by its head, the recorded status word. */
const differences: Readonly<Record<TranscriptName, readonly { readonly command: RegExp; readonly recorded: number; readonly why: string }[]>> = {
  'pivapplet-0.9.0': [
    { command: /^00F700/, recorded: 0x9000, why: 'PivApplet gives metadata of keys that were never made' },
    { command: /^00F700(8D|8E|8F|9[0-5])/, recorded: 0x6a86, why: 'PivApplet has twelve retired slots only' },
    { command: /^00CB3FFF055C035FC121/, recorded: 0x6a82, why: 'PivApplet tells that iris images are absent before it asks for the PIN' },
    { command: /^00A404/, recorded: 0x6d00, why: 'the Java Card beneath PivApplet hands the SELECT of other applications to it' },
  ],
  'canokey-core': [
    { command: /^00A4040C/, recorded: 0x6a86, why: 'canokey answers P2 0C with 6A86 for an application that it does not have' },
    { command: /^00CB3FFF055C035FC10[278]00/, recorded: 0x9000, why: 'the recorded card held objects from an earlier run' },
    { command: /^10DB3FFFFF5A/, recorded: 0x6700, why: 'canokey has no room for a facial image' },
  ],
};

/** Sections that a client began without taking the card's power: what was selected and verified before still stood. */
const poweredThrough: Readonly<Record<TranscriptName, readonly string[]>> = {
  'pivapplet-0.9.0': ['OpenSC pkcs15-tool dump', 'OpenSC pkcs11-tool sign 9A', 'wrong PUK'],
  'canokey-core': ['OpenSC piv-tool name', 'OpenSC pkcs15-tool dump', 'OpenSC pkcs11-tool sign 9A'],
};

/** Recorded commands with what is random in them made to fit this card: the answer to its witness. */
function fitting(recorded: Uint8Array, memory: PivMemory, lastAnswer: Uint8Array): Uint8Array {
  const apdu = parseCommand(recorded);
  const plain = apdu === null || apdu.ins !== 0x87 || apdu.p2 !== 0x9b ? null : authenticationField(apdu.data, authenticationTag.witness);
  if (apdu === null || plain === null || plain.length === 0) return recorded;
  const key = Buffer.from(memory.management.key, 'hex');
  const decipher = createDecipheriv('des-ede3-ecb', key, null).setAutoPadding(false);
  const witness = authenticationField(parseResponse(lastAnswer).data, authenticationTag.witness) ?? nothing;
  const own = Buffer.concat([decipher.update(witness), decipher.final()]);
  return encodeCommand({ ...answerWitness('3DES', own, authenticationField(apdu.data, authenticationTag.challenge) ?? nothing), le: apdu.le });
}

/** The answer and all that GET RESPONSE adds to it, when the client asked for more at once. */
function transmitWhole(chip: SimulatedChip, command: Uint8Array, clientWentOn: boolean): Uint8Array {
  let part = parseResponse(chip.transmit(command));
  const parts = [part.data];
  if (!clientWentOn) return encodeResponse(part.data, part.sw);
  while (part.sw >> 8 === 0x61) {
    part = parseResponse(chip.transmit(Uint8Array.of(0x00, 0xc0, 0x00, 0x00, part.sw & 0xff)));
    parts.push(part.data);
  }
  return encodeResponse(Buffer.concat(parts), part.sw);
}

/** Exchanges with the GET RESPONSEs taken out, each with whether some followed it. */
function calls(exchanges: readonly Exchange[]): { readonly command: Uint8Array; readonly sw: number; readonly wentOn: boolean }[] {
  return exchanges.flatMap(({ command, answer }, index) => {
    if (command[1] === 0xc0) return [];
    const rest = exchanges.slice(index + 1);
    const end = rest.findIndex((next) => next.command[1] !== 0xc0);
    const last = rest.slice(0, end < 0 ? rest.length : end).at(-1);
    return [{ command, sw: parseResponse(last?.answer ?? answer).sw, wentOn: last !== undefined }];
  });
}

/** Every call of the transcript against one card, section by section. Gives what differed without being explained. */
function compare(name: TranscriptName, card: PivCard): { readonly unexplained: string[]; readonly compared: number } {
  const unexplained: string[] = [];
  let compared = 0;
  const chip = card.face('contact');
  for (const { title, exchanges } of readTranscript(name)) {
    if (!poweredThrough[name].includes(title)) chip.reset();
    let last: Uint8Array = nothing;
    for (const { command, sw, wentOn } of calls(exchanges)) {
      last = transmitWhole(chip, fitting(command, card.snapshot().memory as PivMemory, last), wentOn || sw === 0x9000);
      const own = parseResponse(last).sw;
      compared += 1;
      const isExplained = differences[name].some((entry) => entry.recorded === sw && entry.command.test(hex(command)));
      if (own !== sw && !(own >> 8 === 0x61 && sw >> 8 === 0x61) && !isExplained) unexplained.push(`${title}: ${hex(command).slice(0, 24)} recorded ${sw.toString(16)}, simulated ${own.toString(16)}`);
    }
  }
  return { unexplained, compared };
}

describe.each<[TranscriptName, PivAbilities]>([['pivapplet-0.9.0', pivAppletLike], ['canokey-core', canokeyLike]])('a simulated card with the abilities of %s', (name, abilities) => {
  it('answers every recorded call with the recorded status word', () => {
    const { unexplained, compared } = compare(name, newCard(abilities).card);
    expect(unexplained).toEqual([]);
    expect(compared).toBeGreaterThan(250);
  });

  it('encrypts a witness that the recorded way of answering opens', () => {
    const { card } = newCard(abilities);
    const chip = card.face('contact');
    chip.transmit(Buffer.from('00A4040005A00000030800', 'hex'));
    const witness = authenticationField(parseResponse(chip.transmit(Buffer.from('0087039B047C02800000', 'hex'))).data, authenticationTag.witness) ?? nothing;
    const key = Buffer.from('0102030405060708'.repeat(3), 'hex');
    const decipher = createDecipheriv('des-ede3-ecb', key, null).setAutoPadding(false);
    const answer = parseResponse(chip.transmit(encodeCommand(answerWitness('3DES', Buffer.concat([decipher.update(witness), decipher.final()]), Buffer.from('1122334455667788', 'hex')))));
    const cipher = createCipheriv('des-ede3-ecb', key, null).setAutoPadding(false);
    expect(hex(answer.data)).toBe(`7C0A8208${hex(Buffer.concat([cipher.update('1122334455667788', 'hex'), cipher.final()]))}`);
  });
});
