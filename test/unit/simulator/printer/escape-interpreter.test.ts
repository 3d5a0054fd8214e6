import { describe, expect, test } from 'vitest';
import { encodePanel } from '../../../../drivers/codec/evolis-panel.ts';
import type { EvolisPanel } from '../../../../drivers/codec/evolis-geometry.ts';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import type { ActOutcome } from '../../../../simulator/machine/card-path-acts.ts';
import { Mechanics, MemoryPathHolder } from '../../../../simulator/machine/card-path-mechanics.ts';
import { newRibbon } from '../../../../simulator/machine/card-path-ribbon.ts';
import { newCardPath, type CardPath } from '../../../../simulator/machine/card-path.ts';
import { EscapeInterpreter } from '../../../../simulator/printer/escape-interpreter.ts';
import { printerModel } from '../../../../simulator/printer/printer-identity.ts';
import { blockPanel } from '../../../support/simulated-printer.ts';

/** What the mechanics did, in words. */
function word(outcome: ActOutcome<string>): string {
  if (!outcome.done) return `refused ${outcome.refusal}`;
  const { event } = outcome;
  switch (event.kind) {
    case 'moved': return `${event.from}>${event.to}`;
    case 'marked': return `${event.ink} on ${event.side}`;
    case 'left': return `${event.from}>${event.to}`;
    case 'flipped': return `flip to ${event.side}`;
    case 'synchronised':
    case 'magnetised':
    case 'cleaned': return event.kind;
  }
}

const panels = new Map<string, ReturnType<typeof encodePanel>>(['y', 'm', 'c', 'k', 'o'].map((panel) => [`[${panel}]`, encodePanel(panel as EvolisPanel, blockPanel(100), 128)]));

/** Sends commands in turn (`[k]` is a panel) and tells what was answered and what happened. */
async function talk(path: CardPath<string>, ...commands: string[]): Promise<{ answers: string[]; acts: string[] }> {
  const acts: string[] = [];
  const mechanics = new Mechanics({ holder: new MemoryPathHolder(path), clock: systemClock, timeFactor: 0, onOutcome: (_act, outcome) => { acts.push(word(outcome)); } });
  const interpreter = new EscapeInterpreter({ mechanics, identity: printerModel('primacy-2-duplex'), onRibbonNamed: () => undefined });
  const answers: string[] = [];
  for (const command of commands) {
    const [name = '', ...params] = command.split(';');
    answers.push(await interpreter.execute(panels.get(command) ?? { name, params }));
  }
  return { answers, acts };
}

const loaded = newCardPath(['a', 'b'], { ribbon: newRibbon('ymckok', 10) });

describe('a print sequence', () => {
  test('prints each panel when the next thing comes, flips for the back, and ejects', async () => {
    const { answers, acts } = await talk(loaded, 'Ss', 'Sr', '[y]', '[m]', '[c]', '[k]', '[o]', 'Sv', '[k]', 'Se');
    expect(new Set(answers)).toEqual(new Set(['OK']));
    expect(acts).toEqual(['feeder>print', 'synchronised', 'y on front', 'm on front', 'c on front', 'k on front', 'overlay on front', 'flip to back', 'k on back', 'print>output']);
  });

  test('keeps the card inside, front up, when told to, and ejects it afterwards', async () => {
    const { acts } = await talk(loaded, 'Psoe;D', 'Sic', 'Ss', 'Sv', '[k]', 'Se', 'Sis', 'Se');
    expect(acts).toEqual(['feeder>contactless', 'contactless>print', 'synchronised', 'flip to back', 'k on back', 'flip to front', 'print>contact', 'contact>output']);
  });

  test('is over when a panel cannot be printed: nothing more is taken for it', async () => {
    const { answers, acts } = await talk({ ...loaded, standing: ['head-hot'] }, 'Ss', '[y]', '[m]', '[c]', 'Ser');
    expect(answers).toEqual(['OK', 'OK', 'ERROR HEAD', 'ERROR', 'OK']);
    expect(acts).toEqual(['feeder>print', 'synchronised', 'refused head-hot', 'print>reject']);
  });

  test('is over when the card is moved away: the waiting panel is never printed', async () => {
    const { answers, acts } = await talk(loaded, 'Ss', '[k]', 'Sis', '[k]', 'Se');
    expect(answers).toEqual(['OK', 'OK', 'OK', 'ERROR', 'OK']);
    expect(acts).toEqual(['feeder>print', 'synchronised', 'print>contact', 'contact>output']);
  });

  test('turns a card that is moved to a station back to its front', async () => {
    const { acts } = await talk(loaded, 'Ss', 'Sv', '[k]', 'Sr', 'Sic');
    expect(acts).toEqual(['feeder>print', 'synchronised', 'flip to back', 'k on back', 'flip to front', 'print>contactless']);
  });

  test('begins with a card only where the ribbon can print it', async () => {
    expect((await talk({ ...loaded, ribbon: null }, 'Ss')).answers).toEqual(['ERR RIB DETECTION']);
    expect((await talk({ ...loaded, ribbon: newRibbon('k', 0) }, 'Ss')).answers).toEqual(['ERROR RIBBON']);
    expect((await talk(loaded, 'Pr;k', 'Ss')).acts).toEqual([]);
  });
});

