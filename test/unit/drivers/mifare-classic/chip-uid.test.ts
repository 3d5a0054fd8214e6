import { describe, expect, it } from 'vitest';
import type { ApduChannel } from '../../../../drivers/contracts/channel.ts';
import { readChipUid } from '../../../../drivers/mifare-classic/chip-uid.ts';
import { LIMIT } from './mifare-bench.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

/** A reader that gives these answers, one after another. */
async function told(...answers: readonly string[]): Promise<{ readonly uid: string | null; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const channel: ApduChannel = {
    async transmit(command) {
      asked.push(Buffer.from(command).toString('hex').toUpperCase());
      return bytes(answers[asked.length - 1] ?? '');
    },
  };
  const uid = await readChipUid(channel, LIMIT);
  return { uid: uid === null ? null : Buffer.from(uid).toString('hex').toUpperCase(), asked };
}

describe('the UID of a chip', () => {
  it.each(['9A1B2C3D', '04A05DC8EA1B0C', '04A05DC8EA1B0C112233'])('is believed with the length of one (%s)', async (uid) => {
    expect(await told(`${uid}9000`)).toEqual({ uid, asked: ['FFCA000000'] });
  });

  it('that lost a byte on its way is asked for again', async () => {
    expect(await told('A05DC8EA1B0C9000', '04A05DC8EA1B0C9000')).toEqual({ uid: '04A05DC8EA1B0C', asked: ['FFCA000000', 'FFCA000000'] });
  });

  it('is not believed with another length, however often it is told', async () => {
    await expect(told(...Array.from({ length: 9 }, () => 'A05DC8EA1B0C9000'))).rejects.toMatchObject({ code: 'LNK-PROTOCOL', message: expect.stringContaining('6 bytes') });
  });

  it.each(['6A81', '9000', '6300'])('is none where the reader tells none (%s)', async (answer) => {
    expect(await told(answer)).toEqual({ uid: null, asked: ['FFCA000000'] });
  });
});
