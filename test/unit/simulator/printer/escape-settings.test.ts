import { expect, test } from 'vitest';
import { applySetting, modesAtPowerOn } from '../../../../simulator/printer/escape-settings.ts';

const set = (text: string): unknown => {
  const [name = '', ...params] = text.split(';');
  const result = applySetting(modesAtPowerOn, name, params);
  return result === null ? 'no setting' : result.answer;
};

test.each(['Pr;k', 'Pr;YMCKO', 'Pmi;F;s', 'Pc;k;=;10', 'Pdt;DU', 'Mr;s', 'Ppws;1281755559', 'Pem;2', 'Psoe;D', 'Psoe;d', 'Pneab;E', 'Pneab;A;1', 'Pcim;F', 'Pps;0', 'Ppsc;3;S;D', 'Pl;m;-;2', 'Px;-;7', 'Pcom;1;9600;N;8;1;RTS-CTS;ACK-NACK', 'Pcim;I;S', 'Pcrm;D', 'Pos;=;1100', 'Poc;-;5', 'Psc', 'Psc;33;44;10', 'Rmp'])('%s is taken', (text) => {
  expect(set(text)).toBe('OK');
});

test.each(['Pr', 'Pr;rainbow', 'Pr;k;k', 'Pmi;X', 'Pc;q;=;10', 'Pc;k;=;ten', 'Pl;q;=;10', 'Px;=', 'Pcom;1;9601;N;8;1', 'Pem', 'Pem;x', 'Psoe;X', 'Pneab;A;2', 'Pos;=;12345', 'Pos;*;1', 'Psc;33;33;10'])('%s has wrong parameters', (text) => {
  expect(set(text)).toBe('ERROR PARAMETRES');
});

test.each(['Ss', 'Rtp', 'toString', ''])('%j is none', (text) => {
  expect(set(text)).toBe('no setting');
});

test('keeping the card inside, the ribbon and offsets are remembered until all is reset', () => {
  const kept = applySetting(modesAtPowerOn, 'Psoe', ['D'])?.modes ?? modesAtPowerOn;
  const named = applySetting(kept, 'Pr', ['YMCKO'])?.modes ?? modesAtPowerOn;
  const moved = applySetting(named, 'Pos', ['+', '12'])?.modes ?? modesAtPowerOn;
  expect(moved).toMatchObject({ keepInside: true, ribbon: 'ymcko', contactOffset: 1170 });
  expect(applySetting(moved, 'Rmp', [])?.modes).toEqual(modesAtPowerOn);
});
