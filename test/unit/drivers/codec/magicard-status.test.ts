import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readStatus, writeStatus } from '../../../../drivers/codec/magicard-status.ts';
import { newCardPath } from '../../../../simulator/machine/card-path.ts';
import { magicardModels, statusOf } from '../../../../simulator/printer/magicard-answers.ts';

/** In the order of the fields that the vendor's filter reads (magicardppd, rastertoultra). */
const answer = '\x01STA$$1,Enduro Duo,KEE,48E0251,H1,B1,2.14,1,0,1234,1200,6001,3,40,10,700,52,0,1016,0,0,E0040100,300,12:YMCKO,60,60,60,0,0,2014-01-01,1,2,\x03';

describe('a status answer', () => {
  test('is read field by field', () => {
    const progress = readStatus(Buffer.from(answer, 'latin1'));
    expect(progress).toMatchObject({ kind: 'status', status: { modelBits: 1, model: 'Enduro Duo', serial: '48E0251', firmware: '2.14', handFeed: false, totalCards: 1234, cardsBetweenCleans: 700, headPosition: 52, filmTotalShots: 300, filmUsedShots: 12, filmName: 'YMCKO', tagProgrammer: '2' } });
  });

  test('is written so that it is read again', () => {
    const identity = magicardModels['enduro'];
    if (identity === undefined) throw new Error('no such model');
    const status = statusOf(newCardPath([]), identity, 3);
    expect(readStatus(writeStatus(status))).toMatchObject({ kind: 'status', status });
  });

  test('is waited for until it is whole', () => {
    for (let length = 1; length < answer.length; length += 1) expect(readStatus(Buffer.from(answer.slice(0, length), 'latin1')).kind).toBe('incomplete');
  });

  test.each([['nonsense'], ['\x01STA$$1,2,\x03'], [answer.replace('1234', 'many')], [`\x01STA$$${'9'.repeat(5000)}`], ['\x02STA']])('%j is garbage', (text) => {
    expect(readStatus(Buffer.from(text, 'latin1')).kind).toBe('garbage');
  });

  test('never breaks its reader', () => {
    fc.assert(fc.property(fc.nat(answer.length), fc.uint8Array({ maxLength: 200 }), (at, noise) => {
      expect(['incomplete', 'garbage', 'status']).toContain(readStatus(Buffer.concat([Buffer.from(answer.slice(0, at), 'latin1'), noise])).kind);
    }), { numRuns: 2000 });
  });
});