test('cleaning runs without a card only', async () => {
  expect(await talk(loaded, 'Scp', 'Sic', 'Scp')).toEqual({ answers: ['OK', 'OK', 'ERROR'], acts: ['cleaned', 'feeder>contactless', 'refused card-inside'] });
});

describe('the memory of panels', () => {
  test('is printed without a download, cleared and filled', async () => {
    const { answers, acts } = await talk(loaded, 'Ss', 'Sr', 'Wcb;k;1', 'Ssd;k', 'Sp;o', 'Wcb;x', 'Ssd;q', 'Se');
    expect(answers).toEqual(['OK', 'OK', 'OK', 'OK', 'OK', 'ERROR PARAMETRES', 'ERROR PARAMETRES', 'OK']);
    expect(acts).toEqual(['feeder>print', 'synchronised', 'k on front', 'overlay on front', 'print>output']);
  });

  test('copies the last sequence to another card', async () => {
    const { answers, acts } = await talk(loaded, 'Sc', 'Ss', 'Sr', '[k]', 'Sv', '[k]', 'Se', 'Sc');
    expect(answers).toEqual(['ERROR', 'OK', 'OK', 'OK', 'OK', 'OK', 'OK', 'OK']);
    expect(acts.slice(6)).toEqual(['feeder>print', 'synchronised', 'k on front', 'flip to back', 'k on back', 'print>output']);
  });

  test('prints nothing outside a sequence', async () => {
    expect((await talk(loaded, 'Ssd;k', 'Sp;k', 'Sc')).answers).toEqual(['ERROR', 'ERROR', 'ERROR']);
  });
});

describe('magnetic tracks', () => {
  test('are written on the card inside and read back', async () => {
    const { answers, acts } = await talk(loaded, 'Sis', 'Dm;1;ID06 TEST', 'Dm;2;752=1', 'Rmb;1', 'Smw', 'Smr', 'Rmb;1', 'Rmb;2', 'Rmb;3', 'Se');
    expect(answers).toEqual(['OK', 'OK', 'OK', 'ERROR MAG', 'OK', 'OK', 'ID06 TEST', '752=1', 'ERROR MAG', 'OK']);
    expect(acts).toEqual(['feeder>contact', 'magnetised', 'magnetised', 'print>output']);
  });

  test('are refused for what no track takes, without a card, and on a blank stripe', async () => {
    expect((await talk(loaded, 'Dm;2;ABC', 'Dm;4;1', 'Dm;1;', 'Smw', 'Dm;2;1', 'Smw', 'Smr', 'Sis', 'Smr', 'Rmb;9')).answers)
      .toEqual(['ERROR MAG DATA', 'ERROR PARAMETRES', 'ERROR MAG DATA', 'ERROR MAG DATA', 'OK', 'ERROR', 'ERROR', 'OK', 'ERROR MAG', 'ERROR PARAMETRES']);
  });
});

test('the stored error handling comes back after a restart, the other does not', async () => {
  const mechanics = new Mechanics({ holder: new MemoryPathHolder(loaded), clock: systemClock, timeFactor: 0 });
  const interpreter = new EscapeInterpreter({ mechanics, identity: printerModel('primacy-2-duplex'), onRibbonNamed: () => undefined });
  const ask = async (name: string, ...params: string[]): Promise<string> => interpreter.execute({ name, params });
  await ask('Pem', '2', 's');
  await ask('Pem', '16');
  expect(await ask('Rem')).toBe('16;2');
  interpreter.restart();
  expect(await ask('Rem')).toBe('2');
});
