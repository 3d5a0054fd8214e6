import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startProgram } from '../support/child-program.ts';
import { cutPower, onDiskModel, startFromDisk } from '../support/power-cut/power-cut.ts';
import { powerCutSuite } from '../support/power-cut/power-cut-suite.ts';

const program = 'test/support/power-cut/station-files-writer';
/** What the program says of a station that has everything. */
const all = ['token', 'store key', 'order', 'signer', 'backup'];

describe('What a station makes once, on a disk that loses power', () => {
  const suite = powerCutSuite();

  /** Runs the station's first start until it has said so many lines, or until a sync fails; then the power is cut. Gives what it said. */
  async function startAndCut(name: string, end: { readonly lines?: number; readonly goodSyncs?: number }): Promise<readonly string[]> {
    const [home, kept] = [join(suite.folder.path, name, 'home'), join(suite.memory.path, 'kept')];
    await startFromDisk(home, kept);
    const args = [home, join(suite.folder.path, name, 'elsewhere'), String(end.lines ?? all.length + 1)];
    await using station = startProgram(program, args, { wrapper: onDiskModel(suite.library, kept, end.goodSyncs), quiet: end.goodSyncs !== undefined });
    await station.ended();
    await cutPower(home, kept);
    return station.lines;
  }

  const names = (lines: readonly string[]): readonly string[] => lines.map((line) => line.slice(0, line.lastIndexOf(' ')));

  it('is there, the same as it was, after a cut that follows each of its acknowledgements', async () => {
    let before: readonly string[] = [];
    for (let lines = 1; lines <= all.length; lines += 1) {
      const said = await startAndCut('chain', { lines });
      expect(said.slice(0, before.length)).toEqual(before);
      expect(names(said)).toEqual(all.slice(0, lines));
      before = said;
    }
    expect(await startAndCut('chain', {})).toEqual(before);
  });

  it.each([9, 27])('is completed at the next start when the %i-th sync was the last that succeeded', async (goodSyncs) => {
    const before = await startAndCut(`failing-${goodSyncs}`, { goodSyncs });
    expect(before.length).toBeLessThan(all.length);
    const after = await startAndCut(`failing-${goodSyncs}`, {});
    expect(after.slice(0, before.length)).toEqual(before);
    expect(names(after)).toEqual(all);
  });
});
